//! What the pet store does for those who ask properly.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use pet_store::store::SAMPLE;
use serde_json::{Value, json};
use whole_server_tests::server::{KEY, bearer};
use whole_server_tests::{On, on_both, pet_store};

on_both!(
    a_created_pet_is_found_where_the_answer_says,
    a_pet_is_replaced_patched_and_let_go,
    pages_follow_each_other_by_cursor,
    a_filter_leaves_out_the_rest,
    an_idempotency_key_makes_one_pet,
    search_takes_arrays_in_both_styles,
    visits_are_numbered_within_their_pet,
    a_photo_comes_back_as_it_went,
    head_answers_like_get_without_content,
    options_names_the_methods,
    a_missing_optional_parameter_has_the_documents_default,
);

fn a_created_pet_is_found_where_the_answer_says(on: On) {
    let server = pet_store(on);
    let client = server.client();
    let new = json!({"name": "Tom", "species": "cat", "age": 4, "tags": ["grey"]});
    let created = client.json("POST", "/pets", &new);
    assert_eq!(created.status, 201);
    assert_eq!(created.header("content-type"), "application/json");
    let found = client.get(created.header("location"));
    assert_eq!(found.status, 200);
    assert_eq!(found.json(), created.json());
    assert_eq!(found.json()["name"], "Tom");
    assert_eq!(found.json()["status"], "available");
}

