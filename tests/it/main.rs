//! Every integration test in one binary: one link step, one list.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that fails here says where and why")]

mod support;

mod authority;
mod blobs;
mod access;
mod cli;
mod clips;
mod door;
mod hands;
mod keys;
mod packages;
mod house;
mod pictures;
mod pipelines;
mod power_loss;
mod routes;
mod queue;
mod rows;
mod search;
mod streams;
mod traces;
