//! Who may ask for what, straight from the document, failing closed.
//!
//! The document's security schemes say what a request must carry and where; a [`SecurityProvider`]
//! for each scheme says whether it is good. Requirements are alternatives, tried in the order of the
//! document; inside one, every scheme must succeed. A scheme without a provider stops the start.
//!
//! | module | holds |
//! |---|---|
//! | `provider` | [`SecurityProvider`], what it is given and what it may answer |
//! | `identity` | [`Identity`]: who is asking |
//! | `api_keys` | [`ApiKeys`]: the provider for `apiKey` schemes |
//! | `plan` | one operation's requirements, joined with providers |

mod api_keys;
mod identity;
mod plan;
mod provider;

pub use api_keys::{ApiKeys, ApiKeysError};
pub use identity::Identity;
pub use provider::{Credential, Denial, SecurityProvider};

pub(crate) use plan::{Providers, SecurityFault, SecurityPlan};
