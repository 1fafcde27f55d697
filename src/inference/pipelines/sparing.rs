//! Pictures in short memory: one that does not fit beside the text encoders is begun once more without them.

use crate::inference::error::{Error, Result};
use crate::inference::order::{Made, Order, Watch};

pub(super) trait Sparing {
    /// Whether memory was short once. From then on the text encoders are in it only while they are asked.
    fn short(&mut self) -> &mut bool;

    /// Draws the picture; where memory is `short`, as sparingly as it can.
    fn draw(&mut self, order: &Order, watch: &mut dyn Watch) -> Result<Made>;

    fn draw_or_spare(&mut self, order: &Order, watch: &mut dyn Watch) -> Result<Made> {
        match self.draw(order, watch) {
            // What the encoders said is remembered.
            Err(Error::OutOfMemory { .. }) if !*self.short() => {
                *self.short() = true;
                self.draw(order, watch)
            }
            made => made,
        }
    }
}
