//! Which codings of content a client takes (RFC 9110 §12.5.3).

use arrayvec::ArrayVec;
use brrtrouter_transport::Field;

/// The most codings that are told apart.
const MOST: usize = 4;

/// The places of those among `known` that the client takes, what it would rather have first, and among
/// equals what comes first in `known`. None that it would take less gladly than content as it is, which is
/// what those who say nothing of it want least.
pub(crate) fn preferred(fields: &[Field<'_>], known: &[&str]) -> ArrayVec<usize, MOST> {
    let mut weights = [None; MOST];
    let (mut any, mut identity) = (None, None);
    let lists = fields
        .iter()
        .filter(|field| field.name.eq_ignore_ascii_case("accept-encoding"))
        .filter_map(|field| std::str::from_utf8(field.value).ok());
    for one in lists.flat_map(|list| list.split(',')) {
        let (coding, parameters) = one.split_once(';').unwrap_or((one, ""));
        let coding = match coding.trim() {
            alias if alias.eq_ignore_ascii_case("x-gzip") => "gzip",
            coding => coding,
        };
        let place = known
            .iter()
            .position(|own| own.eq_ignore_ascii_case(coding));
        let slot = match place.and_then(|place| weights.get_mut(place)) {
            Some(slot) => slot,
            None if coding == "*" => &mut any,
            None if coding.eq_ignore_ascii_case("identity") => &mut identity,
            None => continue,
        };
        slot.get_or_insert_with(|| weight(parameters));
    }
    let weight_of = |place: &usize| weights.get(*place).copied().flatten().or(any).unwrap_or(0);
    let least = identity.unwrap_or(0).max(1);
    let mut taken: ArrayVec<usize, MOST> = (0..known.len().min(MOST))
        .filter(|place| weight_of(place) >= least)
        .collect();
    taken.sort_by_key(|place| std::cmp::Reverse(weight_of(place)));
    taken
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
        Some(weight) if (0.0..=1.0).contains(&weight) => (weight * 1000.0).round() as u16,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(lists: &[&str]) -> String {
        let fields: Vec<Field<'_>> = lists
            .iter()
            .map(|value| Field {
                name: "Accept-Encoding",
                value: value.as_bytes(),
            })
            .collect();
        let known = ["br", "zstd", "gzip"];
        let names = preferred(&fields, &known)
            .into_iter()
            .map(|place| known[place]);
        names.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_a_client_would_rather_have_comes_first() {
        for (list, wanted) in [
            ("", ""),
            ("deflate", ""),
            ("gzip", "gzip"),
            ("GZip;q=0.1", "gzip"),
            ("x-gzip", "gzip"),
            ("deflate, gzip ;q=1", "gzip"),
            ("gzip, br", "br gzip"),
            ("gzip;q=1, br;q=0.5", "gzip br"),
            ("gzip;q=0.002, zstd;q=0.001", "gzip zstd"),
            ("*", "br zstd gzip"),
            ("br;q=0, *", "zstd gzip"),
            ("*;q=0", ""),
            ("*;q=0, gzip", "gzip"),
            ("br;q=0, gzip;q=0, zstd;q=0, *", ""),
            ("gzip;q=0", ""),
            ("gzip;q=0.000", ""),
            ("gzip;q=x", ""),
            ("gzip;q=2", ""),
            ("gzip;q=-1", ""),
            ("gzip;q=nan", ""),
            ("identity", ""),
            ("identity, gzip", "gzip"),
            ("identity;q=0, *", "br zstd gzip"),
            ("identity;q=0.5, *;q=0.1", ""),
            ("identity;q=0.5, *;q=0.1, br;q=0.7", "br"),
        ] {
            assert_eq!(taken(&[list]), wanted, "{list}");
        }
        assert_eq!(taken(&["deflate", "gzip"]), "gzip");
        assert_eq!(taken(&[]), "");
    }
}
