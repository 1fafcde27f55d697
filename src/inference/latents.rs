//! A block of numbers with its shape: what a pipeline carries from step to step.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Latents {
    pub shape: Vec<usize>,
    pub values: Vec<f32>,
}

impl Latents {
    /// None when the shape does not hold exactly that many values.
    pub fn new(shape: impl Into<Vec<usize>>, values: Vec<f32>) -> Option<Self> {
        let shape = shape.into();
        (shape.iter().product::<usize>() == values.len()).then_some(Latents { shape, values })
    }

    pub fn zeros(shape: impl Into<Vec<usize>>) -> Self {
        let shape = shape.into();
        let values = vec![0.0; shape.iter().product()];
        Latents { shape, values }
    }

    pub fn all_finite(&self) -> bool {
        self.values.iter().all(|v| v.is_finite())
    }
}
