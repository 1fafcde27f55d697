//! The hands: worker processes that render, and the queue that feeds them.
//!
//! `worker` is the child's side (`dreamomni2 worker`), `hands` the parent's; both speak `protocol` over a socket pair.

pub mod error;
pub mod hands;
pub mod protocol;
pub mod worker;

pub use error::{Error, Result};
pub use hands::{Canceller, Start, Worker};
