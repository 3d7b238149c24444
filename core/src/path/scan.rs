//! A target byte by byte: slashes, escapes, the query's beginning, and what must not be there.

use super::{BadPath, LONGEST_PATH, MOST_SEGMENTS, PathParams};

use crate::percent;

/// What one pass over a target saw, besides the places that went into the [`PathParams`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scanned {
    /// Whether the path holds an escape, so that segments must be compared decoded.
    pub(crate) is_escaped: bool,
}

/// Takes a target apart.
pub(crate) fn scan(target: &[u8], params: &mut PathParams) -> Result<Scanned, BadPath> {
    let end = target
        .iter()
        .position(|&byte| byte == b'?')
        .unwrap_or(target.len());
    params.end = end as u32;
    let path = target.get(..end).unwrap_or_default();
    if path.first() != Some(&b'/') {
        return Err(BadPath::NoSlash);
    }
    if path.len() > LONGEST_PATH {
        return Err(BadPath::TooLong);
    }
    let mut segments = 0;
    let mut is_escaped = false;
    for (at, &byte) in path.iter().enumerate() {
        match byte {
            b'/' => {
                if segments == MOST_SEGMENTS {
                    return Err(BadPath::TooManySegments);
                }
                if let Some(end) = params.ends.get_mut(segments) {
                    *end = at as u16;
                }
                segments += 1;
            }
            b'%' => is_escaped = true,
            0 => return Err(BadPath::Nul),
            _ => {}
        }
    }
    params.note_end(segments, path.len());
    params.segments = segments as u8;
    for segment in path.split(|&byte| byte == b'/').skip(1) {
        if is_escaped {
            percent::check_segment(segment)?;
        } else if percent::is_dots(segment) {
            return Err(BadPath::DotSegment);
        }
    }
    Ok(Scanned { is_escaped })
}
