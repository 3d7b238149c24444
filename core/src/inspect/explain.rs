//! Why a request ends where it ends.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::fit::{Fit, decoded, fit, takes, written};
use super::routes::{Known, RouteInfo};
use crate::path::PathParams;
use crate::percent;
use crate::router::{Lookup, Router, TrailingSlash};
use crate::template::Segment;

/// What became of a request, and why, by [`Router::explain`].
///
/// Its `Display` is for people.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Explanation<'r> {
    /// The method that was asked for.
    pub method: String,
    /// The path that was asked for, without the query.
    pub path: String,
    /// What a lookup says.
    pub lookup: Lookup<'r>,
    /// Which tests the path was put to: one for each of its segments, as long as a route of the
    /// method is left.
    pub tests: Vec<Test>,
    /// Names and decoded values of what the winner captures, in the order of its template.
    pub captured: Vec<(String, String)>,
    /// The routes that count: the winner, those that match as well and come after it, those of other
    /// methods; or where none matches, the nearest ones.
    pub candidates: Vec<Candidate<'r>>,
    /// The segment at fault, from 0, where the path is none that could be served.
    pub bad_segment: Option<usize>,
}

/// One segment of a path against the routes that were left.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Test {
    /// The segment, decoded.
    pub segment: String,
    /// What it fits, as the templates write it and in the order of precedence, each with how many
    /// routes go on from there.
    pub fits: Vec<(String, usize)>,
    /// How many others it was compared with and does not fit.
    pub others: usize,
}

/// A route that counts for a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Candidate<'r> {
    /// The route.
    pub route: RouteInfo<'r>,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a route.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fate {
    /// It answers.
    Wins,
    /// It matches, and another one comes before it.
    Loses {
        /// The leftmost segment in which they differ, from 0.
        segment: usize,
        /// What the winner has there, as its template writes it.
        winner: String,
        /// What this one has there.
        own: String,
    },
    /// It matches, and is one for another method.
    OtherMethod,
    /// It matches the path with a slash at its end more or less.
    OtherEnd,
    /// It does not match.
    Fails(Mismatch),
}

/// Why a route does not match.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mismatch {
    /// A segment of the path is not what the template has there.
    Segment {
        /// Which one, from 0.
        segment: usize,
        /// The segment, decoded.
        found: String,
        /// What the template has there.
        expected: String,
    },
    /// The path ends where the template goes on.
    Longer {
        /// What the template goes on with.
        rest: String,
    },
    /// The path goes on where the template ends.
    Shorter {
        /// What the path goes on with, decoded.
        rest: String,
    },
}

/// The most routes that are told of one kind, as a thousand would help no one.
const MOST: usize = 8;

