//! Templates without parameters → one table, in which each has a place of its own.

use alloc::collections::BTreeSet;
use alloc::vec;
use alloc::vec::Vec;

use super::{Compiler, runs};
use crate::method::Number;
use crate::template::{Segment, Template};
use crate::trie::concrete::{FARTHEST, Hashing, kind};

/// How far the second window may be in front of the first.
const FAR: [usize; 7] = [8, 16, 24, 32, 40, 48, FARTHEST];
/// With how many salts it is tried to give each route a place before there are more places.
const SALTS: u64 = 64;

/// The path of a template, as tables have it, if that is all literals.
pub(super) fn text(template: &Template) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    for segment in template.segments() {
        let Segment::Literal(literal) = segment else {
            return None;
        };
        text.extend(runs::with_slash(literal));
    }
    Some(text)
}

/// A way to make keys under which all of some routes have places of their own.
struct Places {
    hashing: Hashing,
    displacements: Vec<u32>,
    /// Which route is where.
    routes: Vec<Option<usize>>,
}

impl Compiler {
    /// Gives every route without parameters its place.
    pub(super) fn hash_concrete(&mut self) {
        let routes = core::mem::take(&mut self.concrete);
        let lengths = routes.iter().map(|(_, text, _)| text.len());
        let longest = lengths.max().unwrap_or(0);
        let Some(places) = places(&routes, longest) else {
            return;
        };
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

/// Where some routes are; none where there are none. Paths of at most `longest` bytes are asked for before
/// all else.
///
/// Two windows do for most routers. Where they tell too few routes apart, all bytes count: then a salt
/// under which all keys differ is soon found.
fn places(routes: &[(Number, Vec<u8>, u32)], longest: usize) -> Option<Places> {
    if routes.is_empty() {
        return None;
    }
    let told = |far: usize| {
        let hashing = Hashing::new(1, Some(far), 1);
        let keys = routes
            .iter()
            .map(|(method, text, _)| hashing.key(text, *method));
        keys.collect::<BTreeSet<u64>>().len()
    };
    let windows = FAR.into_iter().find(|&far| told(far) == routes.len());
    // Sparser from time to time, until one of them does.
    (1..).find_map(|salt| place(routes, windows, (salt / SALTS).min(4) as u32, salt, longest))
}

/// Where routes are under one salt, if each finds a place.
fn place(
    routes: &[(Number, Vec<u8>, u32)],
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
