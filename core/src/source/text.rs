//! A piece of a request that is still encoded.

#[cfg(feature = "alloc")]
use alloc::borrow::Cow;
use core::str;

use super::Encoded;
use crate::descriptor::ParamFault;
use crate::percent::{self, Decoded, Fault, Plus};

/// Raw bytes and how they are encoded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text<'r> {
    pub(crate) raw: &'r [u8],
    pub(crate) coding: Coding,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    /// As it stands.
    Plain,
    /// Percent-encoded, with that meaning of `+`.
    Percent(Plus),
}

/// The longest number, date or identifier that is worth decoding, in bytes.
pub(crate) const SHORT: usize = 64;

impl<'r> Text<'r> {
    #[cfg(feature = "alloc")]
    /// The decoded text; borrowed where nothing had to be decoded.
    pub(crate) fn decode(self) -> Result<Cow<'r, str>, Fault> {
        match self.coding {
            Coding::Plain => str::from_utf8(self.raw)
                .map(Cow::Borrowed)
                .map_err(|_| Fault::Utf8),
            Coding::Percent(plus) => percent::decode(self.raw, plus),
        }
    }

    /// Whether it stands for a text at all.
    pub(crate) fn check(self) -> Result<(), Fault> {
        match self.coding {
            Coding::Plain => str::from_utf8(self.raw)
                .map(|_| ())
                .map_err(|_| Fault::Utf8),
            Coding::Percent(_) => percent::check(self.raw),
        }
    }

    /// The text, once it is known to stand for one.
    pub(crate) fn encoded(self) -> Result<Encoded<'r>, ParamFault> {
        match self.check() {
            Ok(()) => Ok(Encoded::new(self)),
            Err(_) => Err(ParamFault::Encoding),
        }
    }

    /// The decoded bytes.
    pub(crate) fn bytes(self) -> impl Iterator<Item = u8> + 'r {
        let (plain, encoded, plus) = match self.coding {
            Coding::Plain => (self.raw, &[][..], Plus::Plus),
            Coding::Percent(plus) => (&[][..], self.raw, plus),
        };
        plain.iter().copied().chain(Decoded::new(encoded, plus))
    }

    pub(crate) fn is(self, text: &[u8]) -> bool {
        if self.is_plain() {
            self.raw == text
        } else {
            self.raw.len() >= text.len() && self.bytes().eq(text.iter().copied())
        }
    }

    /// Whether it stands for itself; a text with NUL stands for none.
    pub(super) fn is_plain(self) -> bool {
        match self.coding {
            Coding::Plain => true,
            Coding::Percent(plus) => !self
                .raw
                .iter()
                .any(|&byte| matches!(byte, b'%' | 0) || (byte == b'+' && plus == Plus::Space)),
        }
    }

    #[cfg(feature = "openapi")]
    /// How many characters the decoded text has.
    pub(crate) fn chars(self) -> usize {
        self.bytes().filter(|byte| byte & 0xC0 != 0x80).count()
    }

    /// The decoded text where it is short and ASCII, as numbers and dates are.
    pub(crate) fn short<'s>(self, scratch: &'s mut [u8; SHORT]) -> Option<&'s str>
    where
        'r: 's,
    {
        if self.is_plain() {
            return str::from_utf8(self.raw).ok();
        }
        let mut len = 0;
        for byte in self.bytes() {
            *scratch.get_mut(len)? = byte;
            len += 1;
        }
        str::from_utf8(scratch.get(..len)?).ok()
    }

    /// Reads the decoded text; one that is encoded and long takes an allocation, or is refused where
    /// there is no allocator.
    pub(crate) fn read<T>(
        self,
        read: impl FnOnce(&str) -> Result<T, ParamFault>,
    ) -> Result<T, ParamFault> {
        if self.is_plain() {
            return read(str::from_utf8(self.raw).map_err(|_| ParamFault::Encoding)?);
        }
        self.check().map_err(|_| ParamFault::Encoding)?;
        let mut scratch = [0; SHORT];
        if let Some(short) = self.short(&mut scratch) {
            return read(short);
        }
        #[cfg(feature = "alloc")]
        return read(&self.decode().map_err(|_| ParamFault::Encoding)?);
        #[cfg(not(feature = "alloc"))]
        Err(ParamFault::TooLong { most: SHORT as u64 })
    }

    #[cfg(feature = "openapi")]
    /// The text for a message: decoded if it can be, or else as it stands.
    pub(crate) fn shown(self) -> Cow<'r, str> {
        match self.decode() {
            Ok(text) => text,
            Err(_) => alloc::string::String::from_utf8_lossy(self.raw),
        }
    }
}
