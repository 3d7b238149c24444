//! OpenAPI documents as one normalised, located model.
