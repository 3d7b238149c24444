//! One request, borrowed from the transport's buffers.

use std::net::SocketAddr;

use crate::body::Body;

/// A request's head and body for the length of one [`Service::call`](crate::Service::call).
#[derive(Debug)]
#[non_exhaustive]
pub struct Request<'c> {
    /// The method token, as sent: case-sensitive (RFC 9110 §9.1).
    pub method: &'c str,
    /// Path and query in origin form (`/pets?limit=2`), or `*`. A transport that receives the
    /// absolute form has already taken scheme and authority off (RFC 9112 §3.2).
    pub target: &'c str,
    /// The protocol version of the request line.
    pub version: Version,
    /// The header fields in the order sent, names as sent.
    pub fields: &'c [Field<'c>],
    /// The address of the other end, where the transport has one.
    pub peer: Option<SocketAddr>,
    /// The certificate that the client has shown and whose chain the transport has verified.
    pub certificate: Option<ClientCertificate<'c>>,
    /// The content.
    pub body: Body<'c>,
}

impl<'c> Request<'c> {
    /// A request over a head that a transport has checked.
    pub fn new(method: &'c str, target: &'c str, fields: &'c [Field<'c>], body: Body<'c>) -> Self {
        Self {
            method,
            target,
            version: Version::Http11,
            fields,
            peer: None,
            certificate: None,
            body,
        }
    }

    /// The same request from `peer`.
    pub fn with_peer(mut self, peer: Option<SocketAddr>) -> Self {
        self.peer = peer;
        self
    }

    /// The same request over a connection whose client has shown `certificate`.
    pub fn with_certificate(mut self, certificate: Option<ClientCertificate<'c>>) -> Self {
        self.certificate = certificate;
        self
    }

    /// The same request in another protocol version.
    pub fn with_version(mut self, version: Version) -> Self {
        self.version = version;
        self
    }

    /// The value of the first field of that name, in any case.
    pub fn field(&self, name: &str) -> Option<&'c [u8]> {
        self.fields_named(name).next()
    }

    /// The values of all fields of that name, in any case, in the order sent.
    pub fn fields_named(&self, name: &str) -> impl Iterator<Item = &'c [u8]> {
        self.fields
            .iter()
            .filter(move |field| field.name.eq_ignore_ascii_case(name))
            .map(|field| field.value)
    }

    /// Whether the client would like to go on in that protocol (RFC 9110 §7.8): `Upgrade` offers it,
    /// `Connection` says so, and the version is not HTTP/1.0, which knows nothing of it.
    pub fn asks_to_upgrade_to(&self, protocol: &str) -> bool {
        let lists = |name, wanted: &str| {
            self.fields_named(name)
                .flat_map(|value| value.split(|&byte| byte == b','))
                .any(|item| item.trim_ascii().eq_ignore_ascii_case(wanted.as_bytes()))
        };
        self.version != Version::Http10
            && lists("connection", "upgrade")
            && lists("upgrade", protocol)
    }
}

/// One header field (RFC 9110 §5): the value without the white space around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'c> {
    /// The name, as sent; a token, so ASCII.
    pub name: &'c str,
    /// The value: visible ASCII, space, tab and bytes from 0x80 on.
    pub value: &'c [u8],
}

impl<'c> Field<'c> {
    /// The field of that name and value.
    pub const fn new(name: &'c str, value: &'c [u8]) -> Self {
        Self { name, value }
    }
}

/// The certificate of a client (RFC 8446 §4.4.2), verified by the transport that ended its TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientCertificate<'c> {
    /// Whom it is for: the subject as text (RFC 4514), such as `CN=till,O=Shop`.
    pub subject: &'c str,
    /// The certificate itself, in DER.
    pub der: &'c [u8],
}

/// The protocol version of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Version {
    /// HTTP/1.0
    Http10,
    /// HTTP/1.1
    #[default]
    Http11,
}
