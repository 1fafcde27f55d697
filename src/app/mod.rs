//! Assembly and life: configuration, building the studio, serving, health.

pub mod addresses;
pub mod config;
pub mod doctor;
pub mod log;
pub mod open;
pub mod serve;
pub mod shelf;
