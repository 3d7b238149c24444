use brrtrouter_spec::Spec;
use brrtrouter_transport::{HeaderLine, Response, Status};
use bytes::Bytes;
use serde_json::{Value, json};
use swagger_ui_redist::SwaggerUi;

use crate::operations::document_page::Written;
use crate::operations::{Endpoint, Visit};
use crate::problem::Problem;
use crate::reply::{IntoResponse as _, Redirect};

/// A page to read the document and to try its operations, which needs nothing from elsewhere: Swagger
/// UI, from a package, with a policy that lets the browser talk to this server alone.
///
/// Operations are tried on the server that the page comes from, whatever `servers` the document names.
#[derive(Debug, Clone)]
pub struct DocsPage {
    base: String,
}

impl DocsPage {
    /// A page that tries operations at the root of this server.
    pub fn new() -> Self {
        Self {
            base: "/".to_owned(),
        }
    }

    /// The same where the document's paths are found below `path`.
    pub fn base(mut self, path: impl Into<String>) -> Self {
        self.base = path.into();
        self
    }
}

impl Default for DocsPage {
    fn default() -> Self {
        Self::new()
    }
}

impl Endpoint for DocsPage {
    fn answer(&self, _visit: Visit<'_, '_>, _response: &mut Response) -> Result<(), Problem> {
        Err(Problem::new(Status::NOT_FOUND).with_detail("there is no document here"))
    }

    fn reaches_below(&self) -> bool {
        true
    }

    fn for_document(&self, spec: &Spec) -> Option<Box<dyn Endpoint>> {
        Some(Box::new(Site::new(spec, &self.base)))
    }
}

/// The files of the page over one document.
struct Site {
    files: Vec<(&'static str, Written)>,
}

const HTML: HeaderLine = HeaderLine::from_static("content-type: text/html; charset=utf-8\r\n");
const SCRIPT: HeaderLine =
    HeaderLine::from_static("content-type: text/javascript; charset=utf-8\r\n");
const STYLE: HeaderLine = HeaderLine::from_static("content-type: text/css; charset=utf-8\r\n");
const JSON: HeaderLine = HeaderLine::from_static("content-type: application/json\r\n");

/// Swagger UI draws with inline styles and pictures in `data:` addresses.
const POLICY: HeaderLine = HeaderLine::from_static(
    "content-security-policy: default-src 'none'; script-src 'self'; \
     style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n",
);

const START: &str = "window.addEventListener('load', function () {
  window.ui = SwaggerUIBundle({
    url: 'openapi.json',
    dom_id: '#swagger-ui',
    deepLinking: true,
    validatorUrl: null,
    presets: [SwaggerUIBundle.presets.apis],
  });
});
";

impl Site {
    fn new(spec: &Spec, base: &str) -> Self {
        let mut document = spec.document.root().clone();
        move_to(&mut document, base);
        let mut files = vec![
            ("", Written::new(HTML, page(&spec.title).into_bytes())),
            (
                "openapi.json",
                Written::new(JSON, document.to_string().into_bytes()),
            ),
            (
                "start.js",
                Written::new(SCRIPT, Bytes::from_static(START.as_bytes())),
            ),
        ];
        for (file, content) in SwaggerUi::static_files() {
            let written = match file.file_name() {
                "swagger-ui-bundle.js" => ("swagger-ui-bundle.js", SCRIPT),
                "swagger-ui.css" => ("swagger-ui.css", STYLE),
                _ => continue,
            };
            let (name, content_type) = written;
            let content = Bytes::from_static(content);
            files.push((name, Written::new(content_type, content)));
        }
        Self { files }
    }
}

/// Puts the servers of the document, of its paths and of its operations aside for `base`.
fn move_to(document: &mut Value, base: &str) {
    if let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) {
        for item in paths.values_mut().filter_map(Value::as_object_mut) {
            item.remove("servers");
            for operation in item.values_mut().filter_map(Value::as_object_mut) {
                operation.remove("servers");
            }
        }
    }
    if let Some(members) = document.as_object_mut() {
        members.insert("servers".to_owned(), json!([{ "url": base }]));
    }
}

fn page(title: &str) -> String {
    let mut escaped = String::new();
    for one in title.chars() {
        match one {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            one => escaped.push(one),
        }
    }
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{escaped}</title>\n\
         <link rel=\"icon\" href=\"data:,\">\n\
         <link rel=\"stylesheet\" href=\"swagger-ui.css\">\n\
         <div id=\"swagger-ui\"></div>\n\
         <script src=\"swagger-ui-bundle.js\"></script>\n\
         <script src=\"start.js\"></script>\n</html>\n"
    )
}

impl Endpoint for Site {
    fn answer(&self, mut visit: Visit<'_, '_>, response: &mut Response) -> Result<(), Problem> {
        visit.expect_get()?;
        let Some(name) = visit.below().strip_prefix('/') else {
            // The files stand beside the page, so its address has to end in a slash.
            let target = visit.request().target;
            return Redirect::into_folder(target).into_response(response);
        };
        let file = self.files.iter().find(|(own, _)| *own == name);
        let Some((_, written)) = file else {
            return Err(Problem::not_found("the documentation has no such file"));
        };
        response.headers_mut().push_line(&POLICY);
        written.answer(visit, response)
    }
}
