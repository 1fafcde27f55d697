//! The first run's code and form; the code is one-use, short-lived, and can be renewed by another process.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::accounts::account::NewAccount;
use super::accounts::signing::SignedIn;
use super::error::{Error, Result};
use crate::base::clock::{Clock, Moment};
use crate::base::entropy::Entropy;
use crate::base::id::WorkspaceId;
use crate::base::secret::Secret;
use crate::crypto::{equal, token};

const OPEN_FOR: Duration = Duration::from_mins(30);

/// How the studio is to be unlocked.
#[derive(Clone, Debug)]
pub enum Method {
    Passphrase(Secret),
    /// A key file beside the data opens it at every start.
    KeyFile,
}

/// All that the first run asks for.
#[derive(Clone, Debug)]
pub struct Order {
    pub code: Secret,
    pub studio_name: String,
    /// How people reach a human: an address, a telephone number, a room.
    pub contact: String,
    pub owner: NewAccount,
    pub unlock: Method,
    pub workspace_name: String,
}

pub struct Done {
    /// Shown once, never stored.
    pub recovery_key: Secret,
    pub workspace: WorkspaceId,
    pub signed_in: SignedIn,
}

/// What is kept of a code: nothing that would let anybody in.
#[derive(Serialize, Deserialize)]
struct Kept {
    hash: [u8; 32],
    expires: i64,
}

fn place(data: &Path) -> PathBuf {
    data.join("run").join("setup-code")
}

/// Makes a new code (`abcd-efgh`, 30 minutes), also from another process: only its hash is kept in DATA/run.
pub fn renew_code(data: &Path, clock: &Clock, entropy: &Entropy) -> Result<Secret> {
    let letters: String = token::code(entropy).reveal().chars().filter(|c| *c != '-').take(8).collect();
    let (a, b) = letters.split_at(4);
    let code = Secret::new(format!("{a}-{b}"));
    let kept = Kept { hash: token::digest(&plain(&code)), expires: clock.now().plus(OPEN_FOR).0 };
    let json = serde_json::to_vec(&kept).map_err(|e| Error::Broken(e.to_string()))?;
    let place = place(data);
    let fresh = place.with_extension("new");
    let write = || -> std::io::Result<()> {
        fs::create_dir_all(data.join("run"))?;
        let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
        file.write_all(&json)?;
        fs::rename(&fresh, &place)
    };
    write().map_err(|e| Error::Broken(format!("the set-up code could not be written to {}: {e}", place.display())))?;
    Ok(code)
}

/// Typed in capitals, with or without the hyphen, it is the same code.
fn plain(code: &Secret) -> String {
    code.reveal().chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Whether this is the code, and still in time.
pub(crate) fn check_code(data: &Path, code: &Secret, now: Moment) -> Result<()> {
    let kept = fs::read(place(data)).ok().and_then(|json| serde_json::from_slice::<Kept>(&json).ok());
    let right = kept.is_some_and(|kept| kept.expires > now.0 && equal(&kept.hash, &token::digest(&plain(code))));
    if right {
        return Ok(());
    }
    Err(Error::Invalid {
        field: "code",
        code: "setup_code_wrong",
        sentence: "This is not the set-up code, or it is older than 30 minutes. \
                   Run `dreamomni2 setup-url` on the server for a new one"
            .to_owned(),
    })
}

/// Used: it will not be accepted again.
pub(crate) fn spend_code(data: &Path) {
    // Should it stay, the sealed marker refuses a second set-up all the same.
    let _ = fs::remove_file(place(data));
}
