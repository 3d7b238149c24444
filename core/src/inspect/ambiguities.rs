//! Routes that cross.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::overlap::{common, covers};
use super::pairs::meeting;
use super::routes::RouteInfo;
use crate::percent;
use crate::router::Router;
use crate::template::{Segment, Template};

/// Two routes of one method that have a path in common, while each has paths that the other has not:
/// a rule decides which one answers, and a reader may expect the other.
///
/// `/pets/{id}` and `/pets/mine` are none such, since the second is part of the first.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ambiguity<'r> {
    /// The route that answers.
    pub winner: RouteInfo<'r>,
    /// The route that does not.
    pub loser: RouteInfo<'r>,
    /// A path that both have.
    pub witness: String,
}

impl fmt::Display for Ambiguity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            winner,
            loser,
            witness,
        } = self;
        write!(
            f,
            "{winner} and {loser} both have {witness}; the first one answers"
        )
    }
}

impl Router {
    /// All pairs of routes that cross, each with a path that both have.
    ///
    /// ```
    /// use brrtrouter_core::Router;
    ///
    /// let router = Router::builder()
    ///     .route("GET", "/a/{x}/b", 0)
    ///     .route("GET", "/a/c/{y}", 1)
    ///     .route("GET", "/a/c/b", 2)
    ///     .build()?;
    /// let all: Vec<String> = router.ambiguities().iter().map(ToString::to_string).collect();
    /// assert_eq!(all, ["GET /a/c/{y} and GET /a/{x}/b both have /a/c/b; the first one answers"]);
    /// # Ok::<(), brrtrouter_core::BuildErrors>(())
    /// ```
    ///
    /// Of the two, the one answers that comes first; a third route may come before both, as `/a/c/b`
    /// does here. It takes as long as there are pairs that have a path in common, which is for tools and
    /// not for serving.
    pub fn ambiguities(&self) -> Vec<Ambiguity<'_>> {
        let known = self.known(None);
        let mut found = Vec::new();
        for routes in known.chunk_by(|one, other| one.info.method == other.info.method) {
            for (one, other) in meeting(routes.iter().map(|route| &route.template)) {
                let (Some(winner), Some(loser)) = (routes.get(one), routes.get(other)) else {
                    continue;
                };
                if let Some(witness) = witness(&winner.template, &loser.template) {
                    found.push(Ambiguity {
                        winner: winner.info,
                        loser: loser.info,
                        witness,
                    });
                }
            }
        }
        found
    }
}

/// A path of both templates, where neither has all paths of the other.
fn witness(one: &Template, other: &Template) -> Option<String> {
    let mut texts = Vec::new();
    let (mut one_covers, mut other_covers) = (true, true);
    for depth in 0.. {
        let own = at(one, depth);
        let theirs = at(other, depth);
        match (own, theirs) {
            (At::Segment(own), At::Segment(theirs)) => {
                texts.push(common(own, theirs)?);
                one_covers &= covers(own, theirs);
                other_covers &= covers(theirs, own);
            }
            (At::Rest, At::Segment(theirs)) => {
                texts.push(common(theirs, theirs)?);
                other_covers = false;
            }
            (At::Segment(own), At::Rest) => {
                texts.push(common(own, own)?);
                one_covers = false;
            }
            (At::Rest, At::End) => other_covers = false,
            (At::End, At::Rest) => one_covers = false,
            (At::Segment(_), At::End) | (At::End, At::Segment(_)) => return None,
            (At::End, At::End) | (At::Rest, At::Rest) => {}
        }
        if matches!((own, theirs), (At::Rest | At::End, At::Rest | At::End)) {
            break;
        }
    }
    if one_covers || other_covers {
        return None;
    }
    let mut path = String::new();
    for text in texts {
        path.push('/');
        percent::encode(text.as_bytes(), percent::PATH, &mut path).ok()?;
    }
    Some(path)
}

/// What a template has at a depth.
#[derive(Clone, Copy)]
enum At<'t> {
    Segment(&'t Segment),
    /// More of its catch-all, or nothing more.
    Rest,
    End,
}

fn at(template: &Template, depth: usize) -> At<'_> {
    match template.segments().get(depth) {
        Some(segment) => At::Segment(segment),
        None if template.has_catch_all() => At::Rest,
        None => At::End,
    }
}
