use std::collections::HashSet;

use serde_json::Value;

use super::{Here, Walker};
use crate::diagnostic::code;
use crate::faults::Spot;
use crate::grammar::Kind;
use crate::pointer;
use crate::source::Aim;

/// A reference within the normalised document.
#[derive(Debug)]
pub(super) struct LocalReference {
    /// What should be there.
    pub(super) kind: Kind,
    /// Where the reference stands in the normalised document.
    pub(super) at: String,
    pub(super) spot: Spot,
    pub(super) target: String,
}

impl Walker<'_> {
    /// Sees that every reference leads to something of the right kind, and walks what is found
    /// where the specification does not say what it is.
    pub(super) fn follow_locals(&mut self, root: &mut Value) {
        let mut extras: Vec<(String, Kind)> = Vec::new();
        let mut checked = HashSet::new();
        loop {
            let locals = std::mem::take(&mut self.locals);
            for local in locals {
                if checked.contains(&(local.target.clone(), std::mem::discriminant(&local.kind))) {
                    continue;
                }
                self.follow(root, &local, &mut extras);
                if root.pointer(&local.target).is_some() {
                    checked.insert((local.target, std::mem::discriminant(&local.kind)));
                }
            }
            self.bring_in(root);
            let grafts = std::mem::take(&mut self.grafts);
            for graft in grafts {
                self.graft(root, &graft);
            }
            if self.locals.is_empty() && self.grafts.is_empty() {
                return;
            }
        }
    }

    fn follow(
        &mut self,
        root: &mut Value,
        local: &LocalReference,
        extras: &mut Vec<(String, Kind)>,
    ) {
        let Some(target) = root.pointer_mut(&local.target) else {
            self.dangling(local);
            return;
        };
        let (base, kind) = extras
            .iter()
            .rev()
            .find(|(base, _)| pointer::is_within(&local.target, base))
            .map_or(("", Kind::Document), |(base, kind)| (base.as_str(), *kind));
        let rest = local.target.get(base.len()..).unwrap_or_default();
        let found = kind.along(pointer::tokens(rest));
        if found == local.kind {
            return;
        }
        if found.section().is_some() {
            self.faults.push(
                &code::REFERENCE_KIND,
                local.spot.clone(),
                format!(
                    "`#{}` is {}, where {} is required",
                    local.target,
                    found.noun(),
                    local.kind.noun()
                ),
                None,
            );
            return;
        }
        extras.push((local.target.clone(), local.kind));
        let origin = self.origins.spot(&local.target, Aim::Value);
        let version = self.sources.version(origin.source).unwrap_or(self.version);
        let mut here = Here::new(origin.source, version, origin.pointer, local.target.clone());
        let mut value = std::mem::take(target);
        self.walk(local.kind, &mut value, &mut here);
        if let Some(target) = root.pointer_mut(&local.target) {
            *target = value;
        }
    }

    fn graft(&mut self, root: &mut Value, graft: &LocalReference) {
        // Values that are put into each other without end grow deeper with each round.
        let is_endless = pointer::tokens(&graft.at).count() > 2 * self.depth;
        if is_endless || pointer::is_within(&graft.at, &graft.target) {
            self.faults.push(
                &code::REFERENCE_CYCLE,
                graft.spot.clone(),
                format!("`#{}` contains this reference", graft.target),
                None,
            );
            return;
        }
        let Some(target) = root.pointer(&graft.target) else {
            self.dangling(graft);
            return;
        };
        let mut left = self.nodes_left;
        if !super::components::pay(target, &mut left) {
            self.faults.push(
                &code::TOO_MANY_NODES,
                graft.spot.clone(),
                "references bring more values than the limit allows",
                Some("raise the limit `bundled_nodes` if the document is meant to be so large"),
            );
            return;
        }
        self.nodes_left = left;
        let mut value = target.clone();
        let origin = self.origins.spot(&graft.target, Aim::Value);
        self.origins
            .insert(graft.at.clone(), origin.source, origin.pointer.clone());
        let is_walked = Kind::Document.along(pointer::tokens(&graft.target)) == graft.kind;
        if !is_walked {
            let version = self.sources.version(origin.source).unwrap_or(self.version);
            let mut here = Here::new(origin.source, version, origin.pointer, graft.at.clone());
            self.walk(graft.kind, &mut value, &mut here);
        }
        if let Some(place) = root.pointer_mut(&graft.at) {
            *place = value;
        }
    }

    fn dangling(&mut self, local: &LocalReference) {
        self.faults.push(
            &code::REFERENCE_DANGLES,
            local.spot.clone(),
            format!("`#{}` leads to nothing", local.target),
            None,
        );
    }
}