impl Router {
    /// Why a request ends where it ends: which tests were made, which route wins and why others lose,
    /// with the values captured; or why there is none.
    ///
    /// It reads every template anew, which is for people and tools and not for serving.
    ///
    /// ```
    /// use brrtrouter_core::Router;
    ///
    /// let router = Router::builder()
    ///     .route("GET", "/pets/{id}", 0)
    ///     .route("GET", "/pets/mine", 1)
    ///     .route("GET", "/pets/{id}/photos", 2)
    ///     .build()?;
    /// let text = router.explain("GET", "/pets/mine").to_string();
    /// assert_eq!(text, "\
    /// GET /pets/mine
    ///   1  \"pets\"  fits pets (3 routes)
    ///   2  \"mine\"  fits mine (1 route), {id} (2 routes)
    /// GET /pets/mine answers
    ///   before GET /pets/{id}: in segment 2 mine comes before {id}
    /// ");
    /// # Ok::<(), brrtrouter_core::BuildErrors>(())
    /// ```
    pub fn explain(&self, method: &str, target: &str) -> Explanation<'_> {
        let mut params = PathParams::new();
        let lookup = self.lookup(method, target, &mut params);
        let path = target.split('?').next().unwrap_or_default();
        let mut explanation = Explanation {
            method: method.to_owned(),
            path: path.to_owned(),
            lookup,
            tests: Vec::new(),
            captured: Vec::new(),
            candidates: Vec::new(),
            bad_segment: None,
        };
        let mut segments: Vec<&[u8]> = path.split('/').skip(1).map(str::as_bytes).collect();
        if let Lookup::BadPath(_) = lookup {
            explanation.bad_segment = segments
                .iter()
                .position(|segment| percent::check_segment(segment).is_err());
            return explanation;
        }
        if !path.starts_with('/') {
            // `OPTIONS *` asks for no path.
            return explanation;
        }
        let mut routes = self.known(Some(method));
        let is_from_get = match lookup {
            Lookup::Found(found) => found.head_from_get,
            Lookup::Redirect(_) => {
                method == "HEAD" && !routes.iter().any(|known| known.has_other_end(&segments))
            }
            _ => false,
        };
        if is_from_get {
            routes = self.known(Some("GET"));
        }
        if let Lookup::Found(found) = lookup {
            let has = |path: &[&[u8]]| {
                let mut all = routes.iter();
                all.any(|known| fit(&known.template, path) == Fit::Whole)
            };
            // What was found may be the path with another end.
            if !has(&segments) {
                segments = other_end(&segments).unwrap_or(segments);
            }
            explanation.tell_winner(found.route, &routes, &segments, target, &params);
        } else {
            let policy = self.trailing_slash_policy();
            explanation.tell_others(&self.known(None), &routes, &segments, policy);
        }
        explanation.tests = tests(&routes, &segments);
        explanation
    }
}

impl<'r> Explanation<'r> {
    fn tell_winner(
        &mut self,
        route: u32,
        routes: &[Known<'r>],
        segments: &[&[u8]],
        target: &str,
        params: &PathParams,
    ) {
        let mut matching = routes
            .iter()
            .filter(|known| fit(&known.template, segments) == Fit::Whole);
        let Some(winner) = matching.find(|known| known.info.route == route) else {
            return;
        };
        self.captured = winner
            .template
            .names()
            .zip(params.spans())
            .map(|(name, span)| {
                let raw = target.get(span).unwrap_or_default();
                (name.to_owned(), decoded(raw.as_bytes()))
            })
            .collect();
        self.candidates.push(Candidate {
            route: winner.info,
            fate: Fate::Wins,
        });
        for known in matching.take(MOST) {
            let pairs = winner.template.segments().iter();
            let mut pairs = pairs.zip(known.template.segments());
            let segment = pairs
                .position(|(one, other)| one != other)
                .unwrap_or_default();
            let text = |known: &Known<'_>| {
                let all = written(known.info.template);
                all.get(segment).copied().unwrap_or_default().to_string()
            };
            self.candidates.push(Candidate {
                route: known.info,
                fate: Fate::Loses {
                    segment,
                    winner: text(winner),
                    own: text(known),
                },
            });
        }
    }

