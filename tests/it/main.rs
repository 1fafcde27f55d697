//! Every integration test in one binary: one link step, one list.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that fails here says where and why")]

mod support;

mod access;
mod authority;
mod blobs;
mod cli;
mod clips;
mod door;
mod hands;
mod house;
mod keys;
mod packages;
mod pictures;
mod pipelines;
mod power_loss;
mod queue;
mod routes;
mod rows;
mod search;
mod streams;
mod traces;
