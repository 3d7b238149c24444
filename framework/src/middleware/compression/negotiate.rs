use brrtrouter_transport::Field;

/// How content can be coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    #[cfg(feature = "brotli")]
    Brotli,
    Gzip,
}

/// The codings by name, the best first among equals.
const KNOWN: &[(&str, Coding)] = &[
    #[cfg(feature = "brotli")]
    ("br", Coding::Brotli),
    ("gzip", Coding::Gzip),
];

/// The coding that the client would rather have; `None` if it is content as it is.
pub(super) fn coding(fields: &[Field<'_>]) -> Option<Coding> {
    let mut best: Option<(u16, Coding)> = None;
    for (name, coding) in KNOWN {
        let weight = weight_of(fields, name);
        if weight > best.map_or(0, |best| best.0) {
            best = Some((weight, *coding));
        }
    }
    best.map(|best| best.1)
}

/// The weight of a coding in thousandths: that of its name, else that of `*`, else none.
fn weight_of(fields: &[Field<'_>], name: &str) -> u16 {
    let mut any = 0;
    let lists = fields
        .iter()
        .filter(|field| field.name.eq_ignore_ascii_case("accept-encoding"))
        .filter_map(|field| std::str::from_utf8(field.value).ok());
    for one in lists.flat_map(|list| list.split(',')) {
        let (coding, parameters) = one.split_once(';').unwrap_or((one, ""));
        let coding = coding.trim();
        let is_alias = name == "gzip" && coding.eq_ignore_ascii_case("x-gzip");
        if coding.eq_ignore_ascii_case(name) || is_alias {
            return weight(parameters);
        }
        if coding == "*" {
            any = weight(parameters);
        }
    }
    any
}

/// `q=0.5` in thousandths; a malformed weight is none (RFC 9110 §12.4.2).
fn weight(parameters: &str) -> u16 {
    let parameters = parameters.trim();
    if parameters.is_empty() {
        return 1000;
    }
    let value = parameters
        .strip_prefix("q=")
        .or_else(|| parameters.strip_prefix("Q="));
    match value.and_then(|value| value.trim().parse::<f32>().ok()) {
        Some(weight) if (0.0..=1.0).contains(&weight) => (weight * 1000.0) as u16,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(accepted: &[&str]) -> Option<Coding> {
        let fields: Vec<Field<'_>> = accepted
            .iter()
            .map(|value| Field {
                name: "Accept-Encoding",
                value: value.as_bytes(),
            })
            .collect();
        coding(&fields)
    }

    #[test]
    fn gzip_where_it_is_taken() {
        for taken in [
            "gzip",
            "GZip;q=0.1",
            "x-gzip",
            "*",
            "deflate, gzip ;q=1",
            "identity;q=0.5, *;q=0.1",
        ] {
            assert!(chosen(&[taken]).is_some(), "{taken}");
        }
        assert!(chosen(&["deflate", "gzip"]).is_some());
    }

    #[test]
    fn nothing_where_it_is_not() {
        for refused in [
            "",
            "deflate",
            "gzip;q=0",
            "*;q=0",
            "gzip;q=x",
            "gzip;q=2",
            "gzip;q=-1",
            "br;q=0, gzip;q=0, *",
        ] {
            assert_eq!(chosen(&[refused]), None, "{refused}");
        }
        assert_eq!(chosen(&[]), None);
    }
}
