//! Compare two OpenAPI documents by what they mean.
