//! What is open: from a folder on disk to acts; the only room that opens the sealed files.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use super::access::standing::Scope;
use super::access::table::{Action, StudioRole};
use super::accounts::account::{self, check_password};
use super::accounts::signing;
use super::act::{Act, Actor, Proof, Stamp};
use super::audit::following;
use super::error::{Error, Result};
use super::event::Event;
use super::health::word;
use super::house::{Doors, House, Parts, Room};
use super::jobs::lane;
use super::models::card::Shelf;
use super::models::imports;
use super::settings::{self, Settings};
use super::setup::{self, Done, Order};
use super::throttle::Throttle;
use super::workspaces::{self, Workspace};
use super::{bin, invitations, sessions};
use crate::base::clock::Clock;
use crate::base::entropy::Entropy;
use crate::base::secret::Secret;
use crate::base::text::{Email, Name};
use crate::store::folder::{self, Folder};
use crate::store::keys::{Keyring, Method, Unlock as StoreUnlock};
use crate::store::{Direction, File, Home, Reads, Span};

/// What a studio is opened with.
pub struct Opening {
    pub data: PathBuf,
    pub clock: Clock,
    pub entropy: Entropy,
    pub shelf: Arc<dyn Shelf>,
    /// Where a key file is looked for at the start, and written when set-up chooses that method.
    pub key_file: PathBuf,
    /// The passphrase's work as a power of two; `store::keys::Keyring::HARDNESS` except in tests.
    pub hardness: u8,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    Setup,
    Locked,
    /// Marker, keys and data disagree; the sentence says how.
    Recovery(String),
    Ready,
}

impl Phase {
    pub fn word(&self) -> &'static str {
        match self {
            Phase::Setup => "setup",
            Phase::Locked => "locked",
            Phase::Recovery(_) => "recovery",
            Phase::Ready => "ready",
        }
    }
}

#[derive(Clone, Debug)]
pub enum Unlock {
    Passphrase(Secret),
    Recovery(Secret),
    KeyFile(PathBuf),
}

/// What anybody may know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    pub phase: Phase,
    /// None while sealed.
    pub studio_name: Option<String>,
    /// `passphrase`, `key_file`, `recovery`.
    pub unlock_methods: Vec<&'static str>,
}

/// One studio; shared by the whole process. Cheap to clone.
#[derive(Clone)]
pub struct Studio(Arc<Inner>);

struct Inner {
    opening: Opening,
    folder: Arc<Folder>,
    throttle: Arc<Throttle>,
    stage: RwLock<Stage>,
}

#[derive(Clone)]
enum Stage {
    Setup,
    Locked,
    Recovery(String),
    Ready(Arc<House>),
}

impl Studio {
    /// Takes the folder for this process; a key file that is there unlocks at once.
    pub fn open(opening: Opening) -> Result<Studio> {
        let folder = Arc::new(Folder::open(&opening.data)?);
        let stage = match folder.phase()? {
            folder::Phase::Setup => Stage::Setup,
            folder::Phase::Locked => Stage::Locked,
            folder::Phase::Recovery(why) => Stage::Recovery(why),
        };
        let inner = Inner { opening, folder, throttle: Arc::default(), stage: RwLock::new(stage) };
        let studio = Studio(Arc::new(inner));
        let key_file = studio.0.opening.key_file.clone();
        if matches!(studio.stage(), Stage::Locked)
            && key_file.exists()
            && Keyring::methods(&studio.0.folder.keys())?.contains(&Method::KeyFile)
        {
            match Keyring::unlock(&studio.0.folder.keys(), &StoreUnlock::KeyFile(key_file)) {
                Ok(keys) => studio.enter(keys, "key file")?,
                // The wrong stick in the slot must not keep the house shut: the recovery key still opens it.
                Err(error) => tracing::warn!(%error, "the key file does not open the keys; the studio starts locked"),
            }
        }
        Ok(studio)
    }

