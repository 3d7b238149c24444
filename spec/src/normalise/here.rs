use crate::faults::Spot;
use crate::pointer;
use crate::source::Aim;
use crate::version::Version;

/// Where the walk is: in which file, and at which place of the normalised document.
#[derive(Debug)]
pub(super) struct Here {
    pub(super) source: usize,
    /// The version that the file is written in.
    pub(super) version: Version,
    /// The URI of the innermost schema around that has an `$id`.
    pub(super) resource: Option<String>,
    /// The pointer, within the file, of what is being walked.
    file_base: String,
    /// The pointer of the same in the normalised document.
    base: String,
    /// The way from there.
    tail: String,
}

impl Here {
    pub(super) fn entry(version: Version) -> Self {
        Self::new(0, version, String::new(), String::new())
    }

    pub(super) fn new(source: usize, version: Version, file_base: String, base: String) -> Self {
        Self {
            source,
            version,
            resource: None,
            file_base,
            base,
            tail: String::new(),
        }
    }

    /// Goes down; what it returns leads back up.
    pub(super) fn push(&mut self, name: &str) -> usize {
        let length = self.tail.len();
        pointer::push(&mut self.tail, name);
        length
    }

    pub(super) fn push_index(&mut self, index: usize) -> usize {
        let length = self.tail.len();
        pointer::push_index(&mut self.tail, index);
        length
    }

    pub(super) fn truncate(&mut self, length: usize) {
        self.tail.truncate(length);
    }

    /// The pointer in the normalised document.
    pub(super) fn pointer(&self) -> String {
        format!("{}{}", self.base, self.tail)
    }

    /// The pointer in the file.
    pub(super) fn file_pointer(&self) -> String {
        format!("{}{}", self.file_base, self.tail)
    }

    /// The value here.
    pub(super) fn spot(&self) -> Spot {
        self.aimed(Aim::Value)
    }

    /// The key of the value here.
    pub(super) fn key_spot(&self) -> Spot {
        self.aimed(Aim::Key)
    }

    /// The value of that name below.
    pub(super) fn member_spot(&self, name: &str, aim: Aim) -> Spot {
        let mut spot = self.aimed(aim);
        pointer::push(&mut spot.pointer, name);
        spot
    }

    pub(super) fn aimed(&self, aim: Aim) -> Spot {
        Spot {
            source: self.source,
            pointer: self.file_pointer(),
            aim,
        }
    }
}
