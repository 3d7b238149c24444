use std::sync::Arc;

use brrtrouter_transport::{HeaderLine, Request, Status};

use crate::problem::Problem;
use crate::security::challenge::{self, Challenge};
use crate::security::check::{Check, Failure};
use crate::security::head::Head;
use crate::security::race::Race;
use crate::security::{Denial, DenialKind, Identity};

/// What one operation asks for: any one of its alternatives, of which each is a list of checks that
/// all have to succeed.
#[derive(Default)]
pub(crate) struct SecurityPlan {
    pub(super) operation: String,
    pub(super) alternatives: Vec<Vec<Arc<Check>>>,
    /// One for each scheme that the operation names, in the order of the document.
    pub(super) challenges: Vec<(Arc<Check>, Challenge)>,
    /// Where one of the providers blocks.
    pub(super) race: Option<Race>,
}

impl SecurityPlan {
    /// Whether nothing is asked for.
    #[inline]
    pub(crate) fn is_open(&self) -> bool {
        self.alternatives.is_empty()
    }

    /// Finds out who is asking; `None` where nobody needs to be known.
    #[inline]
    pub(crate) fn authenticate(&self, request: &Request<'_>) -> Result<Option<Identity>, Problem> {
        if self.is_open() {
            return Ok(None);
        }
        self.establish(&Head::of(request))
    }

    fn establish(&self, head: &Head<'_>) -> Result<Option<Identity>, Problem> {
        let mut refusal = Refusal::default();
        let established = match &self.race {
            Some(race) => race.run(&self.alternatives, head, &mut refusal),
            None => self.in_order(head, &mut refusal),
        };
        let Some(identity) = established else {
            return Err(self.refuse(&refusal));
        };
        if let Some(identity) = &identity {
            log::debug!(
                "{}: {:?} by scheme {:?}",
                self.operation,
                identity.subject(),
                identity.scheme()
            );
        }
        Ok(identity)
    }

    /// Runs one check after the other until an alternative is satisfied.
    fn in_order<'p>(
        &'p self,
        head: &Head<'_>,
        refusal: &mut Refusal<'p>,
    ) -> Option<Option<Identity>> {
        let mut alternatives = self.alternatives.iter();
        alternatives.find_map(|checks| {
            let mut joined = Joined::default();
            for check in checks {
                match check.run(head) {
                    Ok(identity) => joined.add(identity),
                    Err(failure) => {
                        refusal.note(check, failure);
                        return None;
                    }
                }
            }
            Some(joined.identity())
        })
    }

    fn refuse(&self, refusal: &Refusal<'_>) -> Problem {
        let (check, denial) = match refusal.worst {
            Some((check, denial)) => (Some(check), denial),
            None => (None, Denial::MISSING),
        };
        log::info!(
            "{}: scheme {:?} refuses: {denial}",
            self.operation,
            check.map_or("", |check| check.scheme().name.as_str()),
        );
        match denial.kind() {
            DenialKind::Unknown => self.unauthorized(refusal),
            DenialKind::Forbidden => {
                let problem = Problem::forbidden("the credentials do not grant this");
                let line = check
                    .and_then(|check| self.challenges.get(check.challenge))
                    .and_then(|(_, challenge)| challenge.forbidden());
                line.cloned().into_iter().fold(problem, Problem::with_line)
            }
            DenialKind::Unavailable => {
                const RETRY: HeaderLine = HeaderLine::from_static("retry-after: 1\r\n");
                Problem::new(Status::SERVICE_UNAVAILABLE)
                    .with_detail("the credentials cannot be looked at now")
                    .with_line(RETRY)
            }
        }
    }

    fn unauthorized(&self, refusal: &Refusal<'_>) -> Problem {
        let mut lines: Vec<HeaderLine> = Vec::new();
        for (check, challenge) in &self.challenges {
            let line = match check.provider().challenge(check.scheme()) {
                Some(value) => challenge::line(&value),
                None => challenge
                    .unauthorized(refusal.has_refused(check.challenge))
                    .cloned(),
            };
            lines.extend(line.filter(|line| !lines.contains(line)));
        }
        let problem =
            Problem::new(Status::UNAUTHORIZED).with_detail("valid credentials are required");
        lines.into_iter().fold(problem, Problem::with_line)
    }
}

/// Why no alternative was satisfied.
#[derive(Default)]
pub(super) struct Refusal<'p> {
    /// The first of the failures that weigh most.
    worst: Option<(&'p Check, Denial)>,
    /// The challenges, as bits, of schemes whose credential was there and not good.
    refused: u64,
}

impl<'p> Refusal<'p> {
    pub(super) fn note(&mut self, check: &'p Check, failure: Failure) {
        let denial = failure.denial;
        if self
            .worst
            .is_none_or(|(_, worst)| denial.kind() > worst.kind())
        {
            self.worst = Some((check, denial));
        }
        if failure.was_presented && denial.kind() == DenialKind::Unknown {
            self.refused |= bit(check.challenge);
        }
    }

    fn has_refused(&self, challenge: usize) -> bool {
        self.refused & bit(challenge) != 0
    }
}

/// The bit of a challenge; past the 64th there is none, and its error is left unsaid.
fn bit(challenge: usize) -> u64 {
    u32::try_from(challenge)
        .ok()
        .and_then(|shift| 1_u64.checked_shl(shift))
        .unwrap_or(0)
}

/// The identities of one alternative: the first, and what the others have established.
#[derive(Default)]
pub(super) struct Joined {
    first: Option<Identity>,
    others: Vec<Identity>,
}

impl Joined {
    pub(super) fn add(&mut self, identity: Identity) {
        match self.first {
            None => self.first = Some(identity),
            Some(_) => self.others.push(identity),
        }
    }

    pub(super) fn identity(self) -> Option<Identity> {
        self.first.map(|first| first.with_others(self.others))
    }
}
