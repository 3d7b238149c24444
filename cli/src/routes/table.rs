use std::io::{self, Write};

use super::row::Row;

const HEAD: [&str; 6] = [
    "METHOD",
    "PATH",
    "OPERATION",
    "PARAMETERS",
    "SECURITY",
    "RESPONSES",
];

/// Writes the rows under each other, each column as wide as its widest cell.
pub(super) fn write(out: &mut impl Write, rows: &[Row]) -> io::Result<()> {
    let mut lines = vec![HEAD.map(str::to_owned)];
    lines.extend(rows.iter().map(cells));
    let mut widths = [0; HEAD.len()];
    for line in &lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for line in &lines {
        let padded: Vec<String> = line
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        writeln!(out, "{}", padded.join("  ").trim_end())?;
    }
    Ok(())
}

fn cells(row: &Row) -> [String; HEAD.len()] {
    let parameters: Vec<String> = row
        .parameters
        .iter()
        .map(|parameter| {
            let optional = if parameter.is_required { "" } else { "?" };
            format!(
                "{}{optional}: {} ({})",
                parameter.name, parameter.kind, parameter.place
            )
        })
        .collect();
    let security: Vec<String> = row
        .security
        .iter()
        .map(|requirement| {
            let names: Vec<&str> = requirement.schemes.keys().map(String::as_str).collect();
            if names.is_empty() {
                "none".into()
            } else {
                names.join(" + ")
            }
        })
        .collect();
    let shadowed = if row.is_shadowed {
        " (never reached)"
    } else {
        ""
    };
    [
        row.method.clone(),
        format!("{}{shadowed}", row.path),
        row.operation_id.clone().unwrap_or_else(|| "-".into()),
        or_dash(parameters.join(", ")),
        or_dash(security.join(" | ")),
        or_dash(row.responses.join(" ")),
    ]
}

fn or_dash(text: String) -> String {
    if text.is_empty() { "-".into() } else { text }
}
