//! What OpenAPI 3.2 brought, as the model has it.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "what fails here fails the test"
)]

use brrtrouter_spec::model::{ParameterIn, ParameterShape, SecuritySchemeKind, Style};
use brrtrouter_spec::{LoadError, Loader, Spec, load_spec};
use files::folder;
use serde_json::json;

mod files;

const HEAD: &str = "openapi: 3.2.0\ninfo: {title: T, version: '1'}\n";

fn load(rest: &str) -> Spec {
    let loaded = Loader::new()
        .strict(true)
        .load_str(format!("{HEAD}{rest}"), "openapi.yaml");
    loaded.unwrap_or_else(|error| panic!("{error}"))
}

/// A document with one operation, and what stands behind its name.
fn load_operation(method: &str, rest: &str) -> Spec {
    load(&format!(
        "paths:\n  /a:\n    {method}:\n      operationId: a{rest}"
    ))
}

fn refused(rest: &str) -> LoadError {
    let loaded = Loader::new().load_str(format!("{HEAD}{rest}"), "openapi.yaml");
    loaded.unwrap_err()
}

fn codes(spec: &Spec) -> Vec<&'static str> {
    spec.diagnostics.iter().map(|told| told.code).collect()
}

#[test]
fn methods_beyond_the_fixed_ones_are_operations() {
    let spec = load(
        "paths:
  /a:
    query: {operationId: ask}
    additionalOperations:
      COPY: {operationId: copy, tags: [t]}
      x-Purge: {operationId: purge}
",
    );
    let routes: Vec<_> = spec
        .operations
        .iter()
        .map(|operation| (operation.method.as_str(), operation.name.as_str()))
        .collect();
    assert_eq!(
        routes,
        [("QUERY", "ask"), ("COPY", "copy"), ("x-Purge", "purge")]
    );
    assert_eq!(spec.counts.operations, 3);
    assert!(spec.diagnostics.is_empty());
}

#[test]
fn an_additional_method_is_a_token_without_a_field_of_its_own() {
    for method in ["post", "'a b'", "''"] {
        let text = format!("paths: {{/a: {{additionalOperations: {{{method}: {{}}}}}}}}\n");
        let error = refused(&text);
        assert_eq!(error.errors().next().unwrap().code, "B0318", "{method}");
    }
}

#[test]
fn the_whole_query_is_one_parameter() {
    let spec = load_operation(
        "get",
        "
      parameters:
        - name: filter
          in: querystring
          required: true
          content:
            application/x-www-form-urlencoded: {schema: {type: object}}
",
    );
    let [parameter] = spec.operations[0].parameters.as_slice() else {
        panic!("{:?}", spec.operations[0].parameters);
    };
    assert_eq!(parameter.location, ParameterIn::QueryString);
    assert!(parameter.is_required);
    let ParameterShape::Content(media) = &parameter.shape else {
        panic!("{:?}", parameter.shape);
    };
    assert_eq!(media.name, "application/x-www-form-urlencoded");
    let schema = spec.document.schema(media.schema.as_ref().unwrap());
    assert_eq!(schema, Some(&json!({"type": "object"})));
}

#[test]
fn cookies_have_a_style_of_their_own() {
    let spec = load_operation(
        "get",
        "
      parameters:
        - {name: c, in: cookie, style: cookie, schema: {type: string}}
",
    );
    let shape = &spec.operations[0].parameters[0].shape;
    let ParameterShape::Schema { style, explode, .. } = shape else {
        panic!("{shape:?}");
    };
    assert_eq!((*style, *explode), (Style::Cookie, true));
}

#[test]
fn streams_have_items() {
    let spec = load_operation(
        "get",
        "
      responses:
        '200':
          summary: Lines.
          content:
            application/jsonl: {itemSchema: {type: integer}}
            text/event-stream: {itemSchema: {$ref: '#/components/schemas/Event'}}
components: {schemas: {Event: {type: object}}}
",
    );
    let [response] = spec.operations[0].responses.as_slice() else {
        panic!("{:?}", spec.operations[0].responses);
    };
    assert_eq!(response.summary.as_deref(), Some("Lines."));
    let items: Vec<_> = response
        .content
        .iter()
        .map(|media| spec.document.schema(media.item_schema.as_ref().unwrap()))
        .collect();
    let event = json!({"$ref": "#/components/schemas/Event"});
    assert_eq!(items, [Some(&json!({"type": "integer"})), Some(&event)]);
    assert!(spec.operations[0].streams_events());
    // Nothing looks into single items, and that is said.
    assert_eq!(codes(&spec), ["B0801", "B0801"]);
}

