//! Jobs: queued work. The rows are the truth; order is computed; a job may run twice and must not mind.

pub mod job;
pub mod lane;
pub mod orders;
pub(crate) mod queue;
pub(crate) mod row;
pub mod sheet;
pub(crate) mod turns;

pub use job::{Job, JobState, Preview, Trouble, Waiting};
pub use orders::{Estimate, cancel, estimate, get, list, order, order_grid, preview};
pub use sheet::sheet;
