//! A whole studio in a temporary folder: a clock that stands still, seeded chance, a shelf with one model.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use dreamomni2::base::clock::{Clock, Moment};
use dreamomni2::base::entropy::Entropy;
use dreamomni2::base::id::{JobId, RenderId, WorkspaceId};
use dreamomni2::base::secret::Secret;
use dreamomni2::base::units::{Rate, Size};
use dreamomni2::crypto::FileKey;
use dreamomni2::domain::access::Role;
use dreamomni2::domain::accounts::NewAccount;
use dreamomni2::domain::act::Act;
use dreamomni2::domain::jobs::Trouble;
use dreamomni2::domain::jobs::lane::{self, Claimed, Handed};
use dreamomni2::domain::models::{Defaults, ModelCard, Offer, Shelf, Sizes, TestCase, Told, UnknownWord};
use dreamomni2::domain::recipes::{self, Draft, Task};
use dreamomni2::domain::renders::MadeWith;
use dreamomni2::domain::setup::{self, Done, Method, Order};
use dreamomni2::domain::studio::{Opening, Studio, Unlock};
use dreamomni2::domain::{Result, assets, invitations, jobs, sessions};
use dreamomni2::media::encode;
use dreamomni2::media::picture::Picture;
use tempfile::TempDir;

pub(crate) const PASSPHRASE: &str = "nine lanterns over the river";
pub(crate) const PASSWORD: &str = "a long enough password";
pub(crate) const HOME: &str = "192.168.7.40";

/// The folder, the open studio in it, and its first person.
pub(crate) struct Premises {
    pub(crate) dir: TempDir,
    pub(crate) clock: Clock,
    pub(crate) studio: Studio,
    pub(crate) workspace: WorkspaceId,
    pub(crate) owner: Someone,
    pub(crate) recovery: Secret,
}

/// A person with a cookie.
#[derive(Clone)]
pub(crate) struct Someone(pub(crate) Secret);

pub(crate) fn opening(dir: &TempDir, clock: &Clock) -> Opening {
    with_shelf(dir, clock, Arc::new(OneModel))
}

fn with_shelf(dir: &TempDir, clock: &Clock, shelf: Arc<dyn Shelf>) -> Opening {
    Opening {
        data: dir.path().join("data"),
        clock: clock.clone(),
        entropy: Entropy::system(),
        shelf,
        key_file: dir.path().join("key"),
        hardness: 4,
    }
}

pub(crate) fn person(name: &str, email: &str) -> NewAccount {
    NewAccount { name: name.to_owned(), email: email.to_owned(), password: Secret::new(PASSWORD) }
}

pub(crate) fn order(code: Secret) -> Order {
    Order {
        code,
        studio_name: "Orchid".to_owned(),
        contact: "room 12".to_owned(),
        owner: person("Ana Lima", "ana@orchid.example"),
        unlock: Method::Passphrase(Secret::new(PASSPHRASE)),
        workspace_name: "Feature one".to_owned(),
    }
}

impl Premises {
    pub(crate) fn new() -> Premises {
        let dir = TempDir::new().unwrap();
        let clock = Clock::fixed(Moment(1_780_000_000_000));
        Premises::within(dir, clock, Arc::new(OneModel))
    }

    /// With real packages, in the machine's own time.
    pub(crate) fn with_models(dir: TempDir, shelf: Arc<dyn Shelf>) -> Premises {
        Premises::within(dir, Clock::system(), shelf)
    }

    fn within(dir: TempDir, clock: Clock, shelf: Arc<dyn Shelf>) -> Premises {
        let studio = Studio::open(with_shelf(&dir, &clock, shelf)).unwrap();
        let code = setup::renew_code(studio.data(), &clock, &Entropy::system()).unwrap();
        let Done { recovery_key, workspace, signed_in } = studio.set_up(order(code), HOME, "test").unwrap();
        Premises { dir, clock, studio, workspace, owner: Someone(signed_in.secret), recovery: recovery_key }
    }

    /// Closes the studio as a stop would, and opens and unlocks it again.
    pub(crate) fn again(self) -> Premises {
        let Premises { dir, clock, studio, workspace, owner, recovery } = self;
        drop(studio);
        let studio = Studio::open(opening(&dir, &clock)).unwrap();
        studio.unlock(&Unlock::Passphrase(Secret::new(PASSPHRASE)), HOME).unwrap();
        Premises { dir, clock, studio, workspace, owner, recovery }
    }

    pub(crate) fn visitor(&self) -> Act {
        self.studio.visitor(HOME).unwrap()
    }

    pub(crate) fn system(&self) -> Act {
        self.studio.system().unwrap()
    }

    /// A fresh request of somebody.
    pub(crate) fn by(&self, who: &Someone) -> Act {
        self.try_by(who).unwrap()
    }

    pub(crate) fn try_by(&self, who: &Someone) -> Result<Act> {
        sessions::resume(&self.visitor(), &who.0)
    }

    pub(crate) fn owner(&self) -> Act {
        self.by(&self.owner)
    }

