use std::sync::Arc;

use arc_swap::ArcSwapOption;
use blake3::Hash;

/// How many places an entry can have.
const WAYS: usize = 4;

/// What was found out of late, by keyed hashes of secrets: neither locked nor ever larger than at
/// first.
///
/// A hash names a row of four places. What is over makes room first; else the hash chooses who goes.
pub(super) struct Recent<T> {
    rows: Vec<Row<T>>,
}

type Row<T> = [ArcSwapOption<Entry<T>>; WAYS];

struct Entry<T> {
    hash: Hash,
    value: T,
}

impl<T> Recent<T> {
    /// Room for at least so many.
    pub(super) fn new(count: usize) -> Self {
        let mut rows = Vec::new();
        rows.resize_with(count.div_ceil(WAYS), Default::default);
        Self { rows }
    }

    /// What `look` makes of the value of that hash. Hashes are compared in constant time.
    pub(super) fn get<R>(&self, hash: &Hash, look: impl FnOnce(&T) -> Option<R>) -> Option<R> {
        for place in self.row(hash)? {
            if let Some(entry) = &*place.load()
                && entry.hash == *hash
            {
                return look(&entry.value);
            }
        }
        None
    }

    pub(super) fn put(&self, hash: Hash, value: T, is_over: impl Fn(&T) -> bool) {
        let Some(row) = self.row(&hash) else {
            return;
        };
        let mut places = row.iter();
        let free = places.position(|place| match &*place.load() {
            None => true,
            Some(entry) => entry.hash == hash || is_over(&entry.value),
        });
        let chosen = usize::from(hash.as_bytes()[31]) % WAYS;
        if let Some(place) = row.get(free.unwrap_or(chosen)) {
            place.store(Some(Arc::new(Entry { hash, value })));
        }
    }

    fn row(&self, hash: &Hash) -> Option<&Row<T>> {
        let number = u64::from_le_bytes(*hash.as_bytes().first_chunk()?);
        let index = number.checked_rem(u64::try_from(self.rows.len()).ok()?)?;
        self.rows.get(usize::try_from(index).ok()?)
    }
}