    pub fn state(&self) -> State {
        let stage = self.stage();
        let studio_name = match &stage {
            Stage::Ready(house) => house.studio.read.begin().ok().and_then(|tx| settings::of(&tx).ok()),
            Stage::Setup | Stage::Locked | Stage::Recovery(_) => None,
        };
        let methods = Keyring::methods(&self.0.folder.keys()).unwrap_or_default();
        State {
            studio_name: studio_name.map(|s| s.studio_name.to_string()),
            unlock_methods: methods.into_iter().map(word).collect(),
            phase: match stage {
                Stage::Setup => Phase::Setup,
                Stage::Locked => Phase::Locked,
                Stage::Recovery(why) => Phase::Recovery(why),
                Stage::Ready(_) => Phase::Ready,
            },
        }
    }

    /// Throttled per address, like every place where a secret can be guessed.
    pub fn unlock(&self, with: &Unlock, address: &str) -> Result<()> {
        match self.stage() {
            Stage::Locked => {}
            Stage::Setup => return Err(Error::NotSetUp),
            Stage::Recovery(why) => return Err(Error::Recovery(why)),
            Stage::Ready(_) => {
                let sentence = "The studio is unlocked already".to_owned();
                return Err(Error::Conflict { code: "unlocked_already", sentence });
            }
        }
        self.0.throttle.attempt(address, None, self.0.opening.clock.now())?;
        let (with, method) = match with {
            Unlock::Passphrase(secret) => (StoreUnlock::Passphrase(secret.clone()), "passphrase"),
            Unlock::Recovery(secret) => (StoreUnlock::Recovery(secret.clone()), "recovery key"),
            Unlock::KeyFile(path) => (StoreUnlock::KeyFile(path.clone()), "key file"),
        };
        let keys = Keyring::unlock(&self.0.folder.keys(), &with)?;
        self.0.throttle.forgive(address, None);
        self.enter(keys, method)
    }

    /// Opens everything behind the keys. Files that do not fit the keys mean recovery, never a fresh start.
    fn enter(&self, keys: Keyring, method: &'static str) -> Result<()> {
        let mut stage = self.0.stage.write().unwrap_or_else(PoisonError::into_inner);
        if matches!(*stage, Stage::Ready(_)) {
            return Ok(());
        }
        match self.furnish(keys, method) {
            Ok(house) => *stage = Stage::Ready(house),
            Err(error) => {
                *stage = Stage::Recovery(error.to_string());
                return Err(error);
            }
        }
        Ok(())
    }

    fn furnish(&self, keys: Keyring, method: &'static str) -> Result<Arc<House>> {
        self.0.folder.check_marker(&keys)?;
        let (read, write) = File::open(&self.0.folder.studio(), &keys.studio()?, Home::Studio)?;
        let house = Arc::new(self.house(keys, Doors { read, write })?);
        let system = self.act(&house, Actor::System, "");
        let all: Vec<Workspace> = system.read(Action::SeeAccounts, Scope::Studio, |tx| {
            Ok(tx.scan::<Workspace>(Span::all(), Direction::Forward).collect::<std::result::Result<_, _>>()?)
        })?;
        for workspace in all {
            let opened = house.keys.workspace(workspace.id).map_err(Error::from);
            let opened = opened.and_then(|key| Room::open(&house.folder, workspace.id, &key, false));
            match opened {
                Ok(room) => {
                    house.add_room(workspace.id, room);
                    lane::recover(&system, workspace.id)?;
                }
                Err(error) => tracing::error!(workspace = %workspace.id, %error, "a workspace could not be opened"),
            }
        }
        // What was on its way in is worth less than the studio.
        if let Err(error) = imports::recover(&system) {
            tracing::error!(%error, "the imports that were under way are lost; begin them again");
        }
        system.change(Action::Chores, Scope::Studio, |_| Ok(((), Event::StudioUnlocked { method })))?;
        Ok(house)
    }

    fn house(&self, keys: Keyring, studio: Doors) -> Result<House> {
        let opening = &self.0.opening;
        House::new(Parts {
            folder: self.0.folder.clone(),
            keys,
            studio,
            clock: opening.clock.clone(),
            entropy: opening.entropy.clone(),
            shelf: opening.shelf.clone(),
            throttle: self.0.throttle.clone(),
        })
    }

    /// Whether a set-up code is the right one; throttled.
    pub fn check_code(&self, code: &Secret, address: &str) -> Result<()> {
        self.must_be_fresh()?;
        let opening = &self.0.opening;
        self.0.throttle.attempt(address, None, opening.clock.now())?;
        setup::check_code(&opening.data, code, opening.clock.now())?;
        self.0.throttle.forgive(address, None);
        Ok(())
    }

