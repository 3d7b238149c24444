use std::net::{IpAddr, SocketAddr};

use brrtrouter_transport::{Request, Response};
use ipnet::IpNet;

use crate::middleware::{Middleware, Next};

/// Finds the address of the client behind proxies that are trusted.
///
/// `X-Forwarded-For` is read from its end, since each proxy appends whom it heard from: the first
/// address that is none of the trusted proxies is the client. Where the other end of the connection
/// is no trusted proxy itself, the field is passed over, for anybody can send it.
#[derive(Debug, Clone, Default)]
pub struct ClientAddressMiddleware {
    trusted: Vec<IpNet>,
}

/// A text that is neither an address nor a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither an address nor a network such as 10.0.0.0/8")]
pub struct InvalidNetwork(String);

impl ClientAddressMiddleware {
    /// Trusts nobody: the client is the other end of the connection.
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusts the proxies of these addresses and networks (`10.0.0.0/8`, `2001:db8::1`).
    ///
    /// # Errors
    ///
    /// [`InvalidNetwork`] with the first that is neither.
    pub fn trusting<'n>(
        networks: impl IntoIterator<Item = &'n str>,
    ) -> Result<Self, InvalidNetwork> {
        let trusted = networks.into_iter().map(|text| {
            let network = text.parse::<IpNet>();
            let address = || text.parse::<IpAddr>().map(IpNet::from);
            network
                .or_else(|_| address())
                .map_err(|_| InvalidNetwork(text.to_owned()))
        });
        Ok(Self {
            trusted: trusted.collect::<Result<_, _>>()?,
        })
    }

    fn is_trusted(&self, address: IpAddr) -> bool {
        self.trusted
            .iter()
            .any(|network| network.contains(&address))
    }

    fn client(&self, request: &Request<'_>) -> Option<IpAddr> {
        let mut client = request.peer?.ip().to_canonical();
        if self.trusted.is_empty() || !self.is_trusted(client) {
            return Some(client);
        }
        let fields = request.fields.iter().rev();
        let named = fields.filter(|field| field.name.eq_ignore_ascii_case("x-forwarded-for"));
        for entry in named.flat_map(|field| field.value.rsplit(|byte| *byte == b',')) {
            // What a proxy did not write cannot be looked behind.
            let Some(address) = parse(entry) else {
                return Some(client);
            };
            client = address;
            if !self.is_trusted(client) {
                break;
            }
        }
        Some(client)
    }
}

/// An address, with or without a port.
fn parse(entry: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(entry).ok()?.trim();
    let bare = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let address = text.parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|it| it.ip());
    let address = address.or_else(with_port).or_else(bare)?;
    Some(address.to_canonical())
}

impl Middleware for ClientAddressMiddleware {
    fn handle(&self, request: &mut Request<'_>, response: &mut Response, mut next: Next<'_>) {
        if let Some(client) = self.client(request) {
            next.context_mut().set_client(client);
        }
        next.run(request, response);
    }
}

#[cfg(test)]
mod tests {
    use brrtrouter_transport::body::BufferedBody;
    use brrtrouter_transport::{Body, Field};

    use super::*;

    fn client(trusted: &[&str], peer: &str, forwarded: &[&str]) -> String {
        let middleware = ClientAddressMiddleware::trusting(trusted.iter().copied());
        let fields: Vec<Field<'_>> = forwarded
            .iter()
            .map(|value| Field {
                name: "X-Forwarded-For",
                value: value.as_bytes(),
            })
            .collect();
        let mut none = BufferedBody::default();
        let request = Request::new("GET", "/", &fields, Body::new(&mut none, 0))
            .with_peer(Some(format!("{peer}:9").parse().expect("an address")));
        let middleware = middleware.expect("networks");
        middleware.client(&request).expect("a client").to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let net = ["10.0.0.0/8", "192.168.1.1"];
        assert_eq!(client(&[], "10.0.0.1", &["1.2.3.4"]), "10.0.0.1");
        assert_eq!(client(&net, "9.9.9.9", &["1.2.3.4"]), "9.9.9.9");
        assert_eq!(client(&net, "10.0.0.1", &["1.2.3.4"]), "1.2.3.4");
        assert_eq!(client(&net, "10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn what_a_client_claims_of_itself_is_not_believed() {
        let net = ["10.0.0.0/8"];
        assert_eq!(client(&net, "10.0.0.1", &["6.6.6.6, 1.2.3.4"]), "1.2.3.4");
        assert_eq!(
            client(&net, "10.0.0.1", &["6.6.6.6", "1.2.3.4, 10.0.0.2"]),
            "1.2.3.4"
        );
        assert_eq!(
            client(&net, "10.0.0.1", &["6.6.6.6, nonsense, 10.0.0.3"]),
            "10.0.0.3"
        );
    }

    #[test]
    fn ports_brackets_and_mapped_addresses_are_understood() {
        let net = ["10.0.0.0/8"];
        assert_eq!(client(&net, "10.0.0.1", &["1.2.3.4:56"]), "1.2.3.4");
        assert_eq!(
            client(&net, "10.0.0.1", &["[2001:db8::1]:56"]),
            "2001:db8::1"
        );
        assert_eq!(client(&net, "10.0.0.1", &["[2001:db8::1]"]), "2001:db8::1");
        assert_eq!(client(&net, "[::ffff:10.0.0.1]", &["1.2.3.4"]), "1.2.3.4");
    }

    #[test]
    fn what_is_no_network_is_refused() {
        let refused = ClientAddressMiddleware::trusting(["10.0.0.0/33"]);
        assert_eq!(
            refused.expect_err("no such prefix").to_string(),
            "\"10.0.0.0/33\" is neither an address nor a network such as 10.0.0.0/8"
        );
    }
}
