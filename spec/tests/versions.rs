//! Documents of several files that are of several versions: each is read by its own.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::path::Path;

use brrtrouter_spec::{Diagnostic, Spec, load_spec};
use files::folder;
use serde_json::json;

mod files;

/// A whole document of that version, with that under `paths` and under `components`.
fn whole(version: &str, paths: &str, components: &str) -> String {
    format!(
        "openapi: {version}\ninfo: {{title: T, version: '1'}}\npaths: {paths}\ncomponents: {components}\n"
    )
}

fn codes(spec: &Spec) -> Vec<&'static str> {
    let told = spec.diagnostics.iter();
    told.map(|told| told.code)
        .filter(|code| *code != "B0310")
        .collect()
}

fn file(told: &Diagnostic) -> &str {
    let location = told.location.as_ref().unwrap();
    location.file.file_name().unwrap().to_str().unwrap()
}

fn load(folder: &Path) -> Spec {
    load_spec(folder.join("openapi.yaml")).unwrap()
}

const DONE: &str = "responses: {'200': {description: Done.}}";

#[test]
fn a_part_of_an_older_document_is_upgraded() {
    let entry = whole(
        "3.1.0",
        "{}",
        "{schemas: {Pet: {$ref: 'old.yaml#/components/schemas/Pet'}}}",
    );
    let old = whole(
        "3.0.3",
        "{}",
        "{schemas: {Pet: {type: string, nullable: true}}}",
    );
    let folder = folder("older", &[("openapi.yaml", &entry), ("old.yaml", &old)]);
    let spec = load(&folder);
    let pet = &spec.document.root()["components"]["schemas"]["Pet_2"];
    assert_eq!(pet["type"], json!(["string", "null"]));
    assert_eq!(codes(&spec), ["B0210"]);
}

#[test]
fn a_part_of_no_document_is_of_the_version_of_what_refers_to_it() {
    let entry = |version| {
        let reference = "{schemas: {Pet: {$ref: 'middle.yaml#/components/schemas/Pet'}}}";
        whole(version, "{}", reference)
    };
    let middle = |version| whole(version, "{}", "{schemas: {Pet: {$ref: 'pet.yaml'}}}");
    let pet = "{type: string, nullable: true}\n";
    for (version, of_middle, told) in [
        ("3.1.0", "3.0.3", &["B0210"] as &[_]),
        ("3.0.3", "3.1.0", &["B0210", "B0508"]),
    ] {
        let files = [
            ("openapi.yaml", &*entry(version)),
            ("middle.yaml", &*middle(of_middle)),
            ("pet.yaml", pet),
        ];
        let spec = load(&folder("inherited", &files));
        assert_eq!(codes(&spec), told, "{version} {of_middle}");
        let pet = &spec.document.root()["components"]["schemas"]["pet"];
        assert_eq!(pet["type"], json!(["string", "null"]));
    }
}

/// What a path item may say is a matter of the file that it stands in.
#[test]
fn operations_are_judged_by_the_version_of_their_file() {
    let paths = "{/a: {$ref: 'other.yaml#/paths/~1a'}}";
    let other = format!(
        "{{/a: {{query: {{operationId: a, parameters: [{{name: q, in: querystring, \
         content: {{application/json: {{}}}}}}], {DONE}}}}}}}"
    );
    let told = |entry: &str, other_version: &str| {
        let files = [
            ("openapi.yaml", &*whole(entry, paths, "{}")),
            ("other.yaml", &*whole(other_version, &other, "{}")),
        ];
        load(&folder("operations", &files))
    };
    let spec = told("3.0.3", "3.2.0");
    assert_eq!(codes(&spec), [""; 0]);
    assert_eq!(spec.operations[0].method, "QUERY");
    assert_eq!(spec.openapi, "3.0.3");
    // Written out, the document is of a version that has all this.
    assert_eq!(spec.document.root()["openapi"], "3.2.0");

    let spec = told("3.2.0", "3.1.0");
    assert_eq!(codes(&spec), ["B0208", "B0208"]);
    assert!(
        spec.diagnostics
            .iter()
            .all(|told| file(told) == "other.yaml")
    );
}

/// Since 3.1 an operation may say nothing of its responses, and list roles beside a key.
#[test]
fn responses_and_scopes_are_judged_by_the_version_of_their_file() {
    let components = "{securitySchemes: {key: {type: apiKey, name: k, in: query}}}";
    let paths = "{/a: {$ref: 'other.yaml#/paths/~1a'}}";
    let other = "{/a: {get: {operationId: a, security: [{key: [admin]}]}}}";
    for (version, of_other, expected) in [
        ("3.0.3", "3.1.0", &[] as &[&str]),
        ("3.1.0", "3.0.3", &["B0317", "B0603"]),
    ] {
        let files = [
            ("openapi.yaml", &*whole(version, paths, components)),
            ("other.yaml", &*whole(of_other, other, "{}")),
        ];
        let spec = load(&folder("responses", &files));
        assert_eq!(codes(&spec), expected, "{version} {of_other}");
    }
}

#[test]
fn security_schemes_are_judged_by_the_version_of_their_file() {
    let entry = whole(
        "3.1.0",
        "{}",
        "{securitySchemes: {tls: {$ref: 'old.yaml#/components/securitySchemes/tls'}}}",
    );
    let old = whole("3.0.3", "{}", "{securitySchemes: {tls: {type: mutualTLS}}}");
    let folder = folder("schemes", &[("openapi.yaml", &entry), ("old.yaml", &old)]);
    let spec = load(&folder);
    assert_eq!(codes(&spec), ["B0210", "B0208"]);
    assert_eq!(file(&spec.diagnostics[1]), "old.yaml");
}

#[test]
fn an_odd_version_of_another_file_is_told_there() {
    let entry = whole(
        "3.1.0",
        "{}",
        "{schemas: {Pet: {$ref: 'old.yaml#/definitions/Pet'}}}",
    );
    for (old, version) in [
        (
            "swagger: '2.0'\ndefinitions: {Pet: {type: string}}\n",
            "2.0",
        ),
        ("swagger: 2.0\ndefinitions: {Pet: {type: string}}\n", "2.0"),
        ("openapi: 3.0\ndefinitions: {Pet: {type: string}}\n", "3.0"),
        (
            "openapi: 4.0.0\ndefinitions: {Pet: {type: string}}\n",
            "4.0.0",
        ),
    ] {
        let spec = load(&folder(
            "odd",
            &[("openapi.yaml", &entry), ("old.yaml", old)],
        ));
        let told = spec.diagnostics.iter().find(|told| told.code == "B0203");
        let told = told.unwrap();
        assert!(told.message.contains(&format!("`{version}`")), "{told}");
        assert_eq!(file(told), "old.yaml");
        assert_eq!(told.location.as_ref().unwrap().line, 1);
    }
}
