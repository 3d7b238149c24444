use std::net::SocketAddr;

use brrtrouter_transport::{ClientCertificate, Field, Request};

/// What of a request providers can see.
#[derive(Clone, Copy)]
pub(super) struct Head<'r> {
    pub(super) method: &'r str,
    pub(super) target: &'r str,
    pub(super) fields: &'r [Field<'r>],
    pub(super) peer: Option<SocketAddr>,
    pub(super) certificate: Option<ClientCertificate<'r>>,
}

impl<'r> Head<'r> {
    pub(super) fn of(request: &Request<'r>) -> Self {
        Self {
            method: request.method,
            target: request.target,
            fields: request.fields,
            peer: request.peer,
            certificate: request.certificate,
        }
    }

    /// The values of the fields of that name.
    pub(super) fn values(&self, name: &str) -> impl Iterator<Item = &'r [u8]> {
        self.fields
            .iter()
            .filter(move |field| field.name.eq_ignore_ascii_case(name))
            .map(|field| field.value)
    }

    /// The value of the one field of that name; one that stands there twice is none.
    pub(super) fn only(&self, name: &str) -> Option<&'r [u8]> {
        only(self.values(name))
    }
}

/// The one item; of several none is to be trusted.
pub(super) fn only<T>(mut all: impl Iterator<Item = T>) -> Option<T> {
    let first = all.next()?;
    all.next().is_none().then_some(first)
}

/// A head that outlives its request, for threads.
pub(super) struct OwnedHead {
    method: String,
    target: String,
    fields: Vec<(String, Vec<u8>)>,
    peer: Option<SocketAddr>,
    certificate: Option<(String, Vec<u8>)>,
}

impl OwnedHead {
    pub(super) fn of(head: &Head<'_>) -> Self {
        let fields = head.fields.iter();
        Self {
            method: head.method.to_owned(),
            target: head.target.to_owned(),
            fields: fields
                .map(|field| (field.name.to_owned(), field.value.to_vec()))
                .collect(),
            peer: head.peer,
            certificate: head
                .certificate
                .map(|one| (one.subject.to_owned(), one.der.to_vec())),
        }
    }

    /// Lends the head to `look`.
    pub(super) fn lend<R>(&self, look: impl FnOnce(&Head<'_>) -> R) -> R {
        let fields: Vec<Field<'_>> = self
            .fields
            .iter()
            .map(|(name, value)| Field { name, value })
            .collect();
        look(&Head {
            method: &self.method,
            target: &self.target,
            fields: &fields,
            peer: self.peer,
            certificate: self
                .certificate
                .as_ref()
                .map(|(subject, der)| ClientCertificate { subject, der }),
        })
    }
}
