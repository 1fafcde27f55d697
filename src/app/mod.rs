//! Assembly and life: configuration, building the studio, serving, health.

pub mod addresses;
pub mod config;
pub mod log;

mod der;
mod device;
mod disk;
mod note;
mod tls;

pub mod doctor;
pub mod shelf;

mod build;
mod chores;
mod house;
mod loopback;

pub mod open;
pub mod serve;