#[test]
fn parts_are_encoded_by_their_places_and_within_each_other() {
    let spec = load_operation(
        "post",
        "
      requestBody:
        content:
          multipart/mixed:
            prefixEncoding:
              - {contentType: application/json}
              - contentType: multipart/mixed
                encoding: {p: {contentType: text/plain}}
                itemEncoding: {contentType: text/css}
            itemEncoding:
              contentType: image/png
              prefixEncoding: [{contentType: text/html}]
",
    );
    let body = spec.operations[0].request_body.as_ref().unwrap();
    let media = &body.content[0];
    let [first, second] = media.prefix_encoding.as_slice() else {
        panic!("{media:?}");
    };
    let item = media.item_encoding.as_ref().unwrap();
    let inner = second.item_encoding.as_deref().unwrap();
    let types = [
        first,
        second,
        &second.encoding[0],
        inner,
        item,
        &item.prefix_encoding[0],
    ];
    let types = types.map(|encoding| encoding.content_type.as_deref().unwrap());
    assert_eq!(
        types,
        [
            "application/json",
            "multipart/mixed",
            "text/plain",
            "text/css",
            "image/png",
            "text/html"
        ]
    );
    assert_eq!(second.encoding[0].property, "p");
    assert_eq!(codes(&spec), ["B0801"; 5]);
}

#[test]
fn tags_stand_in_each_other() {
    let spec = load(
        "paths: {}
tags:
  - {name: animals, kind: nav, summary: Animals, externalDocs: {url: docs, x-a: 1}}
  - {name: dogs, parent: animals, kind: badge}
",
    );
    let [animals, dogs] = spec.tags.as_slice() else {
        panic!("{:?}", spec.tags);
    };
    assert_eq!(animals.summary.as_deref(), Some("Animals"));
    assert_eq!(animals.kind.as_deref(), Some("nav"));
    let docs = animals.external_docs.as_ref().unwrap();
    assert_eq!(
        (docs.url.as_str(), &docs.extensions["x-a"]),
        ("docs", &json!(1))
    );
    assert_eq!(dogs.parent.as_deref(), Some("animals"));
    assert_eq!(dogs.kind.as_deref(), Some("badge"));
}

