//! A service made of a few lines of a document, and requests to it in process.

use brrtrouter::{AppService, AppServiceBuilder, Response};
use brrtrouter_spec::Loader;
use brrtrouter_transport::body::BufferedBody;
use brrtrouter_transport::{Body, Field, Request, Service};
use serde_json::Value;

/// A builder over a document with these paths and components, in YAML.
pub(crate) fn api(paths: &str) -> AppServiceBuilder {
    let document = format!("openapi: 3.1.0\ninfo: {{title: t, version: '1'}}\n{paths}");
    let spec = Loader::new().load_str(&document, "api.yaml");
    AppService::builder(spec.expect("the document loads"))
}

/// An answer, read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content: Vec<u8>,
    pub(crate) fields: Vec<(String, String)>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.content.clone()).expect("the content is UTF-8")
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.content).expect("the content is JSON")
    }

    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        let (_, value) = fields.find(|(own, _)| own.eq_ignore_ascii_case(name))?;
        Some(value)
    }

    /// The violations as `place rule`, a place being a pointer or a parameter.
    pub(crate) fn violations(&self) -> Vec<String> {
        let problem = self.json();
        let listed = problem["errors"].as_array().cloned().unwrap_or_default();
        let mut all: Vec<String> = listed
            .iter()
            .map(|one| {
                let at = one["pointer"].as_str().or(one["parameter"].as_str());
                let at = at.expect("a violation has a place");
                format!("{at} {}", one["rule"].as_str().expect("and a rule"))
            })
            .collect();
        all.sort();
        all
    }
}

/// Sends one request with these fields.
pub(crate) fn send(
    service: &AppService,
    method: &str,
    target: &str,
    fields: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    let fields: Vec<Field<'_>> = fields
        .iter()
        .map(|(name, value)| Field {
            name,
            value: value.as_bytes(),
        })
        .collect();
    let mut source = BufferedBody::new(body);
    let body = Body::new(&mut source, 1 << 20);
    let mut response = Response::new();
    let mut request = Request::new(method, target, &fields, body);
    service.call(&mut request, &mut response);
    Answer {
        status: response.status().code(),
        content: response.content().unwrap_or_default().to_vec(),
        fields: response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
    }
}

pub(crate) fn get(service: &AppService, target: &str) -> Answer {
    send(service, "GET", target, &[], b"")
}

/// Posts content of a media type.
pub(crate) fn post(service: &AppService, target: &str, kind: &str, body: &[u8]) -> Answer {
    send(service, "POST", target, &[("content-type", kind)], body)
}
