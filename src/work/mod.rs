//! The hands: worker processes that render, and the queue that feeds them.
//!
//! `worker` is the child's side (`dreamomni2 worker`), `hands` the parent's; both speak `protocol` over a socket pair.
//! `queue` takes jobs from the domain's table and has them done.

pub mod confine;
pub mod error;
pub mod hands;
pub mod protocol;
pub mod queue;
pub mod worker;

mod craft;
mod order;
mod stops;

pub use error::{Error, Result};
pub use hands::{Start, Worker};
pub use queue::Queue;
