//! Values for URLs.

use core::fmt;

use super::{Param, ParamFault, ParamKind};
use crate::template::NamedValue;

/// A parameter with a value, by [`Param::with`].
#[derive(Debug)]
pub struct Given<'v, T: ?Sized + ParamKind> {
    param: Param<T>,
    value: &'v T,
}

impl<T: ?Sized + ParamKind> Param<T> {
    /// The parameter with that value, for a URL.
    pub const fn with(self, value: &T) -> Given<'_, T> {
        Given { param: self, value }
    }
}

impl<T: ?Sized + ParamKind> Clone for Given<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized + ParamKind> Copy for Given<'_, T> {}

impl<'n, T: ?Sized + ParamKind> NamedValue<'n> for Given<'_, T> {
    fn name(&self) -> &'n str {
        self.param.name()
    }

    fn write(&self, out: &mut dyn fmt::Write) -> Result<(), ParamFault> {
        self.param.write(self.value, out)
    }
}
