//! People: who they are, how they prove it, what they chose.

pub mod account;
pub mod profile;
pub mod signing;

pub use account::{Account, Bindings, NewAccount};
pub use profile::{Belonging, Me, ProfileChange, change_password, change_profile, list, me};
pub use signing::{SignedIn, sign_in};
