//! Windows → the slots of one switch.
//!
//! A switch looks at eight bytes, to which the shape of the path is added, and a factor spreads these over its
//! slots. Nearly all of some hundreds of windows get slots of their own by trying factors; where several stay
//! together, in however large a set, their slot leads to a switch among them.

use alloc::vec;
use alloc::vec::Vec;

use crate::path::LONGEST_PATH;
use crate::trie::step::{Step, factor};

/// Which windows belong to which slot.
pub(super) struct Layout {
    /// The first word of the switch.
    pub(super) factor: u64,
    pub(super) slots: Vec<Vec<u32>>,
}

/// So many at most are given slots of their own, or nearly all of them, in tables that are made larger and larger.
const MOST_PERFECT: usize = 256;
/// How often these are doubled.
const DOUBLED: u32 = 4;
/// How many factors are tried before that.
const TRIES: u32 = 200;
/// How many are tried for few windows, since tables that are filled well stay near.
const MORE_TRIES: u32 = 4096;
const FEW: usize = 32;
/// One of so many may have to share its slot.
const SHARED: usize = 48;
/// How many factors are tried for a set in which some stay together anyway.
const FEW_TRIES: u32 = 8;

/// The eight bytes of a literal from an offset on.
pub(super) fn window(literal: &[u8], offset: usize) -> u64 {
    literal
        .iter()
        .skip(offset)
        .take(8)
        .rev()
        .fold(0, |window, &byte| window << 8 | u64::from(byte))
}

/// Lays out what is told apart by windows, of which two differ at least. Slots for a large set are doubled
/// `sparse` times more than it needs; `random` is the state of a generator of factors.
pub(super) fn lay_out(windows: &[u64], offset: i16, sparse: u32, random: &mut u64) -> Layout {
    let mut different = windows.to_vec();
    different.sort_unstable();
    different.dedup();
    let count = different.len();
    let bits = count.next_power_of_two().trailing_zeros().max(1);
    let mut taken = Vec::new();
    let mut best = (usize::MAX, 0, bits);
    if count <= MOST_PERFECT {
        for (turn, bits) in (bits..bits + DOUBLED).enumerate() {
            let is_worth_it = turn == 0 && count <= FEW;
            for _ in 0..if is_worth_it { MORE_TRIES } else { TRIES } {
                let factor = factor(next(random), bits, offset);
                let clashes = clashes(&different, factor, bits, best.0, &mut taken);
                best = best.min((clashes, factor, bits));
                if clashes <= count / SHARED {
                    return fill(windows, factor, bits);
                }
            }
        }
        return fill(windows, best.1, best.2);
    }
    // Fuller than this, many windows would take two switches.
    let is_full = count * 8 > 5 << bits;
    let bits = bits + u32::from(is_full) + sparse;
    for _ in 0..FEW_TRIES {
        let factor = factor(next(random), bits, offset);
        let clashes = clashes(&different, factor, bits, best.0, &mut taken);
        best = best.min((clashes, factor, bits));
    }
    fill(windows, best.1, bits)
}

/// The offset at which the most of some literals differ.
///
/// It is one that all literals have: so where all agree in a window the shortest of them ends within
/// it, and differs from the others there.
pub(super) fn best_offset(literals: &[&[u8]]) -> usize {
    let shortest = literals.iter().map(|literal| literal.len()).min();
    let mut best = (0, 0);
    for offset in 0..=shortest.unwrap_or_default().min(LONGEST_PATH) {
        let mut windows = windows(literals, offset);
        windows.sort_unstable();
        windows.dedup();
        if windows.len() > best.1 {
            best = (offset, windows.len());
        }
        if best.1 == literals.len() {
            break;
        }
    }
    best.0
}

fn windows(literals: &[&[u8]], offset: usize) -> Vec<u64> {
    literals
        .iter()
        .map(|literal| window(literal, offset))
        .collect()
}

/// The next of some random numbers.
pub(super) fn next(random: &mut u64) -> u64 {
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    *random
}

/// The slot that a factor gives a window.
fn place(factor: u64, window: u64) -> usize {
    let switch = Step(factor, 0);
    switch.place(switch.hash(window))
}

/// How many windows come to a slot that another one has, as far as they are fewer than `most`.
fn clashes(windows: &[u64], factor: u64, bits: u32, most: usize, taken: &mut Vec<u64>) -> usize {
    taken.clear();
    taken.resize((1 << bits) / 64 + 1, 0);
    let mut clashes = 0;
    for &window in windows {
        let at = place(factor, window);
        if let Some(word) = taken.get_mut(at / 64) {
            clashes += usize::from(*word & 1 << (at % 64) != 0);
            *word |= 1 << (at % 64);
        }
        if clashes >= most {
            break;
        }
    }
    clashes
}

fn fill(windows: &[u64], factor: u64, bits: u32) -> Layout {
    let mut slots = vec![Vec::new(); 1 << bits];
    for (number, &window) in windows.iter().enumerate() {
        if let Some(slot) = slots.get_mut(place(factor, window)) {
            slot.push(number as u32);
        }
    }
    Layout { factor, slots }
}
