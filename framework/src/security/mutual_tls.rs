use std::collections::BTreeMap;
use std::net::IpAddr;

use brrtrouter_spec::model::{SecurityScheme, SecuritySchemeKind};
use ipnet::IpNet;

use crate::security::{Credential, Denial, Identity, SecurityProvider};

/// The clients of a `mutualTLS` scheme, by the subjects of their certificates.
///
/// Somebody else ends TLS and checks the chain: the transport, which hands the certificate over with
/// the request, or a proxy, which puts the subject into a field. Such a field is looked at only in
/// requests that come from an address of the proxy, and the proxy has to remove it from those that it
/// forwards.
///
/// ```
/// use brrtrouter::security::MutualTls;
///
/// // nginx: proxy_set_header X-Client-Subject $ssl_client_s_dn;
/// //        with ssl_verify_client on;
/// let clients = MutualTls::new([("CN=till,O=Shop", "till"), ("CN=stock,O=Shop", "stock")])?
///     .behind_proxy("X-Client-Subject", ["10.0.0.0/8", "::1"])?;
/// # Ok::<(), brrtrouter::security::MutualTlsError>(())
/// ```
#[derive(Debug, Clone)]
pub struct MutualTls {
    clients: BTreeMap<String, Identity>,
    proxy: Option<Proxy>,
}

#[derive(Debug, Clone)]
struct Proxy {
    field: String,
    addresses: Vec<IpNet>,
}

/// Why clients with certificates cannot be known.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MutualTlsError {
    /// There is no client.
    #[error("there is no client certificate to know")]
    NoClients,
    /// A subject is empty.
    #[error("the certificate of {client:?} has no subject")]
    NoSubject {
        /// Whose certificate it is.
        client: String,
    },
    /// There is no address to trust.
    #[error("there is no proxy whose field {field:?} could be trusted")]
    NoProxies {
        /// The field.
        field: String,
    },
    /// An address is neither one nor a network.
    #[error("{address:?} is neither an address nor a network such as 10.0.0.0/8")]
    Address {
        /// As it was given.
        address: String,
    },
}

impl MutualTls {
    /// Clients by the subjects of their certificates, as the transport or the proxy writes them;
    /// compared byte by byte.
    ///
    /// # Errors
    ///
    /// [`MutualTlsError`] if there is none, or one has no subject.
    pub fn new<S, I>(clients: impl IntoIterator<Item = (S, I)>) -> Result<Self, MutualTlsError>
    where
        S: Into<String>,
        I: Into<Identity>,
    {
        let mut known = BTreeMap::new();
        for (subject, identity) in clients {
            let (subject, identity) = (subject.into(), identity.into());
            if subject.is_empty() {
                let client = identity.subject().to_owned();
                return Err(MutualTlsError::NoSubject { client });
            }
            known.insert(subject, identity);
        }
        if known.is_empty() {
            return Err(MutualTlsError::NoClients);
        }
        Ok(Self {
            clients: known,
            proxy: None,
        })
    }

    /// The same behind a proxy that ends TLS at one of `addresses` (addresses or networks), and writes
    /// the subject of a certificate that it has verified into `field`. A certificate that the
    /// transport hands over is then not looked at.
    ///
    /// # Errors
    ///
    /// [`MutualTlsError`] if there is no address, or one is none.
    pub fn behind_proxy<A: AsRef<str>>(
        mut self,
        field: impl Into<String>,
        addresses: impl IntoIterator<Item = A>,
    ) -> Result<Self, MutualTlsError> {
        let mut networks = Vec::new();
        for address in addresses {
            let text = address.as_ref();
            let network = text
                .parse::<IpNet>()
                .or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
            networks.push(network.map_err(|_| MutualTlsError::Address {
                address: text.to_owned(),
            })?);
        }
        let (field, addresses) = (field.into(), networks);
        if addresses.is_empty() {
            return Err(MutualTlsError::NoProxies { field });
        }
        self.proxy = Some(Proxy { field, addresses });
        Ok(self)
    }
}

impl Proxy {
    /// The subject that the proxy has written.
    fn subject<'r>(&self, credential: &Credential<'r>) -> Result<&'r str, Denial> {
        let trusted = credential.peer().is_some_and(|peer| {
            // An IPv4 peer of a socket for both has an address of IPv6.
            let address = peer.ip().to_canonical();
            self.addresses.iter().any(|one| one.contains(&address))
        });
        if !trusted {
            return Err(Denial::unknown(
                "the request does not come from a listed proxy",
            ));
        }
        let subject = credential.field(&self.field);
        subject
            .and_then(|subject| std::str::from_utf8(subject).ok())
            .ok_or(Denial::unknown("the proxy names no certificate"))
    }
}

impl SecurityProvider for MutualTls {
    fn verify(&self, credential: &Credential<'_>) -> Result<Identity, Denial> {
        let subject = match &self.proxy {
            Some(proxy) => proxy.subject(credential)?,
            None => credential
                .certificate()
                .map(|certificate| certificate.subject)
                .ok_or(Denial::unknown("the client has shown no certificate"))?,
        };
        self.clients
            .get(subject)
            .cloned()
            .ok_or(Denial::unknown("nobody has a certificate of this subject"))
    }

    fn check(&self, scheme: &SecurityScheme) -> Result<(), String> {
        match scheme.kind {
            SecuritySchemeKind::MutualTls => Ok(()),
            _ => Err("client certificates are for schemes of type `mutualTLS`".to_owned()),
        }
    }
}