#[test]
fn media_types_are_components() {
    let spec = load_operation(
        "post",
        "
      requestBody:
        content:
          application/json: {$ref: '#/components/mediaTypes/Pet'}
components:
  mediaTypes:
    Pet: {schema: {type: object}, examples: {one: {dataValue: {a: 1}, serializedValue: '{\"a\":1}'}}}
",
    );
    let body = spec.operations[0].request_body.as_ref().unwrap();
    let media = &body.content[0];
    assert_eq!(media.name, "application/json");
    assert_eq!(
        media.schema.as_ref().unwrap().pointer(),
        "/components/mediaTypes/Pet/schema"
    );
    let [example] = media.examples.as_slice() else {
        panic!("{media:?}");
    };
    let value = spec
        .document
        .root()
        .pointer(example.value.as_ref().unwrap());
    assert_eq!(value, Some(&json!({"a": 1})));
    assert_eq!(example.serialized.as_deref(), Some(r#"{"a":1}"#));
    assert!(spec.diagnostics.is_empty());
}

#[test]
fn a_discriminator_has_a_mapping_for_all_others() {
    let spec = load(
        "paths: {}
components:
  schemas:
    Pet:
      oneOf: [{$ref: '#/components/schemas/Cat'}]
      discriminator: {propertyName: kind, defaultMapping: Cat}
    Cat: {type: object, xml: {nodeType: element}}
",
    );
    let root = spec.document.root();
    let mapping = root.pointer("/components/schemas/Pet/discriminator/defaultMapping");
    assert_eq!(mapping, Some(&json!("#/components/schemas/Cat")));
    let node = root.pointer("/components/schemas/Cat/xml/nodeType");
    assert_eq!(node, Some(&json!("element")));
    assert_eq!(codes(&spec), ["B0210", "B0801"]);
}

#[test]
fn security_schemes_say_more() {
    let spec = load(
        "paths: {}
components:
  securitySchemes:
    login:
      type: oauth2
      deprecated: true
      oauth2MetadataUrl: https://example.com/metadata
      flows:
        deviceAuthorization:
          deviceAuthorizationUrl: https://example.com/device
          tokenUrl: https://example.com/token
          scopes: {read: Reads.}
",
    );
    let scheme = &spec.security_schemes["login"];
    assert!(scheme.is_deprecated);
    let SecuritySchemeKind::OAuth2 {
        flows,
        metadata_url,
    } = &scheme.kind
    else {
        panic!("{scheme:?}");
    };
    assert_eq!(
        metadata_url.as_deref(),
        Some("https://example.com/metadata")
    );
    let flow = &flows["deviceAuthorization"];
    assert_eq!(
        flow.device_authorization_url.as_deref(),
        Some("https://example.com/device")
    );
    assert_eq!(flow.scopes["read"], "Reads.");
}

#[test]
fn servers_have_names() {
    let spec = load("servers: [{url: 'https://example.com', name: main}]\npaths: {}\n");
    assert_eq!(spec.servers[0].name.as_deref(), Some("main"));
}

#[test]
fn requirements_name_schemes_by_uri() {
    let entry = format!(
        "{HEAD}security:
  - '#/components/securitySchemes/key': []
  - './schemes.yaml#/components/securitySchemes/login': [read]
paths: {{/a: {{get: {{operationId: a}}}}}}
components:
  securitySchemes:
    key: {{type: apiKey, name: k, in: query}}
"
    );
    let schemes = format!(
        "{HEAD}components:
  securitySchemes:
    login:
      type: openIdConnect
      openIdConnectUrl: https://example.com
"
    );
    let files = [("openapi.yaml", &*entry), ("schemes.yaml", &*schemes)];
    let spec = load_spec(folder("requirements", &files).join("openapi.yaml")).unwrap();
    let named: Vec<_> = spec.operations[0]
        .security
        .iter()
        .flat_map(|requirement| &requirement.schemes)
        .map(|(name, scopes)| (name.as_str(), scopes.len()))
        .collect();
    assert_eq!(named, [("key", 0), ("login", 1)]);
    assert!(spec.security_schemes.contains_key("login"));
    assert!(spec.diagnostics.is_empty(), "{:?}", spec.diagnostics);
}

/// The schema that a reference in the entry document leads to, by the files there are.
fn found(
    name: &str,
    head: &str,
    reference: &str,
    files: &[(&str, &str)],
) -> Result<String, String> {
    let entry = format!(
        "{HEAD}{head}paths: {{}}\ncomponents: {{schemas: {{Own: {{title: own}}, Pet: {{$ref: '{reference}'}}}}}}\n"
    );
    let mut all = vec![("openapi.yaml", entry.as_str())];
    all.extend(files);
    match load_spec(folder(name, &all).join("openapi.yaml")) {
        Ok(spec) => {
            let pet = &spec.document.root()["components"]["schemas"]["Pet"]["$ref"];
            let pointer = pet.as_str().unwrap().strip_prefix('#').unwrap();
            let title = &spec.document.root().pointer(pointer).unwrap()["title"];
            Ok(title.as_str().unwrap().to_owned())
        }
        Err(error) => Err(error.errors().next().unwrap().code.to_owned()),
    }
}

#[test]
fn references_are_relative_to_what_a_document_calls_itself() {
    let own = "$self: https://example.com/api/openapi.yaml\n";
    let files = [
        ("pet.yaml", "{title: beside}\n"),
        ("models/pet.yaml", "{title: below}\n"),
    ];
    let ok = |title: &str| Ok(title.to_owned());
    let refused = |code: &str| Err(code.to_owned());
    for (head, reference, title) in [
        // Itself, by its whole name, a relative one, and none.
        (
            own,
            "https://example.com/api/openapi.yaml#/components/schemas/Own",
            ok("own"),
        ),
        (own, "openapi.yaml#/components/schemas/Own", ok("own")),
        (
            own,
            "../api/openapi.yaml#/components/schemas/Own",
            ok("own"),
        ),
        (own, "#/components/schemas/Own", ok("own")),
        // Files stand to each other as their URIs do.
        (own, "pet.yaml", ok("beside")),
        (own, "https://example.com/api/pet.yaml", ok("beside")),
        (own, "https://example.com/api/models/pet.yaml", ok("below")),
        // What lies elsewhere is never asked for.
        (own, "https://example.com/pet.yaml", refused("B0404")),
        (own, "https://example.org/api/pet.yaml", refused("B0404")),
        (own, "../pet.yaml", refused("B0403")),
        // A document may say that it stands in another folder.
        ("$self: models/openapi.yaml\n", "pet.yaml", ok("below")),
        ("$self: models/openapi.yaml\n", "../pet.yaml", ok("beside")),
        (
            "$self: models/openapi.yaml\n",
            "openapi.yaml#/components/schemas/Own",
            ok("own"),
        ),
        ("$self: ../openapi.yaml\n", "pet.yaml", refused("B0403")),
        ("$self: /api/openapi.yaml\n", "pet.yaml", ok("beside")),
        (
            "$self: /api/openapi.yaml\n",
            "/api/openapi.yaml#/components/schemas/Own",
            ok("own"),
        ),
        ("", "https://example.com/api/pet.yaml", refused("B0404")),
    ] {
        assert_eq!(
            found("self", head, reference, &files),
            title,
            "{head}{reference}"
        );
    }
}

/// The name of another document is known as soon as any reference has led to its file.
#[test]
fn documents_are_found_by_what_they_call_themselves() {
    let other = format!(
        "{HEAD}$self: https://example.org/other\ncomponents:\n  schemas:\n    Cat: {{title: cat}}\n    \
         Dog: {{$ref: 'https://example.org/other#/components/schemas/Cat'}}\n"
    );
    let files = [("other.yaml", other.as_str())];
    let by_name = "https://example.org/other#/components/schemas/Cat";
    let led = "webhooks: {w: {$ref: 'other.yaml#/components/pathItems/W'}}\n";
    let other_with_item = format!("{other}  pathItems: {{W: {{}}}}\n");
    let led_files = [("other.yaml", other_with_item.as_str())];
    assert_eq!(found("named", led, by_name, &led_files), Ok("cat".into()));
    assert_eq!(found("unled", "", by_name, &files), Err("B0404".into()));
    let dog = "other.yaml#/components/schemas/Dog";
    let entry = format!("{HEAD}paths: {{}}\ncomponents: {{schemas: {{Pet: {{$ref: '{dog}'}}}}}}\n");
    let all = [("openapi.yaml", entry.as_str()), files[0]];
    let spec = load_spec(folder("dog", &all).join("openapi.yaml")).unwrap();
    let dog = &spec.document.root()["components"]["schemas"]["Dog"];
    assert_eq!(dog["$ref"], "#/components/schemas/Cat");
}

#[test]
fn a_document_says_what_it_calls_itself() {
    let spec = load("$self: https://example.com/api\npaths: {}\n");
    assert_eq!(spec.self_uri.as_deref(), Some("https://example.com/api"));
}

/// A response and an example are described anew beside a reference to them.
#[test]
fn what_stands_beside_a_reference_holds() {
    let spec = load_operation(
        "get",
        "
      responses:
        '200': {$ref: '#/components/responses/Done', summary: Here, description: There.}
components:
  responses: {Done: {summary: Done, description: Done.}}
",
    );
    let response = &spec.operations[0].responses[0];
    assert_eq!(response.summary.as_deref(), Some("Here"));
    assert_eq!(response.description, "There.");
}
