//! Every integration test in one binary: one link step, one list.

mod support;

mod authority;
mod blobs;
mod cli;
mod clips;
mod hands;
mod keys;
mod packages;
mod pictures;
mod pipelines;
mod power_loss;
mod routes;
mod rows;
mod search;
mod streams;
