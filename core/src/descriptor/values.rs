//! The values of one request, by descriptor.

use super::{Param, ParamError, ParamFault, ParamKind};
use crate::frozen::Frozen;
use crate::percent::Plus;
use crate::source::{Coding, Cookies, Encoded, FieldItems, NamedPairs, Pairs, Place, Source, Text};
#[cfg(feature = "alloc")]
use crate::template::Template;

/// The parameters of a request that was looked up, taken by descriptor.
///
/// ```
/// use std::borrow::Cow;
///
/// use brrtrouter_core::{
///     Lookup, Param, ParamError, Params, PathParams, Router, Source, Template,
/// };
///
/// const ID: Param<u64> = Param::new("id");
/// const LIMIT: Param<u8> = Param::new("limit").at_most(100);
/// const TAG: Param<str> = Param::new("tag");
///
/// fn read(params: Params<'_>) -> Result<(u64, u8, Vec<Cow<'_, str>>), ParamError<'_>> {
///     let tags = params.query().all(TAG).collect::<Result<_, _>>()?;
///     Ok((params.get(ID)?, params.find(LIMIT)?.unwrap_or(20), tags))
/// }
///
/// let template = Template::builder().literal("pets").param(ID).build()?;
/// let router = Router::builder().route("GET", template.as_str(), 0).build()?;
/// let mut path = PathParams::new();
/// let mut ask = |target: &str| {
///     assert!(matches!(router.lookup("GET", target, &mut path), Lookup::Found(_)));
///     let params = Params::of(&template, Source { target, path: &path, fields: &() });
///     match read(params) {
///         Ok((id, limit, tags)) => format!("{id} {limit} {tags:?}"),
///         Err(error) => error.to_string(),
///     }
/// };
/// assert_eq!(ask("/pets/7?tag=a&tag=b%20c"), r#"7 20 ["a", "b c"]"#);
/// assert_eq!(
///     ask("/pets/7?limit=101"),
///     r#"query parameter "limit" is not at most 100: "101""#
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Params<'r> {
    names: Names<'r>,
    source: Source<'r>,
}

/// The names of what a path captures, in the order of the template.
#[derive(Debug, Clone, Copy)]
enum Names<'r> {
    Plain(&'r [&'r str]),
    Frozen(&'r Frozen<'r>, u32),
    #[cfg(feature = "alloc")]
    Template(&'r Template),
    #[cfg(feature = "openapi")]
    Planned(&'r crate::Extractors),
}

impl<'r> Params<'r> {
    /// The parameters of a request that was found to have that template.
    #[cfg(feature = "alloc")]
    pub fn of(template: &'r Template, source: Source<'r>) -> Self {
        Self {
            names: Names::Template(template),
            source,
        }
    }

    /// The parameters of a request whose path has parameters of these names, in the order of the
    /// template.
    pub fn named(names: &'r [&'r str], source: Source<'r>) -> Self {
        Self {
            names: Names::Plain(names),
            source,
        }
    }

    /// The parameters of a request that was found to have that route of a [`Frozen`] router.
    pub fn frozen(router: &'r Frozen<'r>, route: u32, source: Source<'r>) -> Self {
        Self {
            names: Names::Frozen(router, route),
            source,
        }
    }

    /// The parameters of a request of an operation.
    #[cfg(feature = "openapi")]
    pub fn planned(extractors: &'r crate::Extractors, source: Source<'r>) -> Self {
        Self {
            names: Names::Planned(extractors),
            source,
        }
    }

    /// The value in the path, where the path has a parameter of that name, or else in the query.
    ///
    /// # Errors
    ///
    /// [`ParamError`] where it is missing or not as described.
    pub fn get<T: ?Sized + ParamKind>(
        &self,
        param: Param<T>,
    ) -> Result<T::Value<'r>, ParamError<'r>> {
        self.path_or_query(param.name()).get(param)
    }

    /// As [`get`](Params::get), but `None` where it is missing.
    ///
    /// # Errors
    ///
    /// [`ParamError`] where it is not as described.
    pub fn find<T: ?Sized + ParamKind>(
        &self,
        param: Param<T>,
    ) -> Result<Option<T::Value<'r>>, ParamError<'r>> {
        self.path_or_query(param.name()).find(param)
    }

    /// As [`get`](Params::get), but the text as it stands: no allocator decodes it, whatever the
    /// features.
    ///
    /// # Errors
    ///
    /// [`ParamError`] where it is missing or not encoded well.
    pub fn text(&self, param: Param<str>) -> Result<Encoded<'r>, ParamError<'r>> {
        self.path_or_query(param.name()).text(param)
    }

    /// The parameters of the path.
    pub fn path(&self) -> Values<'r> {
        self.at(Place::Path)
    }

    /// The parameters of the query.
    pub fn query(&self) -> Values<'r> {
        self.at(Place::Query)
    }

    /// The header fields.
    pub fn headers(&self) -> Values<'r> {
        self.at(Place::Header)
    }

    /// The cookies.
    pub fn cookies(&self) -> Values<'r> {
        self.at(Place::Cookie)
    }

    fn at(&self, place: Place) -> Values<'r> {
        Values {
            params: *self,
            place,
        }
    }

    fn path_or_query(&self, name: &str) -> Values<'r> {
        match self.capture(name) {
            Some(_) => self.path(),
            None => self.query(),
        }
    }

    /// Which capture of the path has that name.
    fn capture(&self, name: &str) -> Option<usize> {
        match self.names {
            Names::Plain(names) => names.iter().position(|own| *own == name),
            Names::Frozen(router, route) => {
                router.parameter_names(route).position(|own| own == name)
            }
            #[cfg(feature = "alloc")]
            Names::Template(template) => template.names().position(|own| own == name),
            #[cfg(feature = "openapi")]
            Names::Planned(extractors) => extractors.capture(name),
        }
    }
}

