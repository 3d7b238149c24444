//! Documents of several files: what they may refer to, and what becomes of it.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use brrtrouter_spec::model::Spec;
use brrtrouter_spec::{LoadError, Loader, load_spec};
use files::folder;

mod files;

fn document(schema: &str) -> String {
    format!(
        "openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\npaths:\n  /a:\n    get:\n      \
         operationId: a\n      responses:\n        '200':\n          description: Done.\n          \
         content:\n            application/json:\n              schema: {schema}\n"
    )
}

fn schema(spec: &Spec) -> &serde_json::Value {
    let media = &spec.operations[0].responses[0].content[0];
    let mut schema = spec
        .document
        .schema(media.schema.as_ref().unwrap())
        .unwrap();
    while let Some(reference) = schema.get("$ref").and_then(|reference| reference.as_str()) {
        let pointer = reference.strip_prefix('#').unwrap();
        schema = spec.document.root().pointer(pointer).unwrap();
    }
    schema
}

fn code(error: &LoadError) -> &'static str {
    error.errors().next().unwrap().code
}

#[test]
fn files_refer_to_each_other_by_their_own_places() {
    let folder = folder(
        "several",
        &[
            (
                "api/openapi.yaml",
                &document("{$ref: 'models/pet.yaml#/Pet'}"),
            ),
            (
                "api/models/pet.yaml",
                "Pet:\n  type: object\n  properties:\n    owner: {$ref: '../owner.json'}\n    \
                 friend: {$ref: '#/Pet'}\n",
            ),
            (
                "api/owner.json",
                r#"{"type": "object", "properties": {"pet": {"$ref": "models/pet.yaml#/Pet"}}}"#,
            ),
        ],
    );
    let spec = load_spec(folder.join("api/openapi.yaml")).unwrap();
    let pet = schema(&spec);
    assert_eq!(
        pet["properties"]["owner"]["$ref"],
        "#/components/schemas/owner"
    );
    assert_eq!(
        pet["properties"]["friend"]["$ref"],
        "#/components/schemas/Pet"
    );
    let owner = &spec.document.root()["components"]["schemas"]["owner"];
    assert_eq!(
        owner["properties"]["pet"]["$ref"],
        "#/components/schemas/Pet"
    );
}

#[test]
fn files_of_one_name_are_kept_apart() {
    let folder = folder(
        "same-name",
        &[
            (
                "openapi.yaml",
                &document("{oneOf: [{$ref: 'a/pet.yaml'}, {$ref: 'b/pet.yaml'}]}"),
            ),
            ("a/pet.yaml", "type: string\n"),
            ("b/pet.yaml", "type: integer\n"),
        ],
    );
    let spec = load_spec(folder.join("openapi.yaml")).unwrap();
    let schemas = &spec.document.root()["components"]["schemas"];
    assert_eq!(schemas["pet"]["type"], "string");
    assert_eq!(schemas["pet_2"]["type"], "integer");
}

#[test]
fn a_fault_in_another_file_is_placed_there() {
    let folder = folder(
        "fault",
        &[
            ("openapi.yaml", &document("{$ref: 'pet.yaml'}")),
            (
                "pet.yaml",
                "type: object\nproperties:\n  age: {type: number, minimum: low}\n",
            ),
        ],
    );
    let error = load_spec(folder.join("openapi.yaml")).unwrap_err();
    let fault = error.errors().next().unwrap();
    let location = fault.location.as_ref().unwrap();
    assert_eq!(fault.code, "B0502");
    assert_eq!(fault.pointer, "/properties/age/minimum");
    assert_eq!(*location.file, folder.join("pet.yaml"));
    assert_eq!((location.line, location.column), (3, 32));
}

