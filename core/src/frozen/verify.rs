//! That every index of some tables leads somewhere, and every walk to an end.
//!
//! Steps lead to lower numbers, nodes to higher ones, and one way leads to each node.

use super::FrozenError;
use crate::path::{LONGEST_PATH, MOST_PARAMETERS, MOST_SEGMENTS};
use crate::trie::concrete::Concrete;
use crate::trie::leaf::{CHUNK, Check, Compared, Leaf};
use crate::trie::plain::NONE;
use crate::trie::roots::{Class, Method};
use crate::trie::step::{
    AFFIX, CAPTURE_AFFIX, CAREFUL, CLASS, ENTRY_BITS, EXACT, LEAF, NEAR, PLAIN, SPECIAL, SWITCH,
    Step,
};
use crate::trie::tables::{Tables, run};

/// Looks through all tables.
pub(super) fn verify(tables: &Tables<'_>) -> Result<(), FrozenError> {
    let own = Verifier(*tables);
    all("methods", tables.methods, |_, entry| own.method(entry))?;
    if tables.steps.first() != Some(&[0; 2]) {
        return Err(FrozenError::Entry {
            table: "steps",
            entry: 0,
        });
    }
    all("steps", tables.steps, |at, entry| own.step(at, entry))?;
    runs(
        "specials",
        tables.specials,
        |&count| count,
        |&capture| own.capture(capture),
    )?;
    all("affixes", tables.affixes, |_, &[start, count]| {
        count >= 2 && has(tables.literals, start, count)
    })?;
    all("literals", tables.literals, |_, &text| own.text(text))?;
    own.nodes()?;
    all("edges", tables.edges, |_, &[start, len, _]| {
        own.text([start, len])
    })?;
    all("fits", tables.fits, |_, &[affix, _]| {
        own.has_affix(affix.into())
    })?;
    all("leaves", tables.leaves, |_, &[low, high]| {
        own.compared(Leaf(low, high).compared())
    })?;
    all("others", tables.others, |_, &[from, count]| {
        has(tables.checks, from, count)
    })?;
    all("checks", tables.checks, |_, &check| own.check(check))?;
    all("goals", tables.goals, |_, &[low, high]| {
        own.leaf(Step(low, high))
    })?;
    all("concrete", tables.concrete, |_, entry| own.concrete(entry))?;
    all("allow", tables.allow, |at, &[set, start, len]| {
        let before = tables.allow.get(at.wrapping_sub(1));
        before.is_none_or(|&[before, ..]| before < set) && own.name(start, len)
    })?;
    all("customs", tables.customs, |_, &[start, len]| {
        own.name(start, len)
    })?;
    all("routes", tables.routes, |at, &[route, run]| {
        let before = tables.routes.get(at.wrapping_sub(1));
        let count = tables.parameters.get(run as usize);
        before.is_none_or(|&[before, _]| before < route)
            && count.is_some_and(|&[count, _]| {
                run.checked_add(1)
                    .is_some_and(|first| has(tables.parameters, first, count))
            })
    })?;
    all(
        "route names",
        tables.route_names,
        |at, &[route, start, len]| {
            let before = tables.route_names.get(at.wrapping_sub(1));
            before.is_none_or(|&[before, ..]| before < route) && own.name(start, len)
        },
    )?;
    runs(
        "parameters",
        tables.parameters,
        |&[count, _]| count,
        |&[start, len]| own.name(start, len),
    )
}

/// Every entry of a table is right.
fn all<T>(
    table: &'static str,
    entries: &[T],
    mut is_right: impl FnMut(usize, &T) -> bool,
) -> Result<(), FrozenError> {
    match entries
        .iter()
        .enumerate()
        .position(|(at, entry)| !is_right(at, entry))
    {
        None => Ok(()),
        Some(entry) => Err(FrozenError::Entry { table, entry }),
    }
}

/// A table is made of runs, each behind an entry that counts the others, and these are right.
fn runs<T>(
    table: &'static str,
    entries: &[T],
    count: impl Fn(&T) -> u32,
    is_right: impl Fn(&T) -> bool,
) -> Result<(), FrozenError> {
    let mut left = 0;
    all(table, entries, |at, entry| {
        if left == 0 {
            left = count(entry);
            left as usize <= MOST_PARAMETERS && left as usize + at < entries.len()
        } else {
            left -= 1;
            is_right(entry)
        }
    })
}

fn has<T>(table: &[T], start: u32, count: u32) -> bool {
    is_within(table, start as usize, count as usize)
}

/// Whether so many entries from there on are in a table; where addresses have 32 bits, the end of a
/// forged run may be beyond them.
fn is_within<T>(table: &[T], start: usize, count: usize) -> bool {
    start
        .checked_add(count)
        .is_some_and(|end| end <= table.len())
}

struct Verifier<'t>(Tables<'t>);

