//! A parameter's name and type.

#[cfg(feature = "alloc")]
use alloc::borrow::Cow;
use core::fmt;

use super::{ParamFault, ParamNumber, ParamValue};
#[cfg(not(feature = "alloc"))]
use crate::source::Encoded;
use crate::source::Text;
use crate::value::{Bound, Expected, Number};

/// A parameter's name and type: a constant that is shared by templates, handlers and links.
///
/// ```
/// use brrtrouter_core::Param;
///
/// const NAME: Param<str> = Param::new("name");
/// const LIMIT: Param<u32> = Param::new("limit").at_least(1).at_most(100);
///
/// #[derive(Clone, Copy, PartialEq)]
/// enum Status { Free, Sold }
/// const STATUS: Param<Status> = Param::one_of("status", &[("free", Status::Free), ("sold", Status::Sold)]);
///
/// #[derive(PartialEq)]
/// struct Hue(u16);
/// impl std::fmt::Display for Hue {
///     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
///         write!(f, "{}deg", self.0)
///     }
/// }
/// const HUE: Param<Hue> =
///     Param::parse_with("hue", "hue", |text| Some(Hue(text.strip_suffix("deg")?.parse().ok()?)));
/// # let _ = (NAME, LIMIT, STATUS, HUE);
/// ```
///
/// | `Param<…>` | gives | from |
/// |---|---|---|
/// | `str` | `Cow<str>`, borrowed where nothing is encoded | any text |
/// | `String` (feature `alloc`) | `String` | any text |
/// | `i8` to `i64`, `u8` to `u64`, `isize`, `usize` | the same | decimal digits, `-` before them |
/// | `f32`, `f64` | the same, never infinite | numbers as JSON writes them |
/// | `bool` | `bool` | `true`, `false` |
/// | [`Date`](crate::Date), [`DateTime`](crate::DateTime) | the same | RFC 3339 |
/// | `uuid::Uuid` (feature `uuid`) | the same | RFC 9562, with hyphens |
///
/// Without the feature `alloc` a `str` gives [`Encoded`](crate::Encoded), which decodes as it is read;
/// [`Params::text`](crate::Params::text) does so with every feature.
///
/// Types of one's own are [read with a function](Param::parse_with), are
/// [one of several values](Param::one_of), or implement [`ParamValue`].
pub struct Param<T: ?Sized + ParamKind> {
    name: &'static str,
    type_name: &'static str,
    json_type: &'static str,
    parse: Parse<T>,
    write: Write<T>,
    read_own: Option<ReadOwn<T>>,
    choices: &'static [(&'static str, T::Choice)],
    least: Option<i64>,
    most: Option<i64>,
}

type Parse<T> = for<'r> fn(&Param<T>, Text<'r>) -> Result<<T as ParamKind>::Value<'r>, ParamFault>;
type ReadOwn<T> = fn(&str) -> Option<<T as ParamKind>::Choice>;
type Write<T> = fn(&Param<T>, &T, &mut dyn fmt::Write) -> Result<(), ParamFault>;

/// What a [`Param`] gives: the type itself, or for `str` a borrowed text.
///
/// Every type has it; there is nothing to implement.
pub trait ParamKind {
    /// What a request gives.
    type Value<'r>;
    /// One of the values that [`Param::one_of`] lists.
    type Choice: 'static;
}

impl<T: 'static> ParamKind for T {
    type Value<'r> = T;
    type Choice = T;
}

impl ParamKind for str {
    #[cfg(feature = "alloc")]
    type Value<'r> = Cow<'r, str>;
    #[cfg(not(feature = "alloc"))]
    type Value<'r> = Encoded<'r>;
    type Choice = &'static str;
}

impl<T: ?Sized + ParamKind> Clone for Param<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized + ParamKind> Copy for Param<T> {}

/// What [`Param::new`] takes: types that are [`ParamValue`], and `str`.
pub trait Described: ParamKind {
    /// The descriptor without its name.
    const NAMELESS: Param<Self>;
}

impl<T: ParamValue + 'static> Described for T {
    const NAMELESS: Param<T> = Param {
        name: "",
        type_name: T::NAME,
        json_type: T::TYPE,
        parse: |_, text| text.read(T::parse),
        write: |param, value, out| value.write(out).map_err(|_| param.malformed()),
        read_own: None,
        choices: &[],
        least: None,
        most: None,
    };
}

impl Described for str {
    const NAMELESS: Param<str> = Param {
        name: "",
        type_name: "string",
        json_type: "string",
        #[cfg(feature = "alloc")]
        parse: |_, text| text.decode().map_err(|_| ParamFault::Encoding),
        #[cfg(not(feature = "alloc"))]
        parse: |_, text| text.encoded(),
        write: |param, value, out| out.write_str(value).map_err(|_| param.malformed()),
        read_own: None,
        choices: &[],
        least: None,
        most: None,
    };
}

impl<T: ?Sized + Described> Param<T> {
    /// The parameter of that name.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            ..T::NAMELESS
        }
    }
}

