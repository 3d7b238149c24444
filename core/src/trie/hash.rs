//! Literals → the slots of one switch.
//!
//! Up to some dozens of literals get slots of their own, by trying factors. More of them may have to
//! stand one slot further, which the slot before says.

use alloc::vec;
use alloc::vec::Vec;

use super::key::Key;
use super::tables::place;

/// Where literals stand.
pub(crate) struct Layout {
    pub(crate) factor: u64,
    /// The literal in each slot.
    pub(crate) slots: Vec<Option<u32>>,
    /// Whether a literal that belongs here may stand in the next one.
    pub(crate) has_more: Vec<bool>,
}

/// So many literals at most are given slots of their own.
const MOST_PERFECT: usize = 48;
/// How many factors are tried before the slots are doubled.
const TRIES: u32 = 400;

/// Lays out literals; `random` is the state of a generator of factors.
pub(crate) fn lay_out(keys: &[Key], random: &mut u64) -> Layout {
    if keys.len() == 1 {
        return Layout {
            factor: 0,
            slots: vec![Some(0)],
            has_more: vec![false],
        };
    }
    let mut sorted = keys.to_vec();
    sorted.sort_unstable();
    let has_twins = sorted.windows(2).any(|pair| pair.first() == pair.last());
    let bits = keys.len().next_power_of_two().trailing_zeros().max(1);
    if keys.len() <= MOST_PERFECT && !has_twins {
        for bits in bits..bits + 4 {
            for _ in 0..TRIES {
                let factor = next_factor(random, bits);
                if let Some(layout) = perfect(keys, factor, bits) {
                    return layout;
                }
            }
        }
    }
    // Fuller than this, literals stand far from where they belong.
    let is_full = keys.len() * 10 > 7 << bits;
    let bits = bits + u32::from(is_full);
    chained(keys, next_factor(random, bits), bits)
}

/// Any factor, its lowest bits the shift that leaves so many bits.
fn next_factor(random: &mut u64, bits: u32) -> u64 {
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    *random & !63 | u64::from(64 - bits)
}

fn perfect(keys: &[Key], factor: u64, bits: u32) -> Option<Layout> {
    // A bit for each slot tells quickly that a factor will not do.
    let mut taken = [0_u64; 16];
    for key in keys {
        let at = place(key.mixed(), factor);
        let word = taken.get_mut(at / 64)?;
        if *word & 1 << (at % 64) != 0 {
            return None;
        }
        *word |= 1 << (at % 64);
    }
    let mut slots = vec![None; 1 << bits];
    for (number, key) in keys.iter().enumerate() {
        *slots.get_mut(place(key.mixed(), factor))? = Some(number as u32);
    }
    Some(Layout {
        factor,
        has_more: vec![false; slots.len()],
        slots,
    })
}

fn chained(keys: &[Key], factor: u64, bits: u32) -> Layout {
    let mut slots = vec![None; 1 << bits];
    let mut has_more = vec![false; slots.len()];
    for (number, key) in keys.iter().enumerate() {
        let mut at = place(key.mixed(), factor);
        loop {
            match slots.get_mut(at) {
                Some(slot @ None) => {
                    *slot = Some(number as u32);
                    break;
                }
                Some(Some(_)) => {
                    if let Some(more) = has_more.get_mut(at) {
                        *more = true;
                    }
                    at += 1;
                }
                None => {
                    slots.push(None);
                    has_more.push(false);
                }
            }
        }
    }
    Layout {
        factor,
        slots,
        has_more,
    }
}
