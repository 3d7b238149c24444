//! How many nodes a search comes to among routes that cross each other.
#![allow(clippy::expect_used)]

use alloc::string::String;
use alloc::vec::Vec;

use super::{Wanted, search};
use crate::method::GET;
use crate::path::{PathParams, scan};
use crate::trie::crossing::{Numbers, crossing, router};

#[test]
fn a_search_comes_to_each_node_once_at_most_and_to_no_more_than_stated() {
    let mut numbers = Numbers(5);
    for (routes, segments) in [(600, 7), (1500, 10), (3000, 12)] {
        let router = router(&crossing(&mut numbers, routes, segments));
        let tables = router.tables();
        let root = tables
            .method(GET)
            .plain()
            .expect("too much for other tables");
        let mut most = 0;
        for _ in 0..500 {
            let path: String = (0..segments)
                .map(|_| alloc::format!("/segment{}", numbers.below(7)))
                .collect();
            let mut params = PathParams::new();
            assert!(scan(path.as_bytes(), &mut params).is_ok(), "{path}");
            let wanted = Wanted {
                path: path.as_bytes(),
                params: &params,
                is_escaped: false,
                count: segments,
            };
            let mut nodes: Vec<usize> = Vec::new();
            search(&tables, root, &wanted, |node| nodes.push(node));
            most = most.max(nodes.len());
            assert!(nodes.len() < tables.nodes.len(), "{path}");
            // No affixes: a literal and a parameter at most from each node, and the root besides.
            assert!(nodes.len() < 2 << segments, "{path}");
            nodes.sort_unstable();
            let came = nodes.len();
            nodes.dedup();
            assert_eq!(nodes.len(), came, "{path}");
        }
        assert!(most > segments, "some search goes back");
    }
}
