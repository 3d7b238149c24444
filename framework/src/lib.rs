//! An HTTP server framework whose route table is an OpenAPI document.
