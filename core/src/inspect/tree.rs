//! A router as a tree.

use alloc::string::String;
use core::fmt;

use super::fit::written;
use super::routes::Known;
use crate::router::Router;

/// The routes of each method as a tree, in the order in which they have precedence: what stands
/// higher is tried first. Behind each route is its number.
///
/// ```
/// use brrtrouter_core::Router;
///
/// let router = Router::builder()
///     .route("GET", "/pets/{id}", 0)
///     .route("GET", "/pets/mine", 1)
///     .route("GET", "/pets/{id}/photos/{name}.{ext}", 2)
///     .build()?;
/// assert_eq!(router.to_string(), "\
/// GET
/// └── /pets
///     ├── /mine  → 1
///     └── /{id}  → 0
///         └── /photos/{name}.{ext}  → 2
/// ");
/// # Ok::<(), brrtrouter_core::BuildErrors>(())
/// ```
///
/// Where routes name a parameter differently, the name is that of the first.
impl fmt::Display for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.known(None);
        for routes in known.chunk_by(|one, other| one.info.method == other.info.method) {
            if let Some(first) = routes.first() {
                writeln!(f, "{}", first.info.method)?;
            }
            branches(f, routes, 0, &mut String::new())?;
        }
        Ok(())
    }
}

/// The routes below a node, which have the same segments up to a depth.
fn branches(
    f: &mut fmt::Formatter<'_>,
    routes: &[Known<'_>],
    depth: usize,
    indent: &mut String,
) -> fmt::Result {
    let here = |known: &Known<'_>| known.template.segments().len() == depth;
    // Sorted, a route that ends here is before those that go on.
    let below = match routes.iter().position(|known| !here(known)) {
        Some(start) => routes.get(start..).unwrap_or_default(),
        None => return Ok(()),
    };
    let segment = |known: &Known<'_>| known.template.segments().get(depth).cloned();
    let mut groups = below
        .chunk_by(|one, other| segment(one) == segment(other))
        .peekable();
    while let Some(group) = groups.next() {
        let is_last = groups.peek().is_none();
        let Some(first) = group.first() else {
            continue;
        };
        // Segments that all of them have, and at which none of them ends, go on one line.
        let mut end = depth + 1;
        while !group
            .iter()
            .any(|known| known.template.segments().len() == end)
            && group.iter().all(|known| {
                known.template.segments().get(end) == first.template.segments().get(end)
            })
        {
            end += 1;
        }
        f.write_str(indent)?;
        f.write_str(if is_last { "└── " } else { "├── " })?;
        for text in written(first.info.template)
            .get(depth..end)
            .unwrap_or_default()
        {
            write!(f, "/{text}")?;
        }
        if first.template.segments().len() == end {
            write!(f, "  → {}", first.info.route)?;
        }
        f.write_str("\n")?;
        let before = indent.len();
        indent.push_str(if is_last { "    " } else { "│   " });
        branches(f, group, end, indent)?;
        indent.truncate(before);
    }
    Ok(())
}
