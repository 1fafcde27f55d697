//! Every integration test in one binary: one link step, one list.

mod support;

mod cli;
mod clips;
mod hands;
mod pictures;
mod pipelines;
mod power_loss;
mod rows;
mod search;
mod blobs;
mod keys;
mod power_loss;
mod rows;
mod streams;
