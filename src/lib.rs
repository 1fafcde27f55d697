//! DreamOmni2 Studio: pictures and clips from words and references, made and kept inside the house.
//!
//! Floors, from the ground up; a room names only rooms of lower floors (see ARCHITECTURE.md).
pub mod base;

pub mod crypto;
pub mod media;

pub mod inference;
pub mod search;
pub mod store;

pub mod domain;

pub mod http;
pub mod work;

pub mod app;
pub mod cli;
