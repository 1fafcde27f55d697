//! What could keep the studio from working, each with a reason and a fix; the Health page shows the same list.

use serde::Serialize;
use utoipa::ToSchema;

use super::config::Config;

/// How bad a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Ok,
    Warn,
    Fail,
}

/// One thing looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Check {
    pub id: &'static str,
    pub level: Level,
    pub reason: String,
    /// One sentence or command that helps; empty when all is well.
    pub fix: String,
}

/// Looks at everything that can be seen without unlocking.
pub fn checks(config: &Config) -> Vec<Check> {
    let _ = config;
    todo!()
}
