//! What commands do to a studio: a new set-up code, set-up without a browser, unlock, verify.

use anyhow::{Context, bail};
use serde::Serialize;
use serde_json::json;

use super::addresses::Addresses;
use super::config::Config;
use super::{build, loopback, note, tls};
use crate::base::clock::Clock;
use crate::base::entropy::Entropy;
use crate::base::secret::Secret;
use crate::crypto::FileKey;
use crate::domain::accounts::NewAccount;
use crate::domain::audit::{self, Log};
use crate::domain::studio::{self, Phase, Studio};
use crate::domain::wholeness::{self, Whole};
use crate::domain::{self, models, setup, workspaces};
use crate::inference::Packages;
use crate::store::keys;

/// A fresh set-up code and where to use it.
#[derive(Clone, Debug)]
pub struct SetupCode {
    pub code: String,
    pub minutes: u64,
    pub urls: Vec<String>,
    pub fingerprint: String,
}

/// Makes a new one-use set-up code; works beside a running server. Refused once the studio is set up.
pub fn new_code(config: &Config) -> anyhow::Result<SetupCode> {
    // The folder may be in use by a running server, so only the outside is looked at.
    if config.data.join("keys/marker").exists() {
        let sentence = format!("The studio in {} is set up already; a set-up cannot come back", config.data.display());
        return Err(domain::Error::Gone { code: "setup_over", sentence }.into());
    }
    let code = setup::renew_code(&config.data, &Clock::system(), &Entropy::system())?;
    let port = note::read(config).map_or(config.listen.port(), |note| note.port);
    let fingerprint = match tls::known_fingerprint(config) {
        Some(known) => known,
        // Nothing has been served yet: the certificate that will be is made now.
        None => tls::Tls::open(config, &Clock::system())?.fingerprint(),
    };
    let code = code.reveal().to_owned();
    Ok(SetupCode { code, minutes: 30, urls: Addresses::of(config).urls(port), fingerprint })
}

/// How the studio is unlocked at start.
#[derive(Clone, Debug)]
pub enum Unlock {
    Passphrase(Secret),
    KeyFile,
}

/// The answers to the set-up page, given at once.
#[derive(Clone, Debug)]
pub struct First {
    pub studio_name: String,
    pub contact: String,
    pub owner_name: String,
    pub owner_email: String,
    pub owner_password: Secret,
    pub unlock: Unlock,
    pub workspace_name: String,
}

/// Who is written down for what the terminal of the server does.
const TERMINAL: &str = "terminal";

/// Sets the studio up without a browser and answers the recovery key, to be kept on paper.
pub fn init(config: &Config, first: First) -> anyhow::Result<Secret> {
    let studio = build::studio(config)?;
    match studio.state().phase {
        Phase::Setup => {}
        Phase::Recovery(why) => bail!("the studio in {} is in recovery: {why}", config.data.display()),
        Phase::Locked | Phase::Ready => {
            let sentence = format!("The studio in {} is set up already", config.data.display());
            return Err(domain::Error::Gone { code: "setup_over", sentence }.into());
        }
    }
    let order = setup::Order {
        code: setup::renew_code(&config.data, &Clock::system(), &Entropy::system())?,
        studio_name: first.studio_name,
        contact: first.contact,
        owner: NewAccount { name: first.owner_name, email: first.owner_email, password: first.owner_password },
        unlock: match first.unlock {
            Unlock::Passphrase(passphrase) => setup::Method::Passphrase(passphrase),
            Unlock::KeyFile => setup::Method::KeyFile,
        },
        workspace_name: first.workspace_name,
    };
    Ok(studio.set_up(order, TERMINAL, TERMINAL)?.recovery_key)
}

/// What opens a locked studio.
#[derive(Clone, Debug)]
pub enum Opener {
    KeyFile,
    Passphrase(Secret),
    RecoveryKey(Secret),
}

/// Unlocks the studio that runs on this machine with this configuration.
pub fn unlock(config: &Config, with: &Opener) -> anyhow::Result<()> {
    let body = match with {
        Opener::Passphrase(secret) => json!({ "passphrase": secret.reveal() }),
        Opener::RecoveryKey(secret) => json!({ "recovery_key": secret.reveal() }),
        Opener::KeyFile => bail!("a key file is read at the start; start the studio again with the file in its place"),
    };
    let note = note::read(config).context("no studio runs with this data folder; start it with: dreamomni2 serve")?;
    loopback::post(config, note.port, "/api/v1/unlock", &body)
}