    /// The routes of other methods that match, or else the nearest of the method.
    fn tell_others(
        &mut self,
        all: &[Known<'r>],
        own: &[Known<'r>],
        segments: &[&[u8]],
        policy: TrailingSlash,
    ) {
        let is_redirect = matches!(self.lookup, Lookup::Redirect(_));
        let has_other_end = |known: &Known<'r>| known.has_other_end(segments);
        // The method's own routes are what a redirection leads to; those of others where the table
        // answers for them.
        let asked = if is_redirect && own.iter().any(has_other_end) {
            own
        } else {
            all
        };
        let matching = asked.iter().filter_map(|known| {
            let is_whole = fit(&known.template, segments) == Fit::Whole;
            let is_ignored = policy == TrailingSlash::Ignore && has_other_end(known);
            let fate = if is_redirect {
                has_other_end(known).then_some(Fate::OtherEnd)
            } else {
                (is_whole || is_ignored).then_some(Fate::OtherMethod)
            };
            let route = known.info;
            fate.map(|fate| Candidate { route, fate })
        });
        self.candidates.extend(matching.take(MOST));
        if !self.candidates.is_empty() {
            return;
        }
        // Of a method that has no routes, those of others may be what was meant.
        let routes = if own.is_empty() { all } else { own };
        let mut near: Vec<(usize, usize, &Known<'r>)> = routes
            .iter()
            .map(|known| {
                let count = known.template.segments().len();
                let fitting = fit(&known.template, segments).segments(segments.len());
                (fitting, count.abs_diff(segments.len()), known)
            })
            .collect();
        let most = near.iter().map(|(fitting, ..)| *fitting).max();
        near.retain(|(fitting, ..)| Some(*fitting) == most);
        near.sort_by_key(|(_, difference, _)| *difference);
        for (.., known) in near.into_iter().take(MOST) {
            if let Some(mismatch) = mismatch(known, segments) {
                self.candidates.push(Candidate {
                    route: known.info,
                    fate: Fate::Fails(mismatch),
                });
            }
        }
    }
}

impl Known<'_> {
    /// Whether it matches the path with a slash at its end more or less.
    fn has_other_end(&self, segments: &[&[u8]]) -> bool {
        let other_end = other_end(segments);
        other_end.is_some_and(|segments| fit(&self.template, &segments) == Fit::Whole)
    }
}

/// The path with a slash at its end more or less.
fn other_end<'p>(segments: &[&'p [u8]]) -> Option<Vec<&'p [u8]>> {
    let mut other = segments.to_vec();
    match other.last() {
        // Of a lone slash nothing would be left.
        Some([]) if other.len() == 1 => return None,
        Some([]) => drop(other.pop()),
        _ => other.push(&[]),
    }
    Some(other)
}

fn mismatch(known: &Known<'_>, segments: &[&[u8]]) -> Option<Mismatch> {
    let all = written(known.info.template);
    Some(match fit(&known.template, segments) {
        Fit::Whole => return None,
        Fit::Until(segment) => Mismatch::Segment {
            segment,
            found: decoded(segments.get(segment).copied().unwrap_or_default()),
            expected: all.get(segment).copied().unwrap_or_default().to_owned(),
        },
        Fit::Longer => Mismatch::Longer {
            rest: all.get(segments.len()..).unwrap_or_default().join("/"),
        },
        Fit::Shorter(count) => {
            let rest = segments.get(count..).unwrap_or_default();
            let rest: Vec<String> = rest.iter().map(|raw| decoded(raw)).collect();
            Mismatch::Shorter {
                rest: rest.join("/"),
            }
        }
    })
}

/// The tests of a path, segment after segment, as long as a route is left.
fn tests(routes: &[Known<'_>], segments: &[&[u8]]) -> Vec<Test> {
    let mut left: Vec<&Known<'_>> = routes.iter().collect();
    let mut tests = Vec::new();
    for (at, raw) in segments.iter().enumerate() {
        let mut test = Test {
            segment: decoded(raw),
            fits: Vec::new(),
            others: 0,
        };
        let mut seen: BTreeMap<&Segment, (&str, bool, usize)> = BTreeMap::new();
        let mut next = Vec::new();
        for known in left {
            let Some(segment) = known.template.segments().get(at) else {
                // A catch-all has taken this one already.
                if known.template.has_catch_all() {
                    next.push(known);
                }
                continue;
            };
            let fits = takes(segment, raw);
            let text = written(known.info.template).get(at).copied();
            let entry = seen.entry(segment);
            entry.or_insert((text.unwrap_or_default(), fits, 0)).2 += 1;
            if fits {
                next.push(known);
            }
        }
        for (text, fits, routes) in seen.into_values() {
            if fits {
                test.fits.push((text.to_owned(), routes));
            } else {
                test.others += 1;
            }
        }
        left = next;
        if !test.fits.is_empty() || test.others > 0 {
            tests.push(test);
        }
    }
    tests
}
