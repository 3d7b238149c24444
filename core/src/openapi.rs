//! What routing needs of a document's `servers`.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};

use brrtrouter_spec::model::Server;

/// The path of a server's URL, variables at their defaults, without a slash at its end.
pub(crate) fn server_path(server: &Server) -> String {
    let mut url = server.url.clone();
    for (name, variable) in &server.variables {
        let mut placeholder = String::from("{");
        placeholder.push_str(name);
        placeholder.push('}');
        url = url.replace(&placeholder, &variable.default);
    }
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |slash| &rest[slash..]),
        None => match url.strip_prefix("//") {
            Some(rest) => rest.find('/').map_or("", |slash| &rest[slash..]),
            None => url.as_str(),
        },
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let path = path.trim_end_matches('/');
    if path.is_empty() || path == "." {
        return String::new();
    }
    match path.strip_prefix("./") {
        Some(rest) => "/".to_owned() + rest,
        None if path.starts_with('/') => path.to_string(),
        None => "/".to_owned() + path,
    }
}