/// What opens the sealed models of a data folder; works beside a running server and changes nothing.
pub fn models_key(config: &Config, with: &Opener) -> anyhow::Result<FileKey> {
    let with = match with {
        Opener::KeyFile => keys::Unlock::KeyFile(config.key_file.clone()),
        Opener::Passphrase(secret) => keys::Unlock::Passphrase(secret.clone()),
        Opener::RecoveryKey(secret) => keys::Unlock::Recovery(secret.clone()),
    };
    Ok(keys::Keyring::unlock(&config.data.join("keys"), &with).map_err(domain::Error::from)?.models()?)
}

/// One audit chain, looked through from its first record.
#[derive(Clone, Debug, Serialize)]
pub struct Verified {
    /// `studio` or the id of a workspace.
    pub chain: String,
    pub records: u64,
    /// The number of the first record that does not fit, if any.
    pub first_bad: Option<u64>,
}

/// Checks every audit chain; the studio must not run meanwhile.
pub fn verify_audit(config: &Config, with: &Opener) -> anyhow::Result<Vec<Verified>> {
    chains(&unlocked(config, with)?)
}

/// What one workspace holds, and what of it does not open.
#[derive(Clone, Debug, Serialize)]
pub struct VerifiedWorkspace {
    pub id: String,
    #[serde(flatten)]
    pub whole: Whole,
}

/// Everything that `verify` looked at.
#[derive(Clone, Debug, Serialize)]
pub struct VerifiedFolder {
    pub chains: Vec<Verified>,
    pub workspaces: Vec<VerifiedWorkspace>,
    /// Imported packages whose files are not what was imported.
    pub damaged_models: Vec<String>,
}

impl VerifiedFolder {
    pub fn is_whole(&self) -> bool {
        self.chains.iter().all(|chain| chain.first_bad.is_none())
            && self.workspaces.iter().all(|w| w.whole.damaged.is_empty())
            && self.damaged_models.is_empty()
    }
}

/// Reads every sealed file to its end; the studio must not run meanwhile.
pub fn verify_folder(config: &Config, with: &Opener) -> anyhow::Result<VerifiedFolder> {
    let studio = unlocked(config, with)?;
    let system = studio.system()?;
    let workspaces = workspaces::all(&system)?
        .into_iter()
        .map(|id| Ok(VerifiedWorkspace { id: id.to_string(), whole: wholeness::check(&system, id)? }));
    let packages = Packages::new(Some(config.models())).unlocked(models::key(&system)?);
    let damaged_models = packages.list()?.into_iter().filter_map(|info| {
        let checked = packages.find(&info.name).and_then(|package| package.verify());
        checked.err().map(|e| format!("{}: {e}", info.name))
    });
    Ok(VerifiedFolder {
        chains: chains(&studio)?,
        workspaces: workspaces.collect::<anyhow::Result<_>>()?,
        damaged_models: damaged_models.collect(),
    })
}

/// Removes the files that no row names, of every workspace; the studio must not run meanwhile. How many there were.
pub fn remove_strays(config: &Config, with: &Opener) -> anyhow::Result<u64> {
    let system = unlocked(config, with)?.system()?;
    let mut removed = 0;
    for workspace in workspaces::all(&system)? {
        removed += wholeness::remove_strays(&system, workspace)?;
    }
    Ok(removed)
}

/// The studio of this folder, opened in this process.
fn unlocked(config: &Config, with: &Opener) -> anyhow::Result<Studio> {
    let studio = build::studio(config)?;
    if studio.state().phase == Phase::Locked {
        let with = match with {
            Opener::KeyFile => studio::Unlock::KeyFile(config.key_file.clone()),
            Opener::Passphrase(secret) => studio::Unlock::Passphrase(secret.clone()),
            Opener::RecoveryKey(secret) => studio::Unlock::Recovery(secret.clone()),
        };
        studio.unlock(&with, TERMINAL)?;
    }
    Ok(studio)
}

fn chains(studio: &Studio) -> anyhow::Result<Vec<Verified>> {
    let system = studio.system()?;
    let mut chains = vec![("studio".to_owned(), Log::Studio)];
    chains.extend(workspaces::all(&system)?.into_iter().map(|w| (w.to_string(), Log::Workspace(w))));
    chains
        .into_iter()
        .map(|(chain, log)| {
            let found = audit::verify(&system, log)?;
            Ok(Verified { chain, records: found.records, first_bad: found.first_bad })
        })
        .collect()
}
