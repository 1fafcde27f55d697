//! The door: routes, callers, problems, events. Reads, runs one domain verb, answers.

mod embed;
pub mod problem;

/// The API's description (OpenAPI 3.1), as pretty JSON.
pub fn openapi() -> String {
    todo!()
}
