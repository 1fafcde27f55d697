//! What every request finds behind the door: the studio, the house it runs in, and whether it is about to end.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::web::Data;
use tokio::sync::watch;

use super::problem::Problem;
use crate::domain::health::{Check, Facts};
use crate::domain::studio::Studio;

/// What only the floor above knows of the machine and its certificate.
pub trait House: Send + Sync {
    /// What to type into a browser, best first.
    fn addresses(&self) -> Vec<String>;
    /// The authority people install once; none when the certificate is the house's own.
    fn authority(&self) -> Option<TrustAnchor>;
    /// SHA-256 of what the browser should be compared with.
    fn fingerprint(&self) -> String;
    /// Slow: looks at disks and devices.
    fn facts(&self) -> Facts;
    fn checks(&self) -> Vec<Check>;
}

/// The studio's own certificate authority, as files carry it.
#[derive(Clone)]
pub struct TrustAnchor {
    pub der: Vec<u8>,
    pub pem: String,
}

pub struct Door {
    pub studio: Studio,
    pub house: Arc<dyn House>,
    /// Turns true when the server is about to end: long answers stop by themselves.
    pub ending: watch::Receiver<bool>,
    /// The port of HTTPS, for redirects from plain HTTP.
    pub port: u16,
}

impl Door {
    pub(super) fn of(request: &HttpRequest) -> Result<Arc<Door>, Problem> {
        let door = request.app_data::<Data<Door>>().map(|door| Arc::clone(door));
        door.ok_or_else(|| Problem::crashed("the server was built without its door"))
    }
}
