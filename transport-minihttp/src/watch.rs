//! The deadlines of connections, kept by one thread.
//!
//! `may_minihttp` waits without any. The watch looks at each connection in turn and shuts its socket
//! down when it has waited for too long, which wakes its coroutine and lets it end.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crate::limits::Limits;
use crate::link::{Arrival, Link, Phase};
use crate::registry::{DRAIN_TICK, Registry};

/// The longest time between two looks at a connection.
const TICK: Duration = Duration::from_millis(500);

/// Starts the watch; it ends when the registry has drained.
pub(crate) fn start(registry: Arc<Registry>, limits: Limits) -> io::Result<()> {
    let tick = TICK.min(limits.idle / 4).min(limits.body_idle / 4);
    let mut watch = Watch {
        tick: tick.max(DRAIN_TICK),
        registry,
        limits,
        notes: HashMap::new(),
        open: Vec::new(),
    };
    thread::Builder::new()
        .name("minihttp-watch".to_owned())
        .spawn(move || watch.run())?;
    Ok(())
}

struct Watch {
    registry: Arc<Registry>,
    limits: Limits,
    tick: Duration,
    notes: HashMap<u64, Note>,
    open: Vec<(u64, Arc<Link>)>,
}

/// What was seen of a connection when it came into its present state.
#[derive(Debug, Clone, Copy)]
struct Note {
    state: u32,
    since: Instant,
    acknowledged: u64,
    taken: u64,
}

impl Watch {
    fn run(&mut self) {
        loop {
            let draining = self.registry.is_draining();
            let now = Instant::now();
            let mut open = std::mem::take(&mut self.open);
            self.registry.snapshot(&mut open);
            for (id, link) in &open {
                self.look_at(*id, link, now, draining);
            }
            if self.notes.len() > 2 * open.len() + 64 {
                let ids: std::collections::HashSet<u64> = open.iter().map(|(id, _)| *id).collect();
                self.notes.retain(|id, _| ids.contains(id));
            }
            // No copy may outlive its connection for longer than it takes to look at it.
            open.clear();
            self.open = open;
            if draining && self.registry.wait_drained(Some(now)) {
                return;
            }
            self.registry
                .pause(if draining { DRAIN_TICK } else { self.tick });
        }
    }

    fn look_at(&mut self, id: u64, link: &Link, now: Instant, draining: bool) {
        let (state, phase) = link.state();
        let note = self.notes.entry(id).or_insert(Note {
            state: !state,
            since: now,
            acknowledged: 0,
            taken: 0,
        });
        let is_new = note.state != state;
        if is_new {
            note.state = state;
            note.since = now;
        }
        match phase {
            Phase::Busy => {}
            Phase::Reading => {
                if now.duration_since(note.since) >= self.limits.body_idle {
                    link.expire_body();
                }
            }
            Phase::Waiting => {
                let Some(flow) = link.flow() else {
                    if now.duration_since(note.since) >= self.limits.idle {
                        link.hang_up();
                    }
                    return;
                };
                if is_new {
                    note.taken = flow.taken;
                } else if flow.taken.saturating_sub(note.taken) > self.limits.max_head as u64 {
                    // A head that goes on and on; a complete one would have changed the state.
                    link.hang_up();
                    return;
                }
                if flow.acknowledged > note.acknowledged {
                    note.acknowledged = flow.acknowledged;
                    note.since = now;
                }
                let settled = link.is_settled_with(flow);
                let leaves = draining && link.peek() == Arrival::Nothing;
                if settled && (leaves || link.is_leaving()) {
                    link.stop_reading();
                } else if now.duration_since(note.since) >= self.limits.idle {
                    link.hang_up();
                }
            }
        }
    }
}
