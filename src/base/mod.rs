//! What every floor stands on: ids, time, chance, checked text, pages, units, secrets.

pub mod clock;
pub mod entropy;
pub mod id;
pub mod page;
pub mod secret;
pub mod text;
pub mod units;
