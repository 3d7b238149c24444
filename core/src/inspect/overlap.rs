//! Texts that two segments match, and whether one matches all that another does.

use alloc::collections::{BTreeSet, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;
use core::str;

use crate::template::{Affix, Segment};

/// A piece of a segment, one character long or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    Character(char),
    /// A parameter: any characters, and at least one.
    Any,
}

/// What stands for a parameter that nothing is known of.
const ANY: char = 'x';

/// The shortest text that both segments match, decoded.
pub(super) fn common(one: &Segment, other: &Segment) -> Option<String> {
    match (one, other) {
        (Segment::Literal(one), Segment::Literal(other)) => {
            (one == other).then(|| String::from_utf8_lossy(one).into_owned())
        }
        _ => shortest(&pieces(one), &pieces(other)),
    }
}

/// Whether there is a text that both segments match.
pub(super) fn meet(one: &Segment, other: &Segment) -> bool {
    match (one, other) {
        (Segment::Literal(one), Segment::Literal(other)) => one == other,
        (Segment::Affixed(affix), Segment::Literal(text))
        | (Segment::Literal(text), Segment::Affixed(affix)) => affix.matches_decoded(text),
        (Segment::Literal(text), _) | (_, Segment::Literal(text)) => !text.is_empty(),
        (Segment::Affixed(_), Segment::Affixed(_)) => common(one, other).is_some(),
        _ => true,
    }
}

/// Whether a segment matches every text that the other one does.
pub(super) fn covers(one: &Segment, other: &Segment) -> bool {
    match (one, other) {
        (_, Segment::CatchAll) => *one == Segment::CatchAll,
        (Segment::Parameter | Segment::CatchAll, Segment::Literal(text)) => !text.is_empty(),
        (Segment::Parameter | Segment::CatchAll, _) => true,
        (Segment::Literal(_), _) => one == other,
        (Segment::Affixed(own), Segment::Literal(text)) => own.matches_decoded(text),
        // Whatever a parameter of the other one holds, a parameter of this one can hold; so it is
        // enough to ask with a character for each that no literal here has.
        (Segment::Affixed(own), Segment::Affixed(other)) => {
            let strange = stranger(own);
            let text: String = pieces_of(other)
                .into_iter()
                .map(|piece| match piece {
                    Piece::Character(character) => character,
                    Piece::Any => strange,
                })
                .collect();
            own.matches_decoded(text.as_bytes())
        }
        (Segment::Affixed(_), _) => false,
    }
}

/// A character that no literal of it has.
fn stranger(affix: &Affix) -> char {
    let used: BTreeSet<char> = pieces_of(affix)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Character(character) => Some(character),
            Piece::Any => None,
        })
        .collect();
    ('\u{E000}'..='\u{F8FF}')
        .find(|character| !used.contains(character))
        .unwrap_or(ANY)
}

fn pieces(segment: &Segment) -> Vec<Piece> {
    match segment {
        Segment::Literal(text) => characters(text).collect(),
        Segment::Affixed(affix) => pieces_of(affix),
        Segment::Parameter | Segment::CatchAll => Vec::from([Piece::Any]),
    }
}

fn pieces_of(affix: &Affix) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (at, literal) in affix.literals.iter().enumerate() {
        if at > 0 {
            pieces.push(Piece::Any);
        }
        pieces.extend(characters(literal));
    }
    pieces
}

/// The characters of a literal, which is a text.
fn characters(literal: &[u8]) -> impl Iterator<Item = Piece> {
    let text = str::from_utf8(literal).unwrap_or_default();
    text.chars().map(Piece::Character)
}

/// A place in a segment: before a piece, or within a parameter that has something already.
type Place = (usize, bool);

/// Where one may be after a character, and what the character must be: any where `None`.
fn steps(pieces: &[Piece], (at, is_within): Place) -> Vec<(Option<char>, Place)> {
    let mut steps = Vec::new();
    let next = if is_within {
        steps.push((None, (at, true)));
        at + 1
    } else {
        at
    };
    match pieces.get(next) {
        Some(Piece::Character(character)) => steps.push((Some(*character), (next + 1, false))),
        Some(Piece::Any) => steps.push((None, (next, true))),
        None => {}
    }
    steps
}

fn is_end(pieces: &[Piece], (at, is_within): Place) -> bool {
    at + usize::from(is_within) == pieces.len()
}

/// The shortest text, found by walking both at once, each pair of places once.
fn shortest(one: &[Piece], other: &[Piece]) -> Option<String> {
    let start: (Place, Place) = ((0, false), (0, false));
    let mut seen = BTreeSet::from([start]);
    let mut queue = VecDeque::from([(start, String::new())]);
    while let Some(((own, theirs), text)) = queue.pop_front() {
        if is_end(one, own) && is_end(other, theirs) {
            return Some(text);
        }
        for (own_character, own) in steps(one, own) {
            for (their_character, theirs) in steps(other, theirs) {
                let character = match (own_character, their_character) {
                    (Some(own), Some(theirs)) if own != theirs => continue,
                    (Some(character), _) | (None, Some(character)) => character,
                    (None, None) => ANY,
                };
                if seen.insert((own, theirs)) {
                    let mut text = text.clone();
                    text.push(character);
                    queue.push_back(((own, theirs), text));
                }
            }
        }
    }
    None
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::*;
    use crate::template::Template;
    use alloc::format;

    fn segment(text: &str) -> Segment {
        let template = Template::parse(&format!("/{text}")).expect("a template");
        template.segments().first().expect("a segment").clone()
    }

    #[test]
    fn the_shortest_common_text_is_found() {
        for (one, other, text) in [
            ("a", "a", Some("a")),
            ("a", "b", None),
            ("a", "{x}", Some("a")),
            ("", "{x}", None),
            ("{x}.json", "v{y}", Some("v.json")),
            ("{x}.json", "{y}.xml", None),
            ("{a}-{b}", "{c}.{d}", Some("x-.x")),
            ("{x}é", "é{y}", Some("éé")),
            ("aa{x}", "{y}ab", Some("aab")),
        ] {
            let found = common(&segment(one), &segment(other));
            match (&found, text) {
                // Of several shortest ones any will do.
                (Some(found), Some(text)) => {
                    assert_eq!(found.chars().count(), text.chars().count(), "{one} {other}");
                }
                (found, text) => assert_eq!(found.as_deref(), text, "{one} {other}"),
            }
            assert_eq!(meet(&segment(one), &segment(other)), text.is_some());
        }
    }

    #[test]
    fn a_wider_segment_covers_a_narrower_one() {
        for (one, other, expected) in [
            ("{x}", "a", true),
            ("{x}", "", false),
            ("{x}", "{y}.json", true),
            ("{x}.json", "{y}.a.json", true),
            ("{x}.a.json", "{y}.json", false),
            ("{x}.json", "{y}", false),
            ("{a}.{b}", "{c}.x.{d}", true),
            ("{x}.json", ".json", false),
            ("v{x}", "v1", true),
            ("a", "{x}", false),
        ] {
            assert_eq!(
                covers(&segment(one), &segment(other)),
                expected,
                "{one} {other}"
            );
        }
    }
}
