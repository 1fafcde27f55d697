//! Walks a sample from noise to picture. Pure arithmetic: no model, no device, no clock; the numbers of diffusers 0.42.

mod choose;
mod config;
mod ddim;
mod dpm;
mod euler;
mod flow_euler;
mod heun;
mod lcm;
mod pndm;
mod scheduler;
mod solver;
mod spacing;
mod training;
mod unipc;

#[cfg(test)]
mod numbers;

pub(crate) use choose::{Plan, choose, expect_usable, is_flow, offered};
pub(crate) use config::Config;
pub(crate) use flow_euler::FlowEuler;
pub(crate) use scheduler::Scheduler;
