//! The list of codes that people read is that of the crate.

use std::path::Path;

use brrtrouter_spec::diagnostic::{Code, Policy};

/// The list as it has to stand in `docs/diagnostics.md`.
fn list() -> String {
    let mut list = String::new();
    let mut chapter = "";
    for code in Code::all() {
        let (start, title) = CHAPTERS
            .iter()
            .rev()
            .find(|(start, _)| code.id >= *start)
            .copied()
            .unwrap_or_default();
        if start != chapter {
            chapter = start;
            list.push_str(&format!(
                "\n## {title}\n\n| code | | meaning |\n|---|---|---|\n"
            ));
        }
        let policy = match code.policy {
            Policy::Refused => "error",
            Policy::Tolerated => "tolerated",
            _ => "advice",
        };
        list.push_str(&format!("| {} | {policy} | {} |\n", code.id, code.summary));
    }
    list
}

const CHAPTERS: &[(&str, &str)] = &[
    ("B0001", "Files"),
    ("B0101", "YAML and JSON"),
    ("B0201", "The document and its objects"),
    ("B0301", "Paths and operations"),
    ("B0401", "References"),
    ("B0501", "Schemas"),
    ("B0601", "Security"),
    ("B0701", "Routing"),
    ("B0801", "What has no effect here"),
    ("B0901", "Other"),
];

#[test]
fn every_code_is_documented() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/diagnostics.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (head, kept) = text.split_once("\n## Files").unwrap();
    let kept = format!("\n## Files{kept}");
    if std::env::var_os("BRRT_BLESS").is_some() {
        std::fs::write(&path, format!("{head}{}", list())).unwrap();
        return;
    }
    assert_eq!(
        kept,
        list(),
        "run it with BRRT_BLESS=1 to write the list anew"
    );
}

#[test]
fn codes_are_unique_and_in_order() {
    for pair in Code::all().windows(2) {
        assert!(pair[0].id < pair[1].id, "{} {}", pair[0].id, pair[1].id);
    }
}