    fn must_be_fresh(&self) -> Result<()> {
        if matches!(self.stage(), Stage::Setup) {
            return Ok(());
        }
        let sentence = "This studio is set up already, and a set-up cannot come back. Sign in instead".to_owned();
        Err(Error::Gone { code: "setup_over", sentence })
    }

    /// Sets the studio up once; afterwards it is ready. Everything is checked before anything is made.
    pub fn set_up(&self, order: Order, address: &str, agent: &str) -> Result<Done> {
        self.check_code(&order.code, address)?;
        let settings =
            Settings { studio_name: Name::new(&order.studio_name)?, contact: settings::check_contact(&order.contact)? };
        let workspace_name = Name::new(&order.workspace_name)?;
        Name::new(&order.owner.name)?;
        Email::new(&order.owner.email)?;
        check_password(&order.owner.password, "owner.password")?;
        let opening = &self.0.opening;
        let first = match &order.unlock {
            setup::Method::Passphrase(secret) => StoreUnlock::Passphrase(secret.clone()),
            setup::Method::KeyFile => StoreUnlock::KeyFile(opening.key_file.clone()),
        };
        let mut stage = self.0.stage.write().unwrap_or_else(PoisonError::into_inner);
        if !matches!(*stage, Stage::Setup) {
            drop(stage);
            return self.must_be_fresh().and(Err(Error::NotSetUp));
        }
        let folder = &self.0.folder;
        folder.begin_setup()?;
        let (keys, recovery_key) = Keyring::create(&folder.keys(), &first, opening.hardness)?;
        let (read, write) = File::create(&folder.studio(), &keys.studio()?, Home::Studio)?;
        let house = Arc::new(self.house(keys, Doors { read, write })?);
        let visitor = self.act(&house, Actor::Nobody, address);
        let system = self.act(&house, Actor::System, address);
        let owner = signing::prepare(&visitor, &order.owner, Some(StudioRole::Operator))?;
        let workspace = Workspace { id: system.id(), name: workspace_name, created: system.now() };
        let room = workspaces::open_new(&system, workspace.id)?;
        let workspace = system.change(Action::Chores, Scope::Studio, |tx| {
            tx.put(&settings)?;
            account::add(tx, &owner)?;
            Ok((workspaces::add(tx, workspace, owner.id)?, Event::StudioSetUp))
        })?;
        house.add_room(workspace.id, room);
        folder.finish_setup(&house.keys)?;
        setup::spend_code(&opening.data);
        *stage = Stage::Ready(house);
        drop(stage);
        let signed_in = signing::begin(&visitor, owner.id, agent)?;
        Ok(Done { recovery_key, workspace: workspace.id, signed_in })
    }

    /// An act for somebody who has not signed in (yet). Refused while the studio is not ready.
    pub fn visitor(&self, address: &str) -> Result<Act> {
        Ok(self.act(&self.ready()?, Actor::Nobody, address))
    }

    /// An act of the studio itself: workers, chores, the terminal.
    pub fn system(&self) -> Result<Act> {
        Ok(self.act(&self.ready()?, Actor::System, ""))
    }

    /// Chores of once a minute: leases, sessions, bins, invitations, logs. Answers how many things were done.
    pub fn tidy(&self) -> Result<usize> {
        let system = self.system()?;
        let ended = sessions::sweep(&system)? + invitations::sweep(&system)? + bin::sweep(&system)?;
        Ok(lane::expire(&system)? + ended + imports::sweep(&system)? + following::follow_all(&system)?)
    }

    pub fn data(&self) -> &Path {
        &self.0.opening.data
    }

    fn ready(&self) -> Result<Arc<House>> {
        match self.stage() {
            Stage::Ready(house) => Ok(house),
            Stage::Locked => Err(Error::Locked),
            Stage::Setup => Err(Error::NotSetUp),
            Stage::Recovery(why) => Err(Error::Recovery(why)),
        }
    }

    fn act(&self, house: &Arc<House>, actor: Actor, address: &str) -> Act {
        let stamp = Stamp { actor, at: self.0.opening.clock.now(), address: address.to_owned(), proof: Proof::None };
        Act::new(house.clone(), stamp)
    }

    fn stage(&self) -> Stage {
        self.0.stage.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