impl<T: ParamNumber + 'static> Param<T> {
    /// Refuses numbers that are smaller.
    pub const fn at_least(mut self, least: i64) -> Self {
        self.least = Some(least);
        self.within()
    }

    /// Refuses numbers that are larger.
    pub const fn at_most(mut self, most: i64) -> Self {
        self.most = Some(most);
        self.within()
    }

    const fn within(mut self) -> Self {
        self.parse = |param, text| {
            let value = text.read(T::parse)?;
            param.check(value.number())?;
            Ok(value)
        };
        self.write = |param, value, out| {
            param.check(value.number())?;
            value.write(out).map_err(|_| param.malformed())
        };
        self
    }
}

impl<T: 'static> Param<T> {
    /// The parameter of that name, read by a function: `None` means that a text is none such.
    ///
    /// `type_name` is for people and documents: a `format` of OpenAPI, or a name of one's own.
    pub const fn parse_with(
        name: &'static str,
        type_name: &'static str,
        parse: fn(&str) -> Option<T>,
    ) -> Self
    where
        T: fmt::Display,
    {
        Self {
            name,
            type_name,
            json_type: "string",
            parse: |param, text| {
                let read = |text: &str| param.read_own.and_then(|read| read(text));
                text.read(|text| read(text).ok_or(param.malformed()))
            },
            write: |param, value, out| write!(out, "{value}").map_err(|_| param.malformed()),
            read_own: Some(parse),
            choices: &[],
            least: None,
            most: None,
        }
    }

    /// The parameter of that name, which has one of these texts and means the value beside it.
    pub const fn one_of(name: &'static str, choices: &'static [(&'static str, T)]) -> Self
    where
        T: Copy + PartialEq,
    {
        Self {
            name,
            type_name: "enum",
            json_type: "string",
            parse: |param, text| {
                text.check().map_err(|_| ParamFault::Encoding)?;
                let mut choices = param.choices.iter();
                match choices.find(|(choice, _)| text.is(choice.as_bytes())) {
                    Some((_, value)) => Ok(*value),
                    None => Err(ParamFault::NotInEnum),
                }
            },
            write: |param, value, out| {
                let mut choices = param.choices.iter();
                match choices.find(|(_, choice)| choice == value) {
                    Some((text, _)) => out.write_str(text).map_err(|_| param.malformed()),
                    None => Err(ParamFault::NotInEnum),
                }
            },
            read_own: None,
            choices,
            least: None,
            most: None,
        }
    }
}

impl<T: ?Sized + ParamKind> Param<T> {
    /// Its name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    pub(super) fn parse<'r>(&self, text: Text<'r>) -> Result<T::Value<'r>, ParamFault> {
        (self.parse)(self, text)
    }

    pub(super) fn write(&self, value: &T, out: &mut dyn fmt::Write) -> Result<(), ParamFault> {
        (self.write)(self, value, out)
    }

    fn check(&self, number: Number) -> Result<(), ParamFault> {
        let mut bounds = self.bounds().into_iter().flatten();
        match bounds.find(|bound| !bound.takes(number)) {
            Some(bound) => Err(ParamFault::OutOfRange { bound }),
            None => Ok(()),
        }
    }

    fn malformed(&self) -> ParamFault {
        ParamFault::Malformed {
            expected: Expected::Named(self.type_name),
        }
    }
}

impl<T: ?Sized + ParamKind> fmt::Debug for Param<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Param({self})")
    }
}

/// As templates show it: `{id:uuid}`.
impl<T: ?Sized + ParamKind> fmt::Display for Param<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}:{}}}", self.name, self.type_name)
    }
}

/// What a [`Param`] of any type says of itself, for templates and documents.
pub trait Descriptor {
    /// Its name.
    fn name(&self) -> &'static str;

    /// Its type for people and documents: a `format` of OpenAPI, a type of JSON Schema, `enum`, or
    /// the name that [`Param::parse_with`] was given.
    fn type_name(&self) -> &'static str;

    /// Its type in JSON Schema: `string`, `integer`, `number` or `boolean`.
    fn json_type(&self) -> &'static str;

    /// Its least and its greatest value.
    fn bounds(&self) -> [Option<Bound>; 2];

    /// The text of that number, of those that it may have; none where there are no more, or where it
    /// may have any.
    fn choice(&self, index: usize) -> Option<&'static str>;
}

impl<T: ?Sized + ParamKind> Descriptor for Param<T> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn type_name(&self) -> &'static str {
        self.type_name
    }

    fn json_type(&self) -> &'static str {
        self.json_type
    }

    fn bounds(&self) -> [Option<Bound>; 2] {
        [
            self.least
                .map(|least| Bound::AtLeast(Number::Integer(least))),
            self.most.map(|most| Bound::AtMost(Number::Integer(most))),
        ]
    }

    fn choice(&self, index: usize) -> Option<&'static str> {
        self.choices.get(index).map(|(text, _)| *text)
    }
}