fn a_pet_is_replaced_patched_and_let_go(on: On) {
    let server = pet_store(on);
    let client = server.client();
    let path = format!("/pets/{SAMPLE}");
    let bearer = bearer("pets:write");
    let fields = [
        ("content-type", "application/json"),
        ("authorization", bearer.as_str()),
    ];
    let replaced = client.send(
        "PUT",
        &path,
        &fields,
        br#"{"name": "Mia", "species": "dog"}"#,
    );
    assert_eq!(replaced.status, 200);
    assert_eq!(replaced.json()["species"], "dog");
    assert_eq!(replaced.json().get("age"), None);

    let merge = [("content-type", "application/merge-patch+json")];
    let patched = client.send("PATCH", &path, &merge, br#"{"status": "adopted"}"#);
    assert_eq!(patched.status, 200);
    assert_eq!(patched.json()["status"], "adopted");
    assert_eq!(patched.json()["name"], "Mia");

    let gone = client.send("DELETE", &path, &[("x-api-key", KEY)], b"");
    assert_eq!((gone.status, gone.body.len()), (204, 0));
    client.get(&path).problem(404);
}

fn pages_follow_each_other_by_cursor(on: On) {
    let server = pet_store(on);
    let client = server.client();
    let mut names = Vec::new();
    let mut path = "/pets?limit=2".to_owned();
    loop {
        let page = client.get(&path).json();
        let pets = page["pets"].as_array().unwrap();
        assert!(pets.len() <= 2);
        names.extend(pets.iter().map(|pet| pet["name"].clone()));
        match page.get("next").and_then(Value::as_str) {
            Some(cursor) => path = format!("/pets?limit=2&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(names, ["Mimi", "Rex", "Pip"]);
}

fn a_filter_leaves_out_the_rest(on: On) {
    let server = pet_store(on);
    let client = server.client();
    let merge = [("content-type", "application/merge-patch+json")];
    let path = format!("/pets/{SAMPLE}");
    client.send("PATCH", &path, &merge, br#"{"status": "pending"}"#);
    let pending = client.get("/pets?status=pending").json();
    assert_eq!(pending["pets"].as_array().unwrap().len(), 1);
    assert_eq!(pending["pets"][0]["id"], SAMPLE.to_string());
}

fn an_idempotency_key_makes_one_pet(on: On) {
    let server = pet_store(on);
    let client = server.client();
    let fields = [
        ("content-type", "application/json"),
        ("idempotency-key", "only-one-please"),
    ];
    let body = br#"{"name": "Uno", "species": "fish"}"#;
    let first = client.send("POST", "/pets", &fields, body);
    let second = client.send("POST", "/pets", &fields, body);
    assert_eq!(first.json()["id"], second.json()["id"]);
    assert_eq!(
        client.get("/pets").json()["pets"].as_array().unwrap().len(),
        4
    );
}

fn search_takes_arrays_in_both_styles(on: On) {
    let server = pet_store(on);
    let client = server.client();
    let names = |query: &str| -> Vec<Value> {
        let found = client.get(&format!("/pets/search{query}"));
        assert_eq!(found.status, 200, "{query}");
        let pets = found.json();
        let pets = pets.as_array().unwrap();
        pets.iter().map(|pet| pet["name"].clone()).collect()
    };
    assert_eq!(names("?species=cat%7Cbird"), ["Mimi", "Pip"]);
    assert_eq!(names("?species=cat%7Cdog&sort=age"), ["Mimi", "Rex"]);
    assert_eq!(names("?tag=shy"), ["Mimi"]);
    assert!(names("?tag=shy&tag=loud").is_empty());
    assert_eq!(names("?minAge=3"), ["Mimi", "Rex"]);
    assert_eq!(names(""), ["Mimi", "Pip", "Rex"]);
}

fn visits_are_numbered_within_their_pet(on: On) {
    let server = pet_store(on);
    let client = server.client();
    let visits = format!("/pets/{SAMPLE}/visits");
    for number in 1..=2 {
        let new = json!({"reason": "a check", "date": "2026-02-28"}).to_string();
        let bearer = bearer("pets:write");
        let credential = match number {
            1 => ("x-api-key", KEY),
            _ => ("authorization", bearer.as_str()),
        };
        let fields = [("content-type", "application/json"), credential];
        let visit = client.send("POST", &visits, &fields, new.as_bytes());
        assert_eq!(visit.status, 201);
        assert_eq!(visit.json()["id"], number);
        assert_eq!(visit.header("location"), format!("{visits}/{number}"));
    }
    let second = client.get(&format!("{visits}/2"));
    assert_eq!(second.json()["petId"], SAMPLE.to_string());
    assert_eq!(client.get(&visits).json().as_array().unwrap().len(), 2);
    client.get(&format!("{visits}/3")).problem(404);
}

fn a_photo_comes_back_as_it_went(on: On) {
    let server = pet_store(on);
    let client = server.client();
    let path = format!("/pets/{SAMPLE}/photo");
    client.get(&path).problem(404);
    // Longer than any buffer of a server, so that it arrives in pieces.
    let photo: Vec<u8> = (0..300_000_u32).map(|at| (at % 251) as u8).collect();
    let octets = [("content-type", "application/octet-stream")];
    assert_eq!(client.send("PUT", &path, &octets, &photo).status, 204);
    let back = client.get(&path);
    assert_eq!(back.header("content-type"), "application/octet-stream");
    assert!(back.body == photo);
    let pet = client.get(&format!("/pets/{SAMPLE}")).json();
    assert_eq!(pet["hasPhoto"], true);
}

fn head_answers_like_get_without_content(on: On) {
    let server = pet_store(on);
    let client = server.client();
    let path = format!("/pets/{SAMPLE}");
    let head = client.send("HEAD", &path, &[], b"");
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-type"), "application/json");
    assert_eq!(client.get(&path).status, 200);
    let missing = client.send("HEAD", "/nowhere", &[], b"");
    assert_eq!((missing.status, missing.body.len()), (404, 0));
}

fn options_names_the_methods(on: On) {
    let server = pet_store(on);
    let client = server.client();
    let options = client.send("OPTIONS", &format!("/pets/{SAMPLE}"), &[], b"");
    assert_eq!(options.status, 204);
    let mut methods: Vec<&str> = options.header("allow").split(", ").collect();
    methods.sort_unstable();
    assert_eq!(
        methods,
        ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "PUT"]
    );
}

fn a_missing_optional_parameter_has_the_documents_default(on: On) {
    let server = pet_store(on);
    let client = server.client();
    for number in 0..25 {
        let new = json!({"name": format!("Pet {number}"), "species": "bird"});
        assert_eq!(client.json("POST", "/pets", &new).status, 201);
    }
    let page = client.get("/pets").json();
    assert_eq!(page["pets"].as_array().unwrap().len(), 20);
}
