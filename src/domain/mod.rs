//! What the studio means: people, recipes, jobs, renders, and who may do what. Synchronous.
//!
//! A verb takes the [`act::Act`] first. Changes go through `Act::change`: access, edit, audit line and
//! commit in one transaction. Nobody above this floor can name a write transaction.

pub mod access;
pub mod act;
pub mod audit;
pub mod error;
mod event;
pub mod feed;
mod house;
pub mod listening;
pub mod stamp;
mod trouble;

pub mod setup;
pub mod studio;

pub mod accounts;
pub mod invitations;
pub mod members;
pub mod sessions;
pub mod settings;
mod throttle;
pub mod tokens;
pub mod workspaces;

pub mod captions;
mod files;
mod tile;
mod works;

pub mod assets;
mod bin;
pub mod find;
pub mod gallery;
pub mod health;
pub mod jobs;
pub mod models;
pub mod recipes;
pub mod renders;
pub mod rewrites;
pub mod samples;
pub mod wholeness;

pub use error::{Error, Kind, Result};
