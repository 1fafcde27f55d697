//! Every integration test in one binary: one link step, one list.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that fails here says where and why")]

mod support;

mod access;
mod authority;
mod blobs;
mod cli;
mod clip_files;
mod clips;
mod door;
mod grids;
mod hands;
mod house;
mod imports;
mod keys;
mod live;
mod lora;
mod models_in_turn;
mod packages;
mod pictures;
mod pipelines;
mod power_loss;
mod queue;
mod quiet_log;
mod resuming;
mod rewrites;
mod routes;
mod rows;
mod runtimes;
mod sealed_models;
mod search;
mod serving;
mod short_of_memory;
mod strays;
mod streams;
mod traces;
mod upscaling;
