//! The door: routes, callers, problems, events. Reads, runs one domain verb, answers.
//!
//! `routes` is the list of all addresses and whom they answer. A request passes `frame` (request number, headers,
//! shape of errors), then its gate in `caller`, then one handler in `api`, which runs one domain verb.

pub mod door;
pub mod problem;

mod schemas;

mod body;
mod caller;
mod media;

pub mod api;
mod description;
mod embed;
mod events;
mod openapi;

mod frame;
mod host;
mod plain;
mod trust;

pub mod routes;
pub mod server;

pub use door::{Door, House, TrustAnchor};
pub use openapi::text as openapi;
pub use server::serve;
