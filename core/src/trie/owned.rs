//! The tables of a router that was compiled here.

use alloc::string::String;
use alloc::vec::Vec;

use super::concrete::{Concrete, Hashing};
use super::leaf::Chunk;
use super::tables::{HoldsTables, Methods, Tables};
use crate::method::{MethodSet, Number};
use crate::router::TrailingSlash;

/// All tables, owned; [`Tables`] says what is in them.
#[derive(Debug, Default)]
pub(crate) struct OwnedTables {
    pub(crate) methods: Methods,
    pub(crate) steps: Vec<[u64; 2]>,
    pub(crate) leaves: Vec<[u64; 2]>,
    pub(crate) chunks: Vec<Chunk>,
    pub(crate) others: Vec<[u32; 2]>,
    pub(crate) checks: Vec<u64>,
    pub(crate) specials: Vec<u32>,
    pub(crate) affixes: Vec<[u32; 2]>,
    pub(crate) literals: Vec<[u32; 2]>,
    pub(crate) nodes: Vec<[u32; 8]>,
    pub(crate) edges: Vec<[u32; 3]>,
    pub(crate) fits: Vec<[u32; 2]>,
    pub(crate) goals: Vec<[u64; 2]>,
    pub(crate) displacements: Vec<u32>,
    pub(crate) concrete: Vec<Concrete>,
    pub(crate) text: Vec<u8>,
    pub(crate) allow: Vec<[u32; 3]>,
    pub(crate) customs: Vec<[u32; 2]>,
    pub(crate) routes: Vec<[u32; 2]>,
    pub(crate) route_names: Vec<[u32; 3]>,
    pub(crate) parameters: Vec<[u32; 2]>,
    pub(crate) names: String,
    pub(crate) hashing: Hashing,
    pub(crate) used: MethodSet,
    pub(crate) only: Number,
    pub(crate) trailing_slash: TrailingSlash,
}

impl HoldsTables for OwnedTables {
    #[inline(always)]
    fn tables(&self) -> Tables<'_> {
        Tables {
            methods: &self.methods,
            steps: &self.steps,
            leaves: &self.leaves,
            chunks: &self.chunks,
            others: &self.others,
            checks: &self.checks,
            specials: &self.specials,
            affixes: &self.affixes,
            literals: &self.literals,
            nodes: &self.nodes,
            edges: &self.edges,
            fits: &self.fits,
            goals: &self.goals,
            displacements: &self.displacements,
            concrete: &self.concrete,
            text: &self.text,
            allow: &self.allow,
            customs: &self.customs,
            routes: &self.routes,
            route_names: &self.route_names,
            parameters: &self.parameters,
            names: &self.names,
            hashing: self.hashing,
            used: self.used,
            only: self.only,
            trailing_slash: self.trailing_slash,
        }
    }
}

impl OwnedTables {
    /// Adds a name; where it stands, and its length.
    pub(crate) fn add_name(&mut self, name: &str) -> [u32; 2] {
        let start = self.names.len() as u32;
        self.names.push_str(name);
        [start, name.len() as u32]
    }

    pub(crate) fn shrink_to_fit(&mut self) {
        self.steps.shrink_to_fit();
        self.leaves.shrink_to_fit();
        self.chunks.shrink_to_fit();
        self.others.shrink_to_fit();
        self.checks.shrink_to_fit();
        self.specials.shrink_to_fit();
        self.affixes.shrink_to_fit();
        self.literals.shrink_to_fit();
        self.nodes.shrink_to_fit();
        self.edges.shrink_to_fit();
        self.fits.shrink_to_fit();
        self.goals.shrink_to_fit();
        self.displacements.shrink_to_fit();
        self.concrete.shrink_to_fit();
        self.text.shrink_to_fit();
        self.allow.shrink_to_fit();
        self.customs.shrink_to_fit();
        self.routes.shrink_to_fit();
        self.route_names.shrink_to_fit();
        self.parameters.shrink_to_fit();
        self.names.shrink_to_fit();
    }
}