impl Verifier<'_> {
    fn method(&self, entry: &[u64; 2]) -> bool {
        let &[low, high] = entry;
        let method = Method(low, high);
        let switch = method.classes();
        let behind = switch
            .one()
            .saturating_add(1 << switch.bits().min(ENTRY_BITS));
        let are_classes = (1..=ENTRY_BITS).contains(&switch.bits())
            && switch.one() >= 1
            && behind <= self.0.steps.len();
        (entry == &[0; 2] || are_classes)
            && method.plain().is_none_or(|root| root < self.0.nodes.len())
    }

    /// A step, or what an exact switch has behind its slots.
    fn step(&self, at: usize, &[low, high]: &[u64; 2]) -> bool {
        let step = Step(low, high);
        let one = step.one();
        match step.kind() {
            0 if step.is_empty_slot() => true,
            0 => self.check(low) && self.label(high),
            NEAR => self.compared(step.compared()) && step.more().is_none_or(|leaf| leaf < at),
            LEAF | SPECIAL => self.leaf(step) && one < self.0.leaves.len(),
            PLAIN => low == 0,
            CLASS => Class(low).end() <= at,
            AFFIX => self.has_affix(low) && (1..at).contains(&one),
            kind @ (SWITCH | EXACT | CAREFUL) => {
                let entries = if kind == SWITCH { 1 } else { 2 };
                (1..=ENTRY_BITS).contains(&step.bits())
                    && one >= 1
                    && one + (entries << step.bits()) <= at
                    && step.most() <= 8
            }
            _ => false,
        }
    }

    fn leaf(&self, leaf: Step) -> bool {
        match leaf.kind() {
            LEAF => true,
            SPECIAL => {
                let start = leaf.captures().unwrap_or_default() as usize;
                let count = self.0.specials.get(start);
                count.is_some_and(|&count| {
                    let captures = self.0.specials.get(start + 1..).unwrap_or_default();
                    count as usize <= captures.len()
                })
            }
            _ => false,
        }
    }

    /// What a leaf compares.
    fn compared(&self, leaf: Compared) -> bool {
        let chunks = self.0.chunks.len();
        leaf.head < chunks
            && leaf.tail < chunks
            && leaf.middle < chunks
            && leaf.others < self.0.others.len()
            && leaf.back <= LONGEST_PATH
    }

    /// Some bytes of the text, or nothing where there is no route.
    fn concrete(&self, &[_, _, start, kind]: &Concrete) -> bool {
        self.text([start, kind & 0xFFFF])
    }

    /// A check, or none.
    fn check(&self, check: u64) -> bool {
        let own = Check(check);
        check == 0
            || own.len() <= CHUNK
                && is_within(self.0.text, own.text(), CHUNK)
                && own.back() <= LONGEST_PATH
    }

    fn label(&self, label: u64) -> bool {
        self.text([label as u32, (label >> 32) as u32])
    }

    fn text(&self, [start, len]: [u32; 2]) -> bool {
        has(self.0.text, start, len)
    }

    fn name(&self, start: u32, len: u32) -> bool {
        let (start, len) = (start as usize, len as usize);
        let behind = self.0.names.get(start..);
        behind.is_some_and(|behind| behind.get(..len).is_some())
    }

    fn has_affix(&self, affix: u64) -> bool {
        affix < self.0.affixes.len() as u64
    }

    fn capture(&self, capture: u32) -> bool {
        let column = (capture >> 2 & 63) as usize;
        let affix = u64::from(capture >> 8);
        column < MOST_SEGMENTS
            && match capture & 3 {
                CAPTURE_AFFIX => self.has_affix(affix),
                way => way < CAPTURE_AFFIX && affix == 0,
            }
    }

    /// Nodes and what leads to them. Those that a node leads to stand behind all that nodes before it
    /// lead to, in the order of its ways; so each has one way to it, or is a root.
    fn nodes(&self) -> Result<(), FrozenError> {
        let Tables {
            nodes,
            edges,
            fits,
            goals,
            ..
        } = self.0;
        let (mut next, mut next_edge, mut next_fit) = (0_usize, 0, 0);
        let is_leaf = |leaf: u32| leaf == NONE || (leaf as usize) < goals.len();
        all("nodes", nodes, |at, node| {
            let &[edge, edge_count, fit, fit_count, parameter, rest, leaf, _] = node;
            // Nothing leads to it, so it is a root.
            next += usize::from(next == at);
            let are_next = edge == next_edge && fit == next_fit;
            if !are_next || !has(edges, edge, edge_count) || !has(fits, fit, fit_count) {
                return false;
            }
            next_edge += edge_count;
            next_fit += fit_count;
            let mut leads_on = |to: u32| {
                let is_next = to as usize == next;
                next += 1;
                is_next
            };
            let edges = run(edges, edge, edge_count);
            let fits = run(fits, fit, fit_count);
            edges.iter().all(|&[.., to]| leads_on(to))
                && fits.iter().all(|&[_, to]| leads_on(to))
                && (parameter == NONE || leads_on(parameter))
                && is_leaf(rest)
                && is_leaf(leaf)
                && next <= nodes.len()
        })
    }
}
