//! What the studio calls itself and how people reach a human.

use serde::{Deserialize, Serialize};

use super::act::Act;
use super::error::Result;
use crate::base::text::Name;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    pub studio_name: Name,
    pub contact: String,
}

pub fn get(_act: &Act) -> Result<Settings> {
    todo!()
}

pub fn change(_act: &Act, _studio_name: Option<&str>, _contact: Option<&str>) -> Result<Settings> {
    todo!()
}
