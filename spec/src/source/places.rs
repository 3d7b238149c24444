use super::mark::Mark;
use crate::pointer;

/// Where each value of a file, and the key before it, stands: the tree in preorder.
#[derive(Debug, Default)]
pub(crate) struct Places {
    nodes: Vec<Node>,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    /// The hash of the key, or the index within an array.
    name: u64,
    key: Mark,
    value: Mark,
    /// The first byte of the value, where that is known.
    offset: u32,
    /// The index after the last descendant.
    end: u32,
    is_array: bool,
}

/// What of a member a diagnostic points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aim {
    Key,
    Value,
}

impl Places {
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Adds a value; whatever is added until it is closed lies within it.
    pub(crate) fn open(&mut self, name: u64, key: Mark, value: Mark, is_array: bool) -> usize {
        let index = self.nodes.len();
        self.nodes.push(Node {
            name,
            key,
            value,
            offset: 0,
            end: u32::try_from(index + 1).unwrap_or(u32::MAX),
            is_array,
        });
        index
    }

    pub(crate) fn set_offset(&mut self, index: usize, offset: usize) {
        if let Some(node) = self.nodes.get_mut(index) {
            node.offset = u32::try_from(offset).unwrap_or(0);
        }
    }

    /// The nearest to `pointer` that is there: its first byte, its place, and the length of the
    /// pointer to it.
    pub(crate) fn nearest(&self, pointer: &str) -> Option<(usize, Mark, usize)> {
        let (index, found) = self.walk(pointer)?;
        let node = self.nodes.get(index)?;
        Some((node.offset as usize, node.value, found))
    }

    pub(crate) fn close(&mut self, index: usize) {
        let end = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        if let Some(node) = self.nodes.get_mut(index) {
            node.end = end;
        }
    }

    /// Adds a copy of a whole value under another name, with the places of the original.
    pub(crate) fn copy(&mut self, original: usize, name: u64, key: Mark) {
        let Some(end) = self.nodes.get(original).map(|node| node.end as usize) else {
            return;
        };
        let target = self.nodes.len();
        self.nodes.extend_from_within(original..end.max(original));
        for node in self.nodes.iter_mut().skip(target) {
            node.end = u32::try_from(node.end as usize - original + target).unwrap_or(u32::MAX);
        }
        if let Some(node) = self.nodes.get_mut(target) {
            node.name = name;
            node.key = key;
        }
    }

    /// The names and indices of a value's members.
    pub(crate) fn children(&self, index: usize) -> impl Iterator<Item = (u64, usize)> {
        let end = self.nodes.get(index).map_or(0, |node| node.end as usize);
        self.children_until(index, end)
    }

    /// As [`children`](Self::children), of a value that has not been closed yet.
    pub(crate) fn open_children(&self, index: usize) -> impl Iterator<Item = (u64, usize)> {
        self.children_until(index, self.nodes.len())
    }

    fn children_until(&self, index: usize, end: usize) -> impl Iterator<Item = (u64, usize)> {
        let mut next = index + 1;
        std::iter::from_fn(move || {
            if next >= end {
                return None;
            }
            let node = self.nodes.get(next)?;
            let child = next;
            next = (node.end as usize).max(child + 1);
            Some((node.name, child))
        })
    }

    pub(crate) fn key_mark(&self, index: usize) -> Mark {
        self.nodes
            .get(index)
            .map_or_else(Mark::default, |node| node.key)
    }

    pub(crate) fn value_mark(&self, index: usize) -> Mark {
        self.nodes
            .get(index)
            .map_or_else(Mark::default, |node| node.value)
    }

    /// Where the value at `pointer` stands, or else its nearest ancestor that is there; and the
    /// length of the pointer that was found.
    pub(crate) fn find(&self, pointer: &str, aim: Aim) -> Option<(Mark, usize)> {
        let (index, found) = self.walk(pointer)?;
        let node = self.nodes.get(index)?;
        let is_whole = found == pointer.len();
        let mark = match aim {
            Aim::Key if is_whole && node.key.line != 0 => node.key,
            _ if is_whole || node.key.line == 0 => node.value,
            _ => node.key,
        };
        Some((mark, found))
    }

    /// Goes along a pointer as far as there is something.
    fn walk(&self, pointer: &str) -> Option<(usize, usize)> {
        let mut at = 0;
        let mut node = self.nodes.first()?;
        let mut found = 0;
        for (raw, token) in pointer.split('/').skip(1).zip(pointer::tokens(pointer)) {
            let name = if node.is_array {
                token.parse().unwrap_or(u64::MAX)
            } else {
                name_of(&token)
            };
            let Some((_, child)) = self.children(at).find(|(other, _)| *other == name) else {
                break;
            };
            at = child;
            node = self.nodes.get(at)?;
            found += raw.len() + 1;
        }
        Some((at, found))
    }
}

/// The hash that stands for a key: FNV-1a. Two keys of one hash would only misplace a diagnostic.
pub(crate) fn name_of(key: &str) -> u64 {
    key.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
