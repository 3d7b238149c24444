//! Clients known by their certificates.

use brrtrouter::prelude::*;
use brrtrouter::security::{MutualTls, MutualTlsError};
use brrtrouter_transport::body::BufferedBody;
use brrtrouter_transport::{Body, ClientCertificate, Field, Request, Response, Service};

use crate::{one_operation, service_of, who};

const SCHEME: &str = "    tls: {type: mutualTLS}\n";

fn service(clients: MutualTls) -> AppService {
    let builder = service_of(&one_operation("[tls: []]", SCHEME)).security("tls", clients);
    builder.handler("it", who).build().unwrap()
}

fn clients() -> MutualTls {
    MutualTls::new([("CN=till,O=Shop", "till")]).unwrap()
}

/// The status for a request from that address with these subjects in the field of a proxy and with a
/// certificate of the transport.
fn ask(service: &AppService, peer: &str, fields: &[&str], certificate: Option<&str>) -> u16 {
    let fields: Vec<Field<'_>> = fields
        .iter()
        .map(|value| Field {
            name: "X-Client",
            value: value.as_bytes(),
        })
        .collect();
    let mut source = BufferedBody::new(b"");
    let body = Body::new(&mut source, 0);
    let certificate = certificate.map(|subject| ClientCertificate { subject, der: b"" });
    let mut request = Request::new("GET", "/", &fields, body)
        .with_peer(peer.parse().ok())
        .with_certificate(certificate);
    let mut response = Response::new();
    service.call(&mut request, &mut response);
    response.status().code()
}

#[test]
fn the_transport_hands_the_certificate_over() {
    let service = service(clients());
    let till = Some("CN=till,O=Shop");
    assert_eq!(ask(&service, "10.0.0.1:1", &[], till), 200);
    assert_eq!(ask(&service, "10.0.0.1:1", &[], Some("CN=other")), 401);
    assert_eq!(ask(&service, "10.0.0.1:1", &[], None), 401);
    assert_eq!(ask(&service, "10.0.0.1:1", &["CN=till,O=Shop"], None), 401);
}

#[test]
fn a_proxy_is_believed_from_its_addresses_only() {
    let clients = clients().behind_proxy("x-client", ["10.0.0.0/8", "::1", "192.0.2.7"]);
    let service = service(clients.unwrap());
    let till = "CN=till,O=Shop";
    let rows: [(&str, &[&str], u16); 10] = [
        ("10.1.2.3:9", &[till], 200),
        ("192.0.2.7:9", &[till], 200),
        ("[::1]:9", &[till], 200),
        ("[::ffff:10.1.2.3]:9", &[till], 200),
        ("192.0.2.8:9", &[till], 401),
        ("11.0.0.1:9", &[till], 401),
        ("no address", &[till], 401),
        ("10.1.2.3:9", &[till, till], 401),
        ("10.1.2.3:9", &["CN=other"], 401),
        ("10.1.2.3:9", &[], 401),
    ];
    for (peer, fields, status) in rows {
        assert_eq!(
            ask(&service, peer, fields, None),
            status,
            "{peer} {fields:?}"
        );
    }
    // Behind a proxy the connection is the proxy's.
    assert_eq!(ask(&service, "10.1.2.3:9", &[], Some(till)), 401);
}

#[test]
fn what_cannot_be_trusted_stops_the_start() {
    let nobody: [(&str, &str); 0] = [];
    assert!(matches!(
        MutualTls::new(nobody),
        Err(MutualTlsError::NoClients)
    ));
    let unnamed = MutualTls::new([("", "till")]);
    assert!(matches!(unnamed, Err(MutualTlsError::NoSubject { .. })));
    let proxyless = clients().behind_proxy("x-client", [] as [&str; 0]);
    assert!(matches!(proxyless, Err(MutualTlsError::NoProxies { .. })));
    let malformed = clients().behind_proxy("x-client", ["10.0.0.0/33"]);
    assert!(
        matches!(malformed, Err(MutualTlsError::Address { address }) if address == "10.0.0.0/33")
    );
}
