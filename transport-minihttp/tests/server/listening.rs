//! Taking an address.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use brrtrouter_minihttp::MiniHttpServer;
use brrtrouter_transport::{
    Needs, Request, Response, ServeError, ServerHandle, Service, Transport,
};

use crate::client::Client;
use crate::probe::{Probe, Server};

fn expect_in_use(address: SocketAddr) {
    match MiniHttpServer::bind(address) {
        Err(ServeError::AddressInUse { address: named }) => {
            assert_eq!(named, address.to_string());
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn port_0_is_told_and_served() {
    let server = MiniHttpServer::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr();
    assert_ne!(address.port(), 0);
    let handle = server.serve(Probe::default()).unwrap();
    assert_eq!(handle.local_addr(), address);
    assert_eq!(Client::connect(address).get("/").text(), "hello");
    assert!(handle.shutdown(Duration::from_secs(10)).is_clean());
}

#[test]
fn ipv6_is_served() {
    let Ok(server) = MiniHttpServer::bind("[::1]:0") else {
        return;
    };
    let handle = server.serve(Probe::default()).unwrap();
    assert_eq!(Client::connect(handle.local_addr()).get("/").status, 200);
    handle.shutdown(Duration::from_secs(10));
}

#[test]
fn a_port_that_another_program_listens_on_is_in_use() {
    let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    expect_in_use(other.local_addr().unwrap());
}

#[test]
fn a_port_that_another_server_has_is_in_use_bound_or_serving() {
    let server = MiniHttpServer::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr();
    expect_in_use(address);
    let handle = server.serve(Probe::default()).unwrap();
    expect_in_use(address);
    handle.shutdown(Duration::from_secs(10));
}

#[test]
fn a_port_that_would_be_shared_is_in_use() {
    let other = may::net::TcpListener::bind("127.0.0.1:0").unwrap();
    expect_in_use(other.local_addr().unwrap());
}

#[test]
fn a_port_that_cannot_be_had_is_an_error() {
    let elsewhere = "192.0.2.1:80".parse::<SocketAddr>().unwrap();
    match MiniHttpServer::bind(elsewhere) {
        Err(ServeError::Listen { address, .. }) => assert_eq!(address, "192.0.2.1:80"),
        other => panic!("{other:?}"),
    }
    let nowhere: &[SocketAddr] = &[];
    assert!(matches!(
        MiniHttpServer::bind(nowhere),
        Err(ServeError::System { .. })
    ));
}

#[test]
fn the_next_address_is_taken_where_the_first_is_in_use() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let addresses = [
        taken.local_addr().unwrap(),
        SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
    ];
    let server = MiniHttpServer::bind(&addresses[..]).unwrap();
    assert_ne!(server.local_addr(), addresses[0]);
}

#[test]
fn a_port_is_free_again_after_a_shutdown_though_connections_linger() {
    let server = Server::at("127.0.0.5:0", Probe::default(), |_| {});
    let address = server.handle.local_addr();
    let mut client = server.client();
    // The server closes first, so its side of the connection stays in TIME_WAIT.
    client.ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    client.expect_closed();
    drop(client);
    assert!(server.handle.shutdown(Duration::from_secs(10)).is_clean());
    let again = MiniHttpServer::bind(address).unwrap();
    let handle = again.serve(Probe::default()).unwrap();
    assert_eq!(Client::connect(address).get("/").status, 200);
    handle.shutdown(Duration::from_secs(10));
}

#[test]
fn of_many_servers_that_want_a_port_at_once_at_most_one_gets_it() {
    const RIVALS: usize = 8;
    for _ in 0..20 {
        let address = {
            let server = Server::at("127.0.0.6:0", Probe::default(), |_| {});
            let mut client = server.client();
            client.ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            client.expect_closed();
            server.handle.local_addr()
        };
        let start = Arc::new(Barrier::new(RIVALS));
        let rivals: Vec<_> = (0..RIVALS)
            .map(|_| {
                let start = Arc::clone(&start);
                thread::spawn(move || -> Option<ServerHandle> {
                    start.wait();
                    MiniHttpServer::bind(address)
                        .and_then(|server| server.serve(Probe::default()))
                        .ok()
                })
            })
            .collect();
        let winners: Vec<ServerHandle> = rivals
            .into_iter()
            .filter_map(|rival| rival.join().unwrap())
            .collect();
        assert!(winners.len() <= 1, "{} servers share a port", winners.len());
        for winner in winners {
            assert_eq!(Client::connect(address).get("/").status, 200);
            winner.shutdown(Duration::from_secs(10));
        }
    }
}

#[test]
fn a_service_that_streams_is_refused_with_the_operations_named() {
    let probe = Probe {
        streaming: vec!["petEvents".to_owned(), "export".to_owned()],
        ..Probe::default()
    };
    let server = MiniHttpServer::bind("127.0.0.7:0").unwrap();
    let address = server.local_addr();
    let error = server.serve(probe).unwrap_err();
    assert!(matches!(&error, ServeError::CannotStream { operations, .. }
        if operations == &["petEvents", "export"]));
    assert_eq!(
        error.to_string(),
        "may_minihttp cannot stream, which these operations need: petEvents, export"
    );
    MiniHttpServer::bind(address).unwrap();
}

#[test]
fn a_service_that_hands_connections_over_is_refused_with_the_operations_named() {
    struct Upgrades;

    impl Service for Upgrades {
        fn call(&self, _: &mut Request<'_>, _: &mut Response) {}

        fn needs(&self) -> Needs {
            Needs::default().and_upgrading(vec!["chat".to_owned()])
        }
    }

    let server = MiniHttpServer::bind("127.0.0.1:0").unwrap();
    let error = server.serve(Upgrades).unwrap_err();
    assert_eq!(
        error.to_string(),
        "may_minihttp cannot hand a connection over, which these operations do: chat"
    );
}
