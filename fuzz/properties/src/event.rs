use brrtrouter_transport::Event;

use crate::input;

/// Whatever goes into an event comes out at a client that reads by the HTML Standard (§9.2.6), and
/// nothing else does.
pub fn event(bytes: &[u8]) {
    let Some(parts) = input::read::<(&str, Option<&str>, Option<&str>, &str)>(bytes) else {
        return;
    };
    let (data, name, id, comment) = parts;
    let mut event = Event::new(data);
    if let Some(name) = name {
        match event.clone().named(name) {
            Ok(named) => event = named,
            Err(_) => assert!(name.contains(['\r', '\n'])),
        }
    }
    if let Some(id) = id {
        match event.clone().with_id(id) {
            Ok(with_id) => event = with_id,
            Err(_) => assert!(id.contains(['\r', '\n', '\0'])),
        }
    }
    let wire = event.encode();
    let wire = std::str::from_utf8(wire.bytes()).expect("text");
    let (lines, rest) = wire
        .split_once("\n\n")
        .expect("an empty line ends an event");
    assert!(rest.is_empty(), "one event became several: {wire:?}");
    let mut read = Vec::new();
    for line in lines.split('\n') {
        assert!(!line.contains('\r'));
        let (field, value) = line.split_once(": ").expect("a field");
        match field {
            "data" => read.push(value),
            "event" => assert_eq!(Some(value), name),
            "id" => assert_eq!(Some(value), id),
            _ => panic!("{field:?} was never set"),
        }
    }
    let expected = data.replace("\r\n", "\n").replace('\r', "\n");
    assert_eq!(read.join("\n"), expected);
    let wire = Event::comment(comment).encode();
    let wire = std::str::from_utf8(wire.bytes()).expect("text");
    assert!(
        wire.lines()
            .all(|line| line.is_empty() || line.starts_with(':'))
    );
}
