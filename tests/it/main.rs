//! Every integration test in one binary: one link step, one list.

mod support;

mod power_loss;
mod rows;
mod clips;
mod pictures;
