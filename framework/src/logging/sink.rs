use std::mem;

/// Where the bytes of a line go.
pub(crate) trait Sink {
    /// Appends bytes.
    fn put(&mut self, bytes: &[u8]);

    /// Appends the first `used` of the bytes: a copy whose length is known when the program is compiled is
    /// much cheaper than one whose length is not, even if it copies more.
    fn put_first<const N: usize>(&mut self, bytes: &[u8; N], used: usize);

    /// Appends all of them.
    #[inline(always)]
    fn put_all<const N: usize>(&mut self, bytes: &[u8; N]) {
        self.put_first(bytes, N);
    }
}

impl Sink for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }

    fn put_first<const N: usize>(&mut self, bytes: &[u8; N], used: usize) {
        self.extend_from_slice(bytes.get(..used).unwrap_or(bytes));
    }
}

/// How long a line may be that is written where it waits.
pub(crate) const WINDOW: usize = 1024;

/// Bytes that are there already and are written over, so that no room has to be made. What does not fit is
/// left out, and so is all that comes after it.
pub(crate) struct Pen<'w> {
    /// What has not been written over.
    rest: &'w mut [u8],
    is_over: bool,
}

impl<'w> Pen<'w> {
    #[inline(always)]
    pub(crate) fn new(window: &'w mut [u8; WINDOW]) -> Self {
        Self {
            rest: window,
            is_over: false,
        }
    }

    /// How many bytes were written; `None` if not all did fit.
    #[inline(always)]
    pub(crate) fn length(&self) -> Option<usize> {
        (!self.is_over).then_some(WINDOW - self.rest.len())
    }
}

impl Sink for Pen<'_> {
    #[inline(always)]
    fn put(&mut self, bytes: &[u8]) {
        match mem::take(&mut self.rest).split_at_mut_checked(bytes.len()) {
            Some((place, rest)) => {
                place.copy_from_slice(bytes);
                self.rest = rest;
            }
            None => self.is_over = true,
        }
    }

    #[inline(always)]
    fn put_first<const N: usize>(&mut self, bytes: &[u8; N], used: usize) {
        let rest = mem::take(&mut self.rest);
        match rest.first_chunk_mut() {
            Some(place) => *place = *bytes,
            None => {
                self.is_over = true;
                return;
            }
        }
        self.rest = rest.get_mut(used..).unwrap_or_default();
    }
}
