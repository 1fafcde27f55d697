//! Every integration test in one binary: one link step, one list.

mod support;

mod clips;
mod pictures;
mod cli;
mod power_loss;
mod rows;
mod pipelines;