    /// Invites somebody, who accepts.
    pub(crate) fn member(&self, role: Role, name: &str) -> Someone {
        let (_, code) = invitations::create(&self.owner(), self.workspace, None, role).unwrap();
        let new = person(name, &format!("{}@orchid.example", name.to_lowercase().replace(' ', ".")));
        Someone(invitations::accept(&self.visitor(), &code, new, "test").unwrap().secret)
    }

    pub(crate) fn asset(&self, who: &Someone) -> assets::Asset {
        assets::bring(&self.by(who), self.workspace, "lamp.png", &png(96, 54)).unwrap()
    }

    pub(crate) fn order(&self, who: &Someone, prompt: &str) -> JobId {
        self.clock.advance(Duration::from_millis(5));
        jobs::order(&self.by(who), self.workspace, &draft(prompt)).unwrap().id
    }

    pub(crate) fn claim(&self) -> Option<Claimed> {
        lane::claim(&self.system(), "cpu", Some("starter")).unwrap()
    }

    /// Orders a picture, makes it, and answers what came of it.
    pub(crate) fn render(&self, who: &Someone, prompt: &str) -> RenderId {
        self.order(who, prompt);
        let claimed = self.claim().unwrap();
        let render = lane::finish_variation(&self.system(), &claimed.lease, 0, handed()).unwrap();
        lane::finish(&self.system(), &claimed.lease).unwrap();
        render
    }
}

pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    let picture = Picture::filled(Size::new(width, height), [200, 80, 40]).unwrap();
    encode::png(&picture, encode::Effort::Quick).unwrap()
}

pub(crate) fn draft(prompt: &str) -> Draft {
    Draft {
        task: Task::Picture,
        prompt: prompt.to_owned(),
        negative: None,
        references: Vec::new(),
        width: Some(96),
        height: Some(64),
        steps: Some(4),
        guidance: Some(2.0),
        seed: Some(7),
        variations: 1,
        model: "starter".to_owned(),
        frames: None,
        rate: None,
        strength: None,
        scheduler: None,
        rewritten: None,
    }
}

pub(crate) fn handed() -> Handed {
    Handed {
        file: png(96, 64),
        poster: None,
        all_frames: None,
        latents: Some(vec![0; 64]),
        width: 96,
        height: 64,
        frames: None,
        rate: None,
        model: MadeWith { name: "starter".to_owned(), version: "1".to_owned(), hash: "ab".repeat(32) },
        unknown_words: Vec::new(),
        took: Duration::from_secs(2),
    }
}

/// One model that knows every word but "blorb".
struct OneModel;

impl Shelf for OneModel {
    fn cards(&self) -> Vec<ModelCard> {
        vec![ModelCard {
            name: "starter".to_owned(),
            version: "1".to_owned(),
            hash: "ab".repeat(32),
            family: "scene".to_owned(),
            licence: "Apache-2.0".to_owned(),
            tasks: vec![Task::Picture, Task::Edit, Task::Clip],
            max_references: 2,
            roles: vec![recipes::Role::Source, recipes::Role::Style, recipes::Role::Mask],
            sizes: Sizes { min: Size::new(64, 64), max: Size::new(1024, 1024), multiple: 2, suggested: Vec::new() },
            max_steps: 50,
            max_frames: 300,
            frame_step: 1,
            scale: None,
            strength: Some(0.8),
            rewrites: true,
            schedulers: vec!["euler".to_owned(), "ddim".to_owned()],
            defaults: Defaults { width: 96, height: 64, steps: 4, guidance: 2.0, frames: 24, rate: Rate::FILM },
            memory_bytes: 1,
            bytes: 1,
            sealed: false,
            embedded: true,
        }]
    }

    fn reading(&self, _: &str, text: &str) -> Vec<UnknownWord> {
        let found = text.find("blorb").map(|start| UnknownWord { word: "blorb".to_owned(), start, end: start + 5 });
        found.into_iter().collect()
    }

    fn test(&self, _: &str, _: &FileKey) -> std::result::Result<Vec<TestCase>, String> {
        Ok(vec![TestCase { name: "red".to_owned(), max: 0.0, mean: 0.0, passed: true, problem: None }])
    }

    fn incoming(&self) -> Option<PathBuf> {
        None
    }

    fn look(&self, _: &Path, _: &mut Told) -> std::result::Result<Offer, Trouble> {
        Err(none())
    }

    fn import(&self, _: &Path, _: &str, _: Option<&FileKey>, _: &mut Told) -> std::result::Result<(), Trouble> {
        Err(none())
    }

    fn is_of(&self, _: &str, _: &Path, _: &mut Told) -> std::result::Result<bool, Trouble> {
        Err(none())
    }

    fn forget(&self, _: &Path) {}

    fn tidy(&self) {}

    fn remove(&self, _: &str) -> std::result::Result<(), Trouble> {
        Err(none())
    }
}

fn none() -> Trouble {
    Trouble { code: "no_disk".to_owned(), sentence: "This shelf is no disk".to_owned() }
}
