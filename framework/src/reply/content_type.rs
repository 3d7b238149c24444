//! The content types that the framework itself writes.

use brrtrouter_transport::HeaderLine;

pub(crate) const JSON: HeaderLine = HeaderLine::from_static("content-type: application/json\r\n");
pub(crate) const PROBLEM: HeaderLine =
    HeaderLine::from_static("content-type: application/problem+json\r\n");
pub(crate) const TEXT: HeaderLine =
    HeaderLine::from_static("content-type: text/plain; charset=utf-8\r\n");
pub(crate) const OCTETS: HeaderLine =
    HeaderLine::from_static("content-type: application/octet-stream\r\n");
pub(crate) const EVENTS: HeaderLine =
    HeaderLine::from_static("content-type: text/event-stream\r\n");
