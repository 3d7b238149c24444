//! How many connections each address has.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::limits::Limits;

/// Connections by address; empty unless they are limited.
#[derive(Debug, Default)]
pub(crate) struct Guests(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// An address has all the connections that it may have.
#[derive(Debug)]
pub(crate) struct Full;

/// One connection of an address, for as long as this lives.
#[derive(Debug)]
pub(crate) struct Guest {
    guests: Arc<Mutex<HashMap<IpAddr, usize>>>,
    address: IpAddr,
}

impl Guests {
    /// Counts a connection of `address` in; nothing to count where there is no address or no limit.
    pub(crate) fn enter(
        &self,
        address: Option<IpAddr>,
        limits: &Limits,
    ) -> Result<Option<Guest>, Full> {
        let (Some(address), Some(most)) = (address, limits.max_connections_per_address) else {
            return Ok(None);
        };
        let address = group(address);
        let mut counts = lock(&self.0);
        let count = counts.entry(address).or_default();
        if *count >= most {
            return Err(Full);
        }
        *count += 1;
        Ok(Some(Guest {
            guests: Arc::clone(&self.0),
            address,
        }))
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let mut counts = lock(&self.guests);
        if let Some(count) = counts.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.address);
            }
        }
    }
}

/// Whoever has one address of IPv6 has the 2^64 of its network, so these count as one.
fn group(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let network = u128::from(address) & !u128::from(u64::MAX);
            IpAddr::V6(network.into())
        }
        address => address,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_so_many_and_no_more() {
        let limits = Limits::default().max_connections_per_address(Some(2));
        let guests = Guests::default();
        let address = |text: &str| Some(text.parse().unwrap());
        let first = guests.enter(address("192.0.2.1"), &limits).unwrap();
        let _second = guests.enter(address("::ffff:192.0.2.1"), &limits).unwrap();
        assert!(guests.enter(address("192.0.2.1"), &limits).is_err());
        assert!(guests.enter(address("192.0.2.2"), &limits).is_ok());
        assert!(guests.enter(None, &limits).is_ok());
        drop(first);
        assert!(guests.enter(address("192.0.2.1"), &limits).is_ok());
        assert_eq!(lock(&guests.0).len(), 1);
    }

    #[test]
    fn a_network_of_ipv6_is_one_guest() {
        let limits = Limits::default().max_connections_per_address(Some(1));
        let guests = Guests::default();
        let address = |text: &str| Some(text.parse().unwrap());
        let _first = guests.enter(address("2001:db8::1"), &limits).unwrap();
        assert!(guests.enter(address("2001:db8::ffff"), &limits).is_err());
        assert!(guests.enter(address("2001:db8:0:1::1"), &limits).is_ok());
    }
}
