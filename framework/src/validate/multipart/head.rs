/// What the fields of one part say (RFC 7578 §4).
pub(super) struct Head {
    pub(super) name: String,
    pub(super) file_name: Option<String>,
    pub(super) content_type: Option<String>,
}

/// The most fields that a part may have.
const MOST_FIELDS: usize = 16;

impl Head {
    /// Reads the fields, which end with an empty line.
    pub(super) fn parse(head: Vec<u8>) -> Result<Self, &'static str> {
        let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
        let fields = match httparse::parse_headers(&head, &mut fields) {
            Ok(httparse::Status::Complete((_, fields))) => fields,
            Ok(httparse::Status::Partial) => return Err("the head of a part does not end"),
            Err(httparse::Error::TooManyHeaders) => return Err("a part has too many fields"),
            Err(_) => return Err("a field of a part is none"),
        };
        let only = |name: &str| {
            let mut all = fields
                .iter()
                .filter(|field| field.name.eq_ignore_ascii_case(name))
                .map(|field| std::str::from_utf8(field.value));
            match (all.next(), all.next()) {
                (None, _) => Ok(None),
                (Some(Ok(value)), None) => Ok(Some(value)),
                (Some(Err(_)), _) => Err("a field of a part is not UTF-8"),
                (Some(_), Some(_)) => Err("a field of a part stands twice"),
            }
        };
        let disposition = only("content-disposition")?;
        let disposition = disposition.ok_or("a part has no Content-Disposition")?;
        let (kind, parameters) = disposition.split_once(';').unwrap_or((disposition, ""));
        if !kind.trim().eq_ignore_ascii_case("form-data") {
            return Err("a part is not form-data");
        }
        let (name, file_name) = names(parameters)?;
        Ok(Self {
            name: name.ok_or("a part has no name")?,
            file_name,
            content_type: only("content-type")?.map(str::to_owned),
        })
    }
}

type Names = (Option<String>, Option<String>);

/// The parameters `name` and `filename`; others, `filename*` among them, do not count (RFC 7578
/// §4.2).
fn names(parameters: &str) -> Result<Names, &'static str> {
    let (mut name, mut file_name) = (None, None);
    let mut rest = parameters.trim_start_matches([' ', '\t', ';']);
    while !rest.is_empty() {
        let (key, after) = rest.split_once('=').ok_or("a parameter has no value")?;
        let (value, after) = value(after)?;
        let slot = match key.trim() {
            key if key.eq_ignore_ascii_case("name") => &mut name,
            key if key.eq_ignore_ascii_case("filename") => &mut file_name,
            _ => &mut None,
        };
        if slot.replace(value).is_some() {
            return Err("a name stands twice");
        }
        let after = after.trim_start();
        if !after.is_empty() && !after.starts_with(';') {
            return Err("something stands behind a parameter");
        }
        rest = after.trim_start_matches([' ', '\t', ';']);
    }
    Ok((name, file_name))
}

/// One value and what follows it: a token, or a text in quotes as browsers and curl write it.
fn value(text: &str) -> Result<(String, &str), &'static str> {
    let text = text.trim_start();
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(';').unwrap_or(text.len());
        let (value, after) = text.split_at(end);
        return Ok((value.trim_end().to_owned(), after));
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices().peekable();
    while let Some((at, one)) = chars.next() {
        match one {
            '"' => {
                let after = quoted.get(at + 1..).unwrap_or_default();
                return Ok((decoded(value), after));
            }
            // Only these two are escaped; browsers write `\` as it is.
            '\\' => match chars.next_if(|(_, next)| matches!(next, '"' | '\\')) {
                Some((_, escaped)) => value.push(escaped),
                None => value.push('\\'),
            },
            _ => value.push(one),
        }
    }
    Err("a quote does not end")
}

/// Undoes what the HTML Standard escapes in names (§4.10.21.8).
fn decoded(value: String) -> String {
    if !value.contains('%') {
        return value;
    }
    let value = value.replace("%22", "\"");
    value.replace("%0D", "\r").replace("%0A", "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(head: &str) -> Result<Names, &'static str> {
        let head = Head::parse(format!("{head}\r\n\r\n").into_bytes())?;
        Ok((Some(head.name), head.file_name))
    }

    fn named(name: &str, file_name: &str) -> Result<Names, &'static str> {
        Ok((Some(name.to_owned()), Some(file_name.to_owned())))
    }

    #[test]
    fn names_are_read_as_clients_write_them() {
        for (disposition, name, file_name) in [
            (r#"form-data; name="a"; filename="b.txt""#, "a", "b.txt"),
            (r#"Form-Data;name=a;FileName=b.txt"#, "a", "b.txt"),
            (r#"form-data; name="a;b"; filename="c=d""#, "a;b", "c=d"),
            (
                r#"form-data; name="a\"b"; filename="c%22d""#,
                "a\"b",
                "c\"d",
            ),
            (
                r#"form-data; name="é"; filename="C:\dir\x""#,
                "é",
                r"C:\dir\x",
            ),
            (
                r#"form-data; name="a"; filename="b"; filename*=UTF-8''c"#,
                "a",
                "b",
            ),
        ] {
            let head = format!("Content-Disposition: {disposition}");
            assert_eq!(parsed(&head), named(name, file_name), "{disposition}");
        }
    }

    #[test]
    fn heads_without_a_clear_name_are_refused() {
        for head in [
            "X: y",
            "Content-Disposition: form-data",
            "Content-Disposition: attachment; name=a",
            "Content-Disposition: form-data; name=\"a",
            "Content-Disposition: form-data; name=\"a\" b",
            "Content-Disposition: form-data; name=a; name=b",
            "Content-Disposition: form-data; name",
            "Content-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b",
            "no field",
        ] {
            assert!(parsed(head).is_err(), "{head}");
        }
    }
}