#[test]
fn nothing_outside_the_root_folder_is_read() {
    for reference in [
        "../secret.yaml",
        "sub/../../secret.yaml",
        "/etc/hostname",
        "link.yaml",
        "up/secret.yaml",
    ] {
        let folder = folder(
            "outside",
            &[
                (
                    "api/openapi.yaml",
                    &document(&format!("{{$ref: '{reference}'}}")),
                ),
                ("api/sub/other.yaml", "type: string\n"),
                ("secret.yaml", "type: string\n"),
            ],
        );
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("../secret.yaml", folder.join("api/link.yaml")).unwrap();
            std::os::unix::fs::symlink("..", folder.join("api/up")).unwrap();
        }
        let error = load_spec(folder.join("api/openapi.yaml")).unwrap_err();
        assert_eq!(code(&error), "B0403", "{reference}: {error}");
        let widened = Loader::new()
            .root(&folder)
            .load(folder.join("api/openapi.yaml"));
        assert_eq!(widened.is_ok(), !reference.starts_with('/'), "{reference}");
    }
}

#[test]
fn a_text_refers_to_files_only_below_a_root_that_is_given() {
    let folder = folder("text", &[("pet.yaml", "type: string\n")]);
    let text = document("{$ref: 'pet.yaml'}");
    let error = Loader::new()
        .load_str(text.clone(), "openapi.yaml")
        .unwrap_err();
    assert_eq!(code(&error), "B0403");
    let spec = Loader::new()
        .root(&folder)
        .load_str(text, "openapi.yaml")
        .unwrap();
    assert_eq!(schema(&spec)["type"], "string");
}

#[test]
fn files_that_put_each_other_in_their_place_end() {
    let folder = folder(
        "circle",
        &[
            (
                "openapi.yaml",
                "openapi: 3.1.0\ninfo: {$ref: 'a.yaml'}\npaths: {}\n",
            ),
            (
                "a.yaml",
                "title: T\nversion: '1'\nlicense: {$ref: 'b.yaml'}\n",
            ),
            ("b.yaml", "{$ref: 'c.yaml'}\n"),
            ("c.yaml", "{$ref: 'b.yaml'}\n"),
        ],
    );
    let error = load_spec(folder.join("openapi.yaml")).unwrap_err();
    assert_eq!(code(&error), "B0405");
}

#[test]
fn schemas_are_found_by_id_and_anchor() {
    let text = format!(
        "{}components:\n  schemas:\n    Pet:\n      $id: https://example.com/pet\n      properties:\n        \
         tail: {{$ref: '#tail'}}\n        owner: {{$ref: 'owner'}}\n      $defs:\n        Tail: {{$anchor: tail}}\n    \
         Owner: {{$id: 'https://example.com/owner', type: string}}\n",
        document("{$ref: 'https://example.com/pet'}")
    );
    let spec = Loader::new().load_str(text, "openapi.yaml").unwrap();
    let pet = schema(&spec);
    assert_eq!(
        pet["properties"]["tail"]["$ref"],
        "#/components/schemas/Pet/$defs/Tail"
    );
    assert_eq!(
        pet["properties"]["owner"]["$ref"],
        "#/components/schemas/Owner"
    );
    assert!(pet.get("$id").is_none());
}

/// A reference that is moved down, since it may be null too, still leads where it did.
#[test]
fn a_reference_that_may_be_null_is_one_of_two() {
    let text = format!(
        "{}components:\n  schemas:\n    Pet: {{$anchor: pet, type: string}}\n",
        document("{$ref: '#pet', nullable: true, description: None or a pet.}")
    );
    let spec = Loader::new().load_str(text, "openapi.yaml").unwrap();
    let expected = serde_json::json!({
        "description": "None or a pet.",
        "anyOf": [{"$ref": "#/components/schemas/Pet"}, {"type": "null"}],
    });
    assert_eq!(*schema(&spec), expected);
}

#[test]
fn paths_in_another_file_are_counted() {
    let paths = "/a: {get: {operationId: a}}\n/b: {$ref: 'item.yaml'}\n";
    let files = [
        (
            "openapi.yaml",
            "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {$ref: 'paths.yaml'}\n",
        ),
        ("paths.yaml", paths),
        (
            "item.yaml",
            "put: {operationId: b}\npost: {operationId: c}\n",
        ),
    ];
    let spec = load_spec(folder("counted", &files).join("openapi.yaml")).unwrap();
    assert_eq!((spec.counts.paths, spec.counts.operations), (2, 3));
}