/// The parameters of one place of a request.
#[derive(Debug, Clone, Copy)]
pub struct Values<'r> {
    params: Params<'r>,
    place: Place,
}

impl<'r> Values<'r> {
    /// The only value of that name.
    ///
    /// # Errors
    ///
    /// [`ParamError`] where it is missing, there more than once, or not as described.
    pub fn get<T: ?Sized + ParamKind>(
        &self,
        param: Param<T>,
    ) -> Result<T::Value<'r>, ParamError<'r>> {
        let found = self.find(param)?;
        found.ok_or_else(|| self.error(param.name(), ParamFault::Missing, None))
    }

    /// As [`get`](Values::get), but the text as it stands: no allocator decodes it, whatever the
    /// features.
    ///
    /// # Errors
    ///
    /// [`ParamError`] where it is missing, there more than once, or not encoded well.
    pub fn text(&self, param: Param<str>) -> Result<Encoded<'r>, ParamError<'r>> {
        let found = self.only(param.name(), Text::encoded)?;
        found.ok_or_else(|| self.error(param.name(), ParamFault::Missing, None))
    }

    /// The only value of that name; `None` where there is none.
    ///
    /// # Errors
    ///
    /// [`ParamError`] where it is there more than once, or not as described.
    pub fn find<T: ?Sized + ParamKind>(
        &self,
        param: Param<T>,
    ) -> Result<Option<T::Value<'r>>, ParamError<'r>> {
        self.only(param.name(), |text| param.parse(text))
    }

    /// What the only text of that name is read as; `None` where there is none.
    fn only<T>(
        &self,
        name: &'static str,
        read: impl FnOnce(Text<'r>) -> Result<T, ParamFault>,
    ) -> Result<Option<T>, ParamError<'r>> {
        let mut texts = self.texts(name, false);
        let Some(text) = texts.next() else {
            return Ok(None);
        };
        let fault = match texts.next() {
            Some(_) => ParamFault::Repeated,
            None => match read(text) {
                Ok(value) => return Ok(Some(value)),
                Err(fault) => fault,
            },
        };
        Err(self.error(name, fault, Some(text)))
    }

    /// All values of that name: `tag=a&tag=b`, or `X-Tag: a, b`.
    ///
    /// Each is an error by itself where it is not as described.
    pub fn all<T: ?Sized + ParamKind>(
        &self,
        param: Param<T>,
    ) -> impl Iterator<Item = Result<T::Value<'r>, ParamError<'r>>> {
        let values = *self;
        self.texts(param.name(), true).map(move |text| {
            let value = param.parse(text);
            value.map_err(|fault| values.error(param.name(), fault, Some(text)))
        })
    }

    fn error(
        &self,
        name: &'static str,
        fault: ParamFault,
        text: Option<Text<'r>>,
    ) -> ParamError<'r> {
        ParamError {
            name,
            place: self.place,
            fault,
            text,
        }
    }

    fn texts(&self, name: &'static str, is_list: bool) -> Texts<'r> {
        let source = self.params.source;
        let found = match self.place {
            Place::Path => {
                let capture = self.params.capture(name);
                let raw = capture.and_then(|capture| source.path.raw(capture, source.target));
                Found::Path(raw.map(str::as_bytes))
            }
            Place::Header if is_list => Found::Items(FieldItems::new(source.fields, name)),
            Place::Header => Found::Fields(0),
            Place::Cookie => {
                let pairs = NamedPairs::Cookies(Cookies::new(source.fields));
                Found::Pairs(pairs, Coding::Percent(Plus::Plus))
            }
            Place::Query | Place::QueryString => {
                let query = source.path.query(source.target).unwrap_or_default();
                let pairs = NamedPairs::Query(Pairs::of_query(query.as_bytes()));
                Found::Pairs(pairs, Coding::Percent(Plus::Space))
            }
        };
        Texts {
            source,
            name,
            found,
        }
    }
}

/// The texts of one name.
struct Texts<'r> {
    source: Source<'r>,
    name: &'static str,
    found: Found<'r>,
}

enum Found<'r> {
    Path(Option<&'r [u8]>),
    /// The pairs of that name, and how their values are encoded.
    Pairs(NamedPairs<'r>, Coding),
    /// Whole fields, of which so many were seen.
    Fields(usize),
    Items(FieldItems<'r>),
}

impl<'r> Iterator for Texts<'r> {
    type Item = Text<'r>;

    fn next(&mut self) -> Option<Text<'r>> {
        let name = self.name.as_bytes();
        let (raw, coding) = match &mut self.found {
            Found::Path(raw) => (raw.take()?, Coding::Percent(Plus::Plus)),
            Found::Pairs(pairs, coding) => {
                let pair = pairs.find(|pair| pair.name.is(name))?;
                return Some(pair.text(*coding));
            }
            Found::Fields(next) => {
                let field = self.source.fields.field_at(self.name, *next)?;
                *next += 1;
                (field, Coding::Plain)
            }
            Found::Items(items) => return items.next(),
        };
        Some(Text { raw, coding })
    }
}
