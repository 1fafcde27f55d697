//! Why work that nobody waited for did not succeed: kept with it until somebody looks.

use serde::{Deserialize, Serialize};

/// A stable code and a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    pub code: String,
    pub sentence: String,
}
