//! What every family of models can do once it is loaded.

use super::error::Result;
use super::order::{Made, Order, Watch};

/// A loaded model: carries out one order after the other.
pub trait Pipeline {
    fn run(&mut self, order: &Order, watch: &mut dyn Watch) -> Result<Made>;
}
