//! The API that the tests wrap.

use brrtrouter::AppServiceBuilder;
use brrtrouter::prelude::*;
use brrtrouter_spec::Loader;

const DOCUMENT: &str = r#"
openapi: 3.1.0
info: {title: wrapped, version: '1'}
paths:
  /things/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get: {operationId: getThing, responses: {'200': {description: ok}}}
    put:
      operationId: putThing
      requestBody: {content: {application/json: {schema: {type: object}}}}
      responses: {'200': {description: ok}}
  /secret:
    get:
      operationId: secret
      security: [{key: []}]
      responses: {'200': {description: ok}}
  /panic:
    get: {operationId: panics, responses: {'200': {description: ok}}}
  /text:
    get: {operationId: text, responses: {'200': {description: ok}}}
components:
  securitySchemes: {key: {type: apiKey, in: header, name: x-key}}
"#;

/// The key of `secret`.
pub(crate) const KEY: &str = "sesame-sesame-sesame";

/// A text worth compressing.
pub(crate) fn long_text() -> String {
    "All work and no play makes a dull text. ".repeat(200)
}

/// A few operations; `panics` does, and `secret` needs a key.
pub(crate) fn api() -> AppServiceBuilder {
    let spec = Loader::new().load_str(DOCUMENT, "wrapped.yaml");
    AppService::builder(spec.expect("the document loads"))
        .handler("getThing", |Path(id): Path<u64>| format!("thing {id}"))
        .handler("putThing", |Path(id): Path<u64>| format!("put {id}"))
        .handler("secret", |who: Identity| who.subject().to_owned())
        .handler("panics", || -> NoContent { panic!("on purpose") })
        .handler("text", long_text)
        .security("key", ApiKeys::new([("owner", KEY)]).expect("a good key"))
}
