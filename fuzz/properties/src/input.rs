use arbitrary::{Arbitrary, Unstructured};

/// What a fuzzer's bytes stand for; `None` where they are too few, as `libfuzzer-sys` has it.
pub(crate) fn read<'b, T: Arbitrary<'b>>(bytes: &'b [u8]) -> Option<T> {
    if bytes.len() < T::size_hint(0).0 {
        return None;
    }
    T::arbitrary_take_rest(Unstructured::new(bytes)).ok()
}

/// The lines of a text, each ended by a line feed, a carriage return, or both.
pub(crate) fn lines(text: &str) -> u32 {
    let text = text.replace("\r\n", "\n");
    u32::try_from(text.split(['\r', '\n']).count()).unwrap_or(u32::MAX)
}
