//! Who may ask for what, straight from the document, failing closed.
//!
//! The document's security schemes say what a request must carry and where; a [`SecurityProvider`]
//! for each scheme says who that belongs to. Requirements are alternatives, tried in the order of the
//! document; inside one, every scheme must succeed and grant its scopes. A scheme without a provider,
//! and a provider that cannot do its work, stop the start.
//!
//! | a scheme of type | is served by |
//! |---|---|
//! | `apiKey` in a header, the query or a cookie | [`ApiKeys`] |
//! | `http` bearer, `oauth2`, `openIdConnect` | [`jwt::Jwt`], with the feature `jwt` |
//! | `http` basic | [`BasicUsers`], with the feature `basic` |
//! | `mutualTLS` | [`MutualTls`] |
//! | any | your own [`SecurityProvider`] |
//!
//! Where no alternative is satisfied, the failure that weighs most decides: 503 if a provider cannot
//! tell now, else 403 if the caller is known and may not do this, else 401 with a challenge for each
//! scheme. Of providers that block, those of all alternatives run beside one another; the outcome is
//! that of running them in order.
//!
//! | module | holds |
//! |---|---|
//! | `provider` | [`SecurityProvider`], and the [`Credential`] that it is given |
//! | `denial` | [`Denial`]: why a credential does not help |
//! | `identity` | [`Identity`]: who is asking |
//! | `api_keys`, `basic`, [`jwt`], `mutual_tls` | the providers |
//! | `recent` | what providers have found out of late |
//! | `enforcement` | the document's requirements joined with providers, into plans |
//! | `plan` | what one operation asks for, and how a refusal looks |
//! | `race` | providers that block, beside one another |
//! | `check` | one scheme of an alternative |
//! | `head`, `place` | what of a request is looked at, and where a credential stands in it |
//! | `challenge` | what `WWW-Authenticate` says |
//! | `change` | [`changes`]: what another document would weaken |

mod api_keys;
#[cfg(feature = "basic")]
mod basic;
mod challenge;
mod change;
mod check;
mod denial;
mod enforcement;
mod head;
mod identity;
#[cfg(feature = "jwt")]
pub mod jwt;
mod mutual_tls;
mod place;
mod plan;
mod provider;
mod race;
#[cfg(any(feature = "basic", feature = "jwt"))]
mod recent;

pub use api_keys::{ApiKeys, ApiKeysError};
#[cfg(feature = "basic")]
pub use basic::{BasicUsers, BasicUsersError};
pub use change::{SecurityChange, SecurityChangeKind, changes};
pub use denial::{Denial, DenialKind};
pub use enforcement::SecurityOptions;
pub use identity::Identity;
pub use mutual_tls::{MutualTls, MutualTlsError};
pub use provider::{Credential, IntoProvider, SecurityProvider};

pub(crate) use enforcement::{Enforcement, Providers, SecurityFault};
pub(crate) use plan::SecurityPlan;
