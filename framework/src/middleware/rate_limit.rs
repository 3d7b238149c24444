//! So many requests for each client, and no more.
//!
//! | module | holds |
//! |---|---|
//! | `buckets` | [`LocalBuckets`]: the buckets of one process, in memory of a fixed size |

mod buckets;

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use brrtrouter_transport::{Request, Response, Status};

use crate::middleware::{Context, Middleware, Next};
use crate::problem::Problem;

pub use buckets::LocalBuckets;
use buckets::nanoseconds;

/// Answers 429 with `Retry-After` to whoever asks more often than its token bucket allows.
///
/// Clients are told apart by their address: that which
/// [`ClientAddressMiddleware`](crate::middleware::ClientAddressMiddleware) found, if it stands further
/// out, else that of the connection. All addresses of one IPv6 network of 64 bits are one client.
///
/// ```
/// use brrtrouter::middleware::{RateKey, RateLimitMiddleware};
///
/// // A hundred each minute for each key, ten of them at once.
/// let limit = RateLimitMiddleware::per_minute(100)
///     .burst(10)
///     .by(|request, _context| request.field("x-api-key").map(RateKey::of_bytes));
/// # let _ = limit;
/// ```
pub struct RateLimitMiddleware {
    quota: Quota,
    key: Key,
    store: Store,
}

enum Store {
    Local(LocalBuckets),
    Other(Box<dyn RateStore>),
}

/// What tells clients apart.
enum Key {
    Address,
    Function(Box<KeyFunction>),
}

type KeyFunction = dyn Fn(&Request<'_>, &Context) -> Option<RateKey> + Send + Sync;

/// Who is counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RateKey(u128);

/// How often, and how many at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// In nanoseconds, and how many it takes to fill an empty bucket.
    interval: u64,
    capacity: u64,
    burst: u32,
}

/// Where the buckets are; one that several processes share makes their limits one.
pub trait RateStore: Send + Sync + 'static {
    /// Takes a token out of the bucket of `key`.
    ///
    /// It runs on the connection's coroutine, so it must not block the thread.
    ///
    /// # Errors
    ///
    /// How long it takes until there is one.
    fn take(&self, key: RateKey, quota: &Quota) -> Result<(), Duration>;
}

impl RateKey {
    /// The client of that address.
    pub fn of_address(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(address) => u128::from(u32::from(address)),
            IpAddr::V6(address) => u128::from(address) >> 64 << 64 | 1 << 63,
        })
    }

    /// Whoever shows these bytes, such as a key; they are not kept.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        let hash = blake3::hash(bytes);
        let (half, _) = hash.as_bytes().split_at(16);
        Self(
            half.iter()
                .fold(0, |all, byte| all << 8 | u128::from(*byte)),
        )
    }

    /// The key as a number, the same in every process.
    pub fn number(self) -> u128 {
        self.0
    }
}

impl Quota {
    fn new(interval: Duration, burst: u32) -> Self {
        let interval = nanoseconds(interval).max(1);
        Self {
            interval,
            capacity: interval.saturating_mul(u64::from(burst)),
            burst,
        }
    }

    /// The time after which a bucket has one token more.
    pub fn interval(&self) -> Duration {
        Duration::from_nanos(self.interval)
    }

    /// How many tokens a full bucket has.
    pub fn burst(&self) -> u32 {
        self.burst
    }
}

impl RateLimitMiddleware {
    /// So many requests each second, and as many at once.
    pub fn per_second(count: u32) -> Self {
        Self::each(Duration::from_secs(1), count)
    }

    /// So many requests each minute, and as many at once.
    pub fn per_minute(count: u32) -> Self {
        Self::each(Duration::from_secs(60), count)
    }

    /// So many requests in each `period`, and as many at once; at least one.
    pub fn each(period: Duration, count: u32) -> Self {
        let count = count.max(1);
        Self {
            quota: Quota::new(period / count, count),
            key: Key::Address,
            store: Store::Local(LocalBuckets::new()),
        }
    }

    /// The same with so many at once, at least one.
    pub fn burst(mut self, count: u32) -> Self {
        self.quota = Quota::new(self.quota.interval(), count.max(1));
        self
    }

    /// The same with another way to tell clients apart; who has no key is not limited. Only what
    /// stands outside of the limit has added to the [`Context`] by then: nobody's identity is known.
    pub fn by(
        mut self,
        key: impl Fn(&Request<'_>, &Context) -> Option<RateKey> + Send + Sync + 'static,
    ) -> Self {
        self.key = Key::Function(Box::new(key));
        self
    }

    /// The same with buckets elsewhere.
    pub fn store(mut self, store: impl RateStore) -> Self {
        self.store = Store::Other(Box::new(store));
        self
    }
}

fn by_address(request: &Request<'_>, context: &Context) -> Option<RateKey> {
    let address = context.client().or_else(|| Some(request.peer?.ip()));
    address.map(RateKey::of_address)
}

impl Middleware for RateLimitMiddleware {
    fn handle(&self, request: &mut Request<'_>, response: &mut Response, mut next: Next<'_>) {
        let key = match &self.key {
            Key::Address => by_address(request, next.context()),
            Key::Function(key) => key(request, next.context()),
        };
        let taken = match (key, &self.store) {
            (Some(key), Store::Local(buckets)) => {
                buckets.take_by(key, &self.quota, next.context_mut().begin())
            }
            (Some(key), Store::Other(store)) => store.take(key, &self.quota),
            (None, _) => Ok(()),
        };
        let Err(wait) = taken else {
            next.run(request, response);
            return;
        };
        refuse(next, wait, response);
    }
}

#[cold]
fn refuse(next: Next<'_>, wait: Duration, response: &mut Response) {
    // Rounded up: who comes back then finds a token.
    let seconds = wait.as_nanos().div_ceil(1_000_000_000).max(1);
    let problem = Problem::new(Status::TOO_MANY_REQUESTS)
        .with_detail("there were too many requests of late")
        .with_field("retry-after", &seconds.to_string());
    match problem {
        Ok(problem) => next.refuse(&problem, response),
        Err(error) => next.refuse(&Problem::internal(error), response),
    }
}

impl fmt::Debug for RateLimitMiddleware {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimitMiddleware")
            .field("quota", &self.quota)
            .finish_non_exhaustive()
    }
}
