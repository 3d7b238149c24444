use brrtrouter_transport::Field;

/// The codings that a file may be there in, the smallest first: name, end of the file's name, and
/// the bit that stands for it.
pub(super) const CODINGS: [(&str, &str, u8); 3] =
    [("br", ".br", 1), ("zstd", ".zst", 2), ("gzip", ".gz", 4)];

/// The codings that a client takes, as bits; one that it takes with any weight is taken.
pub(super) fn taken(fields: &[Field<'_>]) -> u8 {
    let mut bits = 0;
    let lists = fields
        .iter()
        .filter(|field| field.name.eq_ignore_ascii_case("accept-encoding"))
        .filter_map(|field| std::str::from_utf8(field.value).ok());
    for one in lists.flat_map(|list| list.split(',')) {
        let (coding, weight) = one.split_once(';').unwrap_or((one, ""));
        let weight = weight.trim().trim_start_matches(['q', 'Q', '=']);
        if weight.parse::<f32>().is_ok_and(|weight| weight <= 0.0) {
            continue;
        }
        let known = CODINGS.iter();
        let mut known = known.filter(|own| own.0.eq_ignore_ascii_case(coding.trim()));
        bits |= known.next().map_or(0, |own| own.2);
    }
    bits
}
