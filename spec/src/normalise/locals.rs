use std::collections::HashSet;

use serde_json::Value;

use super::upgrade::MOVED;
use super::{Here, Walker};
use crate::diagnostic::{Code, code};
use crate::faults::Spot;
use crate::grammar::Kind;
use crate::pointer;
use crate::reference;
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
            self.resolve_names(root);
            self.bring_in(root);
            let locals = std::mem::take(&mut self.locals);
            for mut local in locals {
                if checked.contains(&(local.target.clone(), std::mem::discriminant(&local.kind))) {
                    continue;
                }
                self.follow(root, &mut local, &mut extras);
                if let Some(target) = root.pointer(&local.target) {
                    if local.kind == Kind::Schema && target.get("$ref").is_some() {
                        self.led_on.push(local.target.clone());
                    }
                    checked.insert((local.target, std::mem::discriminant(&local.kind)));
                }
            }
            self.bring_in(root);
            let grafts = std::mem::take(&mut self.grafts);
            for graft in grafts {
                self.graft(root, &graft);
            }
            if self.locals.is_empty() && self.grafts.is_empty() && self.names.is_settled() {
                return;
            }
        }
    }

    /// Where something stands that a schema around has been moved from.
    fn moved_target(&self, target: &str) -> Option<String> {
        let from = self
            .moved
            .iter()
            .filter(|from| target != from.as_str() && pointer::is_within(target, from))
            .max_by_key(|from| from.len())?;
        let rest = target.get(from.len()..)?;
        Some(format!("{from}{MOVED}{rest}"))
    }

    fn follow(
        &mut self,
        root: &mut Value,
        local: &mut LocalReference,
        extras: &mut Vec<(String, Kind)>,
    ) {
        if root.pointer(&local.target).is_none() {
            let moved = self.moved_target(&local.target);
            match moved.filter(|moved| root.pointer(moved).is_some()) {
                Some(moved) => local.target = moved,
                None => return self.dangling(local),
            }
            rewrite(root, &local.at, &local.target);
        }
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
        if !matches!(found, Kind::Any | Kind::Extension) {
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
        let version = self.sources.version(origin.source);
        let mut here = Here::new(origin.source, version, origin.pointer, local.target.clone());
        let Some(target) = root.pointer_mut(&local.target) else {
            return;
        };
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
            let version = self.sources.version(origin.source);
            let mut here = Here::new(origin.source, version, origin.pointer, graft.at.clone());
            self.walk(graft.kind, &mut value, &mut here);
        }
        if let Some(place) = root.pointer_mut(&graft.at) {
            *place = value;
        }
    }

    fn dangling(&mut self, local: &LocalReference) {
        self.faults.push(
            dangling_code(local.kind),
            local.spot.clone(),
            format!("`#{}` leads to nothing", local.target),
            None,
        );
    }
}

/// Makes the reference lead there that stood at a place, or now stands further down.
pub(super) fn rewrite(root: &mut Value, at: &str, target: &str) {
    for place in [at, &format!("{at}{MOVED}")] {
        if let Some(reference) = root.pointer_mut(&format!("{place}/$ref")) {
            *reference = reference::to_pointer(target).into();
            return;
        }
    }
}

/// Without an example or a link an operation still works.
pub(super) fn dangling_code(kind: Kind) -> &'static Code {
    match kind {
        Kind::Example | Kind::Link => &code::REFERENCE_SPARE,
        _ => &code::REFERENCE_DANGLES,
    }
}
