//! The same templates in this router and in `matchit`, which many servers route with.

use brrtrouter_core::{Lookup, PathParams, Router};

/// Both routers, with the templates that both take.
pub(crate) struct Both {
    own: Router,
    other: matchit::Router<u32>,
    /// The templates that both take, by their numbers.
    pub(crate) taken: Vec<(u32, String)>,
}

/// What both say of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    Found,
    Nothing,
    /// Only this router finds a route. `matchit` does not go back to a wider segment with a suffix,
    /// and so may miss what there is.
    FoundHereOnly,
}

impl Both {
    pub(crate) fn new<'t>(templates: impl Iterator<Item = (u32, &'t str)>) -> Self {
        let mut other = matchit::Router::new();
        let mut builder = Router::builder().keep_first();
        let mut taken = Vec::new();
        for (number, template) in templates {
            // It compares what is escaped as it stands, and this router what it stands for.
            if !template.contains('%') && other.insert(template, number).is_ok() {
                builder.add("GET", template, number);
                taken.push((number, template.to_owned()));
            }
        }
        Self {
            own: builder.build().expect("what another router takes"),
            other,
            taken,
        }
    }

    /// What this router finds, and what that captures.
    pub(crate) fn own<'p>(&self, path: &'p str) -> Option<(u32, Vec<&'p str>)> {
        let mut params = PathParams::new();
        match self.own.lookup("GET", path, &mut params) {
            Lookup::Found(found) => {
                let captured = params.spans().filter_map(|span| path.get(span)).collect();
                Some((found.route, captured))
            }
            _ => None,
        }
    }

    /// Asks both; an error where they find different routes or captures.
    pub(crate) fn ask(&self, path: &str) -> Result<Said, String> {
        let own = self.own(path);
        let other = self.other.at(path).ok().map(|found| {
            let captured: Vec<&str> = found.params.iter().map(|(_, value)| value).collect();
            (*found.value, captured)
        });
        match (own, other) {
            (Some(_), None) => Ok(Said::FoundHereOnly),
            (None, None) => Ok(Said::Nothing),
            (own, other) if own == other => Ok(Said::Found),
            (own, other) => Err(format!("{path}: {own:?} here, and {other:?} there")),
        }
    }
}
