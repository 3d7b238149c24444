//! The wire form of server-sent events.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use brrtrouter_transport::{EncodedEvent, Event, EventError};

fn wire(event: Event) -> String {
    let encoded = EncodedEvent::from(event);
    String::from_utf8(encoded.bytes().to_vec()).unwrap()
}

/// What a client makes of a stream: (event, data, id) of each event it dispatches, after the HTML
/// Standard, §9.2.6.
fn client(stream: &str) -> Vec<(String, String, String)> {
    let lines = stream.replace("\r\n", "\n").replace('\r', "\n");
    let (mut name, mut data, mut id) = (String::new(), None::<String>, String::new());
    let mut seen = Vec::new();
    for line in lines.split('\n') {
        if line.is_empty() {
            if let Some(data) = data.take() {
                seen.push((std::mem::take(&mut name), data, id.clone()));
            }
            name.clear();
            continue;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => name = value.to_owned(),
            "data" => {
                data = Some(match data.take() {
                    None => value.to_owned(),
                    Some(before) => format!("{before}\n{value}"),
                });
            }
            "id" => id = value.to_owned(),
            _ => {}
        }
    }
    seen
}

#[test]
fn data_is_split_where_a_client_would_split_it() {
    assert_eq!(wire(Event::new("a")), "data: a\n\n");
    assert_eq!(wire(Event::new("a\nb")), "data: a\ndata: b\n\n");
    assert_eq!(wire(Event::new("a\r\nb")), "data: a\ndata: b\n\n");
    assert_eq!(wire(Event::new("a\rb")), "data: a\ndata: b\n\n");
    assert_eq!(
        wire(Event::new("a\r\r\n\nb")),
        "data: a\ndata: \ndata: \ndata: b\n\n"
    );
    assert_eq!(wire(Event::new("a\n\rb")), "data: a\ndata: \ndata: b\n\n");
}

#[test]
fn line_ends_at_either_end_are_kept() {
    assert_eq!(wire(Event::new("\na")), "data: \ndata: a\n\n");
    assert_eq!(wire(Event::new("a\n")), "data: a\ndata: \n\n");
    assert_eq!(wire(Event::new("")), "data: \n\n");
    assert_eq!(wire(Event::new("\r\n")), "data: \ndata: \n\n");
}

#[test]
fn a_client_gets_back_what_was_sent() {
    for data in [
        "",
        " leading",
        "a: b",
        "id: 7",
        "x\ny",
        "\n\n",
        "täst\n: no comment",
        "\n",
    ] {
        let event = Event::new(data).named("n").unwrap().with_id("7").unwrap();
        assert_eq!(
            client(&wire(event)),
            [("n".to_owned(), data.to_owned(), "7".to_owned())],
            "{data:?}"
        );
    }
}

#[test]
fn data_cannot_make_up_another_event() {
    let seen = client(&wire(Event::new("a\n\nevent: forged\r\rid: 6")));
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].0, "");
    assert_eq!(seen[0].2, "");
}

#[test]
fn fields_stand_before_the_data() {
    let event = Event::new("d")
        .named("created")
        .unwrap()
        .with_id("42")
        .unwrap()
        .with_retry(Duration::from_millis(2_500));
    assert_eq!(
        wire(event),
        "event: created\nid: 42\nretry: 2500\ndata: d\n\n"
    );
}

#[test]
fn a_name_of_several_lines_is_refused() {
    for name in ["a\nb", "a\r", "\r\ndata: x"] {
        assert_eq!(
            Event::new("d").named(name),
            Err(EventError::Name(name.to_owned()))
        );
    }
}

#[test]
fn an_id_of_several_lines_or_with_nul_is_refused() {
    for id in ["a\nb", "\r", "a\0"] {
        let error = Event::new("d").with_id(id).unwrap_err();
        assert_eq!(error, EventError::Id(id.to_owned()));
        assert!(error.to_string().contains(&format!("{id:?}")));
    }
}

#[test]
fn an_empty_id_resets_the_clients() {
    assert_eq!(
        wire(Event::new("d").with_id("").unwrap()),
        "id: \ndata: d\n\n"
    );
}

#[test]
fn a_comment_is_no_event() {
    assert_eq!(wire(Event::comment("ping")), ": ping\n\n");
    assert_eq!(wire(Event::comment("")), ": \n\n");
    let tricky = wire(Event::comment("a\ndata: b\rdata: c"));
    assert_eq!(tricky, ": a\n: data: b\n: data: c\n\n");
    assert_eq!(client(&tricky), []);
}

#[test]
fn an_encoded_event_is_shared_not_copied() {
    let encoded = Event::new("d").encode();
    let copy = encoded.clone();
    assert_eq!(encoded.bytes().as_ptr(), copy.bytes().as_ptr());
}
