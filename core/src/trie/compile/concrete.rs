//! Templates without parameters → one table, in which each has a place of its own.

use alloc::collections::BTreeSet;
use alloc::vec;
use alloc::vec::Vec;

use super::{Compiler, runs, slots};
use crate::method::Number;
use crate::template::{Segment, Template};
use crate::trie::concrete::{FARTHEST, Hashing, LONGEST, kind};

/// How far the second window may be in front of the first.
const FAR: [usize; 7] = [8, 16, 24, 32, 40, 48, FARTHEST];
/// With how many salts it is tried to give each route a place before there are twice as many places.
const SALTS: usize = 64;
/// How often there are twice as many.
const SPARSEST: u32 = 4;

/// Routes without parameters: the method, the path, the route.
pub(super) type Concrete = (Number, Vec<u8>, u32);

/// The path of a template, as tables have it, if that is all literals and not too long for the table.
pub(super) fn text(template: &Template) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    for segment in template.segments() {
        let Segment::Literal(literal) = segment else {
            return None;
        };
        text.extend(runs::with_slash(literal));
    }
    (text.len() <= LONGEST).then_some(text)
}

/// A way to make keys under which all of some routes have places of their own.
pub(super) struct Places {
    hashing: Hashing,
    displacements: Vec<u32>,
    /// Which route is where.
    routes: Vec<Option<usize>>,
}

/// Those of some routes that may stand in the table, by the numbers of their methods.
pub(super) fn concrete(routes: &[Vec<(Template, u32)>]) -> Vec<Concrete> {
    let of_method = |(number, routes): (usize, &Vec<(Template, u32)>)| {
        let texts = routes
            .iter()
            .filter_map(move |(template, route)| Some((number as Number, text(template)?, *route)));
        texts.collect::<Vec<_>>()
    };
    routes.iter().enumerate().flat_map(of_method).collect()
}

impl Compiler {
    /// Puts every route without parameters in its place.
    pub(super) fn place_concrete(&mut self, routes: &[Concrete], places: Places) {
        self.tables.hashing = places.hashing;
        self.tables.displacements = places.displacements;
        for route in places.routes {
            let found = route.and_then(|route| routes.get(route));
            let entry = found.map_or([0; 4], |(method, text, route)| {
                let [start, len] = self.texts.intern(text);
                let key = places.hashing.key(text, *method);
                let kind = kind(len as usize, *method);
                [(key >> 32) as u32, *route, start, kind]
            });
            self.tables.concrete.push(entry);
        }
    }
}

/// Where some routes are; none where there are none, or where they cannot be told apart.
///
/// Two windows do for most routers. Where they tell too few routes apart, all bytes count: then a salt
/// under which all keys differ is soon found.
pub(super) fn places(routes: &[Concrete]) -> Option<Places> {
    let longest = routes.iter().map(|(_, text, _)| text.len()).max()?;
    let told = |far: usize| {
        let hashing = Hashing::new(1, Some(far), 1);
        let keys = routes
            .iter()
            .map(|(method, text, _)| hashing.key(text, *method));
        keys.collect::<BTreeSet<u64>>().len()
    };
    let windows = FAR.into_iter().find(|&far| told(far) == routes.len());
    let mut salt = 0x9E37_79B9_7F4A_7C15;
    let ways = windows.map(Some).into_iter().chain([None]);
    let mut ways = ways.flat_map(|far| (0..=SPARSEST).map(move |sparse| (far, sparse)));
    ways.find_map(|(far, sparse)| {
        (0..SALTS).find_map(|_| place(routes, far, sparse, slots::next(&mut salt), longest))
    })
}

/// Where routes are under one salt, if each finds a place.
fn place(
    routes: &[Concrete],
    far: Option<usize>,
    sparse: u32,
    salt: u64,
    longest: usize,
) -> Option<Places> {
    let slots = (routes.len() * 9 / 8).next_power_of_two() << sparse;
    let groups = (routes.len() / 2).next_power_of_two().max(2);
    let hashing = Hashing::new(groups.trailing_zeros(), far, salt).up_to(longest);
    let mut members: Vec<Vec<(usize, u64)>> = vec![Vec::new(); groups];
    for (number, (method, text, _)) in routes.iter().enumerate() {
        let key = hashing.key(text, *method);
        members
            .get_mut(hashing.displacement(key))?
            .push((number, key));
    }
    let mut order: Vec<usize> = (0..groups).collect();
    order.sort_by_key(|&group| members.get(group).map_or(0, Vec::len));
    let mut displacements = vec![0; groups];
    let mut taken: Vec<Option<usize>> = vec![None; slots];
    for group in order.into_iter().rev() {
        let own = members.get(group)?;
        let at = |displacement: usize, key: u64| (key as usize ^ displacement) & (slots - 1);
        let displacement = (0..slots).find(|&displacement| {
            own.iter().enumerate().all(|(turn, &(_, key))| {
                let place = at(displacement, key);
                let is_free = taken.get(place).is_some_and(Option::is_none);
                let mut before = own.iter().take(turn);
                is_free && before.all(|&(_, other)| at(displacement, other) != place)
            })
        })?;
        for &(number, key) in own {
            *taken.get_mut(at(displacement, key))? = Some(number);
        }
        *displacements.get_mut(group)? = displacement as u32;
    }
    Some(Places {
        hashing,
        displacements,
        routes: taken,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn concrete(texts: &[&str]) -> Vec<Concrete> {
        let texts = texts.iter().zip(0..);
        texts
            .map(|(text, route)| (2, text.as_bytes().to_vec(), route))
            .collect()
    }

    #[test]
    fn routes_that_cannot_be_told_apart_have_no_places() {
        assert!(places(&concrete(&["/a", "/a"])).is_none());
        assert!(places(&concrete(&[])).is_none());
        assert!(places(&concrete(&["/a", "/b"])).is_some());
    }
}
