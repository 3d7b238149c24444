//! The routes as they were given.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::router::Router;
use crate::template::Template;

/// One route of a router.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RouteInfo<'r> {
    /// Its method.
    pub method: &'r str,
    /// Its template, with its base path.
    pub template: &'r str,
    /// The number that it was added with.
    pub route: u32,
}

impl core::fmt::Display for RouteInfo<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} {}", self.method, self.template)
    }
}

/// Methods and templates of all routes: one text, and where each ends in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Routes {
    text: String,
    methods: Vec<Box<str>>,
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    end: u32,
    method: u8,
    route: u32,
}

impl Routes {
    pub(crate) fn push(&mut self, method: &str, template: &str, route: u32) {
        let known = self.methods.iter().position(|own| **own == *method);
        let number = known.unwrap_or_else(|| {
            self.methods.push(method.into());
            self.methods.len() - 1
        });
        self.text.push_str(template);
        self.entries.push(Entry {
            end: self.text.len() as u32,
            method: number as u8,
            route,
        });
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    fn iter(&self) -> impl Iterator<Item = RouteInfo<'_>> {
        let mut start = 0;
        self.entries.iter().map(move |entry| {
            let end = entry.end as usize;
            let template = self.text.get(start..end).unwrap_or_default();
            start = end;
            let method = self.methods.get(usize::from(entry.method));
            RouteInfo {
                method: method.map_or("", |method| method),
                template,
                route: entry.route,
            }
        })
    }
}

/// A route whose template was read again.
#[derive(Debug, Clone)]
pub(super) struct Known<'r> {
    pub(super) info: RouteInfo<'r>,
    pub(super) template: Template,
}

impl Router {
    /// All routes, in the order in which they were added.
    pub fn routes(&self) -> impl Iterator<Item = RouteInfo<'_>> {
        self.listed().iter()
    }

    /// The routes of a method, or of all, those that have precedence first.
    pub(super) fn known(&self, method: Option<&str>) -> Vec<Known<'_>> {
        let mut all: Vec<Known<'_>> = self
            .routes()
            .filter(|info| method.is_none_or(|method| info.method == method))
            .filter_map(|info| {
                // It was read before, when the router was built.
                let template = Template::parse(info.template).ok()?;
                Some(Known { info, template })
            })
            .collect();
        all.sort_by(|one, other| {
            let methods = one.info.method.cmp(other.info.method);
            methods.then_with(|| one.template.segments().cmp(other.template.segments()))
        });
        all
    }
}
