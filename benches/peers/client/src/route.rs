//! What is asked, and what must come back.

/// One of the routes that every server has.
pub(crate) struct Route {
    name: &'static str,
    request: &'static str,
    answer: &'static str,
}

/// The heads are as short as those of wrk: a request line and a host.
static ROUTES: [Route; 5] = [
    Route {
        name: "plaintext",
        request: "GET /plaintext HTTP/1.1\r\nHost: localhost:8080\r\n\r\n",
        answer: "Hello, World!",
    },
    Route {
        name: "json",
        request: "GET /json HTTP/1.1\r\nHost: localhost:8080\r\n\r\n",
        answer: r#"{"message":"Hello, World!"}"#,
    },
    Route {
        name: "params",
        request: "GET /users/12345/posts/67890 HTTP/1.1\r\nHost: localhost:8080\r\n\r\n",
        answer: r#"{"id":12345,"post_id":67890}"#,
    },
    Route {
        name: "echo",
        request: "POST /echo HTTP/1.1\r\nHost: localhost:8080\r\nContent-Type: application/octet-stream\r\nContent-Length: 16\r\n\r\n0123456789abcdef",
        answer: "0123456789abcdef",
    },
    Route {
        name: "order",
        request: concat!(
            "POST /orders HTTP/1.1\r\nHost: localhost:8080\r\n",
            "Content-Type: application/json\r\nContent-Length: 445\r\n\r\n",
            r#"{"id":"0c3f9a52-7d0b-4c8e-9f7e-3a1d2b4c5d6e","customer":"Ada Lovelace","email":"ada@example.com","express":true,"address":{"street":"Bundesplatz 3","city":"Bern","zip":"3005","country":"CH"},"lines":[{"sku":"tea-green-100","quantity":2,"price":1250},{"sku":"cup-blue-small","quantity":4,"price":900},{"sku":"kettle-steel-15","quantity":1,"price":5990},{"sku":"spoon-wood","quantity":12,"price":150},{"sku":"tray-oak","quantity":1,"price":2999}]}"#
        ),
        answer: r#"{"id":"0c3f9a52-7d0b-4c8e-9f7e-3a1d2b4c5d6e","lines":5,"total":16889}"#,
    },
];

impl Route {
    /// The route that is called so.
    pub(crate) fn named(name: &str) -> Result<&'static Self, String> {
        ROUTES
            .iter()
            .find(|route| route.name == name)
            .ok_or_else(|| format!("unknown route {name}; there are plaintext, json, params, echo, order"))
    }

    /// One request, as it goes over the wire.
    pub(crate) fn request(&self) -> &'static [u8] {
        self.request.as_bytes()
    }

    /// Whether `body` is the right answer.
    pub(crate) fn check(&self, body: &[u8]) -> Result<(), String> {
        if body == self.answer.as_bytes() {
            return Ok(());
        }
        Err(format!(
            "{} answered {:?} instead of {:?}",
            self.name,
            String::from_utf8_lossy(body),
            self.answer
        ))
    }
}
