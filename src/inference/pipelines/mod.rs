//! How each family of models makes pictures: every pipeline puts stages together and shares what it can.

mod limits;
pub(crate) mod scene;
pub(crate) mod stages;
