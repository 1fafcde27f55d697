//! What is left behind: nothing readable on disk, a log that shows tampering, an index that a crash cannot hurt.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use dreamomni2::base::clock::Moment;
use dreamomni2::base::page::Limit;
use dreamomni2::base::secret::Secret;
use dreamomni2::domain::access::Role;
use dreamomni2::domain::audit::{self, Filter, Log};
use dreamomni2::domain::captions::Change;
use dreamomni2::domain::feed::News;
use dreamomni2::domain::gallery::{self, Wish};
use dreamomni2::domain::listening::{Heard, listen};
use dreamomni2::domain::renders::{self, Wanted};
use dreamomni2::domain::stamp::Actor;
use dreamomni2::domain::studio::Studio;
use dreamomni2::domain::{Result, accounts, assets, find, invitations, members, sessions, workspaces};
use dreamomni2::store::folder::Folder;
use dreamomni2::store::keys::{Keyring, Unlock};
use dreamomni2::store::{File, Home, Reads, Record, Table, schema};
use serde::{Deserialize, Serialize};

use crate::support::studio::{PASSPHRASE, Premises, opening};

fn caption(text: &str, revision: u64) -> Change {
    Change { caption: Some(Some(text.to_owned())), caption_revision: Some(revision), favourite: None }
}

fn all_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() { found.extend(all_files(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn no_planted_word_and_no_picture_is_found_anywhere_on_the_disk() {
    let p = Premises::new();
    let bo = p.member(Role::Artist, "Quixotrella");
    let render = p.render(&bo, "xylomarker in the fog");
    renders::change(&p.by(&bo), p.workspace, render, &caption("zephyrcaption", 0)).unwrap();
    assets::bring(&p.by(&bo), p.workspace, "vortexfile.png", &crate::support::studio::png(64, 64)).unwrap();
    find::catch_up(&p.system()).unwrap();
    let Premises { dir, studio, .. } = p;
    drop(studio);
    let words: [&[u8]; 8] = [
        b"xylomarker",
        b"zephyrcaption",
        b"uixotrella",
        b"orchid",
        b"rchid",
        b"vortexfile",
        b"\x89PNG",
        b"\xff\xd8\xff",
    ];
    let files = all_files(dir.path());
    assert!(files.len() > 10);
    for file in files {
        let bytes = fs::read(&file).unwrap();
        for word in words {
            // Three bytes occur by chance; only at the start do they mean a picture.
            let found =
                if word.len() < 5 { bytes.starts_with(word) } else { bytes.windows(word.len()).any(|w| w == word) };
            assert!(!found, "{} holds {:?}", file.display(), String::from_utf8_lossy(word));
        }
    }
}

/// A record of the log as somebody with the keys could write it.
#[derive(Serialize, Deserialize)]
struct Forged {
    number: u64,
    at: Moment,
    actor: Actor,
    address: String,
    action: String,
    subject: String,
    detail: String,
    link: [u8; 32],
    signature: Option<Vec<u8>>,
}

impl Record for Forged {
    const TABLE: Table = schema::STUDIO_AUDIT;
    type Key = u64;

    fn key(&self) -> u64 {
        self.number
    }
}

#[test]
fn a_changed_record_of_the_log_is_named() {
    let p = Premises::new();
    for name in ["Bo", "Cy", "Di"] {
        p.member(Role::Artist, name);
    }
    let whole = audit::verify(&p.owner(), Log::Studio).unwrap();
    assert!(whole.records > 8 && whole.first_bad.is_none(), "{whole:?}");
    let Premises { dir, clock, studio, owner, .. } = p;
    drop(studio);
    {
        let folder = Folder::open(&dir.path().join("data")).unwrap();
        let keys = Keyring::unlock(&folder.keys(), &Unlock::Passphrase(Secret::new(PASSPHRASE))).unwrap();
        let (_, door) = File::open(&folder.studio(), &keys.studio().unwrap(), Home::Studio).unwrap();
        let tx = door.begin().unwrap();
        let mut record: Forged = tx.get(&5).unwrap().unwrap();
        record.detail = "nothing happened".to_owned();
        tx.put(&record).unwrap();
        tx.commit().unwrap();
    }
    let studio = Studio::open(opening(&dir, &clock)).unwrap();
    studio.unlock(&dreamomni2::domain::studio::Unlock::Passphrase(Secret::new(PASSPHRASE)), "").unwrap();
    let act = sessions::resume(&studio.visitor("").unwrap(), &owner.0).unwrap();
    assert_eq!(audit::verify(&act, Log::Studio).unwrap().first_bad, Some(5));
}

#[test]
fn every_change_leaves_a_line_without_content() {
    let p = Premises::new();
    let render = p.render(&p.owner, "xylomarker");
    renders::change(&p.owner(), p.workspace, render, &caption("zephyrcaption", 0)).unwrap();
    renders::bin(&p.owner(), p.workspace, render).unwrap();
    renders::restore(&p.owner(), p.workspace, render).unwrap();
    let log = Log::Workspace(p.workspace);
    let page = |filter: &Filter, limit, after: Option<&str>| {
        audit::list(&p.owner(), log, filter, Limit::new(Some(limit)), after).unwrap()
    };
    let all = page(&Filter::default(), 50, None).items;
    let actions: Vec<_> = all.iter().rev().map(|line| line.action.as_str()).collect();
    assert_eq!(
        actions,
        ["job.ordered", "job.started", "render.made", "job.done", "work.changed", "work.binned", "work.restored"]
    );
    assert_eq!((all[0].actor_name.as_str(), all[0].address.as_str()), ("Ana Lima", "192.168.7.0"));
    assert!(!format!("{all:?}").contains("xylomarker") && !format!("{all:?}").contains("zephyrcaption"));
    let works = Filter { action: Some("work.".to_owned()), by: None };
    let first = page(&works, 2, None);
    assert_eq!(page(&works, 2, first.next.as_deref()).items.len(), 1);
}

#[test]
fn a_workspace_s_log_takes_over_what_happens_to_its_people_once_and_stays_whole() {
    let p = Premises::new();
    let other = workspaces::create(&p.owner(), "Elsewhere").unwrap().id;
    invitations::create(&p.owner(), other, None, Role::Guest).unwrap();
    p.render(&p.owner, "a lamp");
    let bo = accounts::me(&p.by(&p.member(Role::Artist, "Bo"))).unwrap().account.id;
    members::change_role(&p.owner(), p.workspace, bo, Role::Reviewer).unwrap();
    let people = Filter { action: Some("member.".to_owned()), by: None };
    let told = |p: &Premises, log| {
        let page = audit::list(&p.owner(), log, &people, Limit::new(None), None).unwrap();
        page.items.into_iter().rev().map(|line| (line.action, line.actor_name, line.at)).collect::<Vec<_>>()
    };
    let own = told(&p, Log::Workspace(p.workspace));
    let actions: Vec<_> = own.iter().map(|(action, name, _)| (action.as_str(), name.as_str())).collect();
    assert_eq!(
        actions,
        [("member.invited", "Ana Lima"), ("member.joined", "a visitor"), ("member.role_changed", "Ana Lima")]
    );
    assert_eq!(told(&p, Log::Workspace(other)).len(), 1);
    // Chores, another look and a restart write nothing twice.
    p.studio.tidy().unwrap();
    let p = p.again();
    p.studio.tidy().unwrap();
    assert_eq!(told(&p, Log::Workspace(p.workspace)), own);
    let whole = audit::verify(&p.owner(), Log::Workspace(p.workspace)).unwrap();
    assert!(whole.first_bad.is_none() && whole.records > 6, "{whole:?}");
    members::remove(&p.owner(), p.workspace, bo).unwrap();
    p.studio.tidy().unwrap();
    assert_eq!(told(&p, Log::Workspace(p.workspace)).last().unwrap().0, "member.left");
}

#[test]
fn two_people_cannot_overwrite_each_other_s_caption() {
    let p = Premises::new();
    let bo = p.member(Role::Reviewer, "Bo");
    let render = p.render(&p.owner, "a lamp");
    let first = renders::change(&p.owner(), p.workspace, render, &caption("dusk", 0)).unwrap();
    let late = renders::change(&p.by(&bo), p.workspace, render, &caption("dawn", 0)).unwrap_err();
    assert_eq!((first.caption.revision, late.code()), (1, "caption_changed"));
    let favourite = Change { favourite: Some(true), ..Change::default() };
    assert!(renders::change(&p.by(&bo), p.workspace, render, &favourite).unwrap().favourite);
    assert!(!renders::get(&p.owner(), p.workspace, render).unwrap().favourite);
}

fn found(p: &Premises, q: &str) -> Result<usize> {
    Ok(gallery::whole(&p.owner(), p.workspace, &Wish { q: q.to_owned(), ..Wish::default() })?.items.len())
}

#[test]
fn the_index_catches_up_after_a_crash_and_can_be_thrown_away() {
    let p = Premises::new();
    let render = p.render(&p.owner, "a violet lighthouse");
    // The studio ends before the index writer was ever run.
    let p = p.again();
    assert_eq!(found(&p, "lighthouse").unwrap(), 0);
    find::catch_up(&p.system()).unwrap();
    assert_eq!(found(&p, "lighthouse").unwrap(), 1);
    assert_eq!(find::catch_up(&p.system()).unwrap(), 0);
    renders::change(&p.owner(), p.workspace, render, &caption("harbour", 0)).unwrap();
    find::catch_up(&p.system()).unwrap();
    assert_eq!((found(&p, "harbour").unwrap(), found(&p, "by:ana is:picture").unwrap()), (1, 1));
    assert_eq!(found(&p, "\"open").unwrap_err().code(), "search_open_quote");
    let index = all_files(&p.dir.path().join("data/workspaces"));
    let index = index.iter().find(|f| f.parent().unwrap().ends_with("index")).unwrap().parent().unwrap().to_owned();
    let Premises { dir, clock, studio, workspace, owner, recovery } = p;
    drop(studio);
    fs::remove_dir_all(index).unwrap();
    let studio = Studio::open(opening(&dir, &clock)).unwrap();
    studio.unlock(&dreamomni2::domain::studio::Unlock::Passphrase(Secret::new(PASSPHRASE)), "").unwrap();
    let p = Premises { dir, clock, studio, workspace, owner, recovery };
    find::catch_up(&p.system()).unwrap();
    assert_eq!(found(&p, "harbour").unwrap(), 1);
}

#[test]
fn what_is_thrown_away_comes_back_for_30_days_and_then_ends() {
    let p = Premises::new();
    let render = p.render(&p.owner, "a violet lighthouse");
    find::catch_up(&p.system()).unwrap();
    renders::bin(&p.owner(), p.workspace, render).unwrap();
    assert_eq!(found(&p, "").unwrap(), 0);
    p.clock.advance(Duration::from_hours(29 * 24));
    p.studio.tidy().unwrap();
    let system = p.system();
    p.clock.advance(Duration::from_hours(2 * 24));
    p.studio.tidy().unwrap();
    find::catch_up(&system).unwrap();
    let owner = dreamomni2::domain::accounts::sign_in(
        &p.visitor(),
        "ana@orchid.example",
        &Secret::new(crate::support::studio::PASSWORD),
        "",
    );
    let act = owner.unwrap().act;
    assert_eq!(renders::get(&act, p.workspace, render).unwrap_err().code(), "not_found");
    let wish = Wish { q: "lighthouse".to_owned(), deleted: true, ..Wish::default() };
    assert!(gallery::whole(&act, p.workspace, &wish).unwrap().items.is_empty());
    let blobs = all_files(&p.dir.path().join("data/workspaces"));
    assert!(!blobs.iter().any(|f| f.to_string_lossy().contains("/blobs/")), "{blobs:?}");
}

#[test]
fn an_original_carries_its_recipe_only_when_asked() {
    let p = Premises::new();
    let render = p.render(&p.owner, "a lamp");
    let read = |recipe| {
        let mut media = renders::picture(&p.owner(), p.workspace, render, Wanted::Original, recipe).unwrap();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut media.reader, &mut bytes).unwrap();
        assert_eq!(media.length, bytes.len() as u64);
        dreamomni2::media::notes::read(&bytes, dreamomni2::media::notes::RECIPE)
    };
    assert_eq!(read(false), None);
    assert!(read(true).unwrap().contains("a lamp"));
    assert_eq!(renders::clip(&p.owner(), p.workspace, render).err().unwrap().code(), "not_found");
}

#[test]
fn a_listener_hears_his_own_workspaces_and_ends_with_his_session() {
    let p = Premises::new();
    let bo = p.member(Role::Artist, "Bo");
    let mut all = listen(&p.system(), None).unwrap();
    let hidden = dreamomni2::domain::workspaces::create(&p.owner(), "Hidden").unwrap().id;
    let mut ear = listen(&p.by(&bo), None).unwrap();
    let start = ear.newest();
    assets::bring(&p.owner(), hidden, "a.png", &crate::support::studio::png(64, 64)).unwrap();
    assert!(matches!(all.wait(Duration::ZERO), Some(Heard::Told(told)) if matches!(told.news, News::Asset(_))));
    p.order(&p.owner, "a lamp");
    let Some(Heard::Told(told)) = ear.wait(Duration::ZERO) else { panic!("nothing was heard") };
    assert!(matches!(&told.news, News::Job(job) if job.workspace == p.workspace));
    assert!(ear.wait(Duration::ZERO).is_none());
    assert!(listen(&p.by(&bo), Some(start)).unwrap().resumed());
    let mut stale = listen(&p.by(&bo), Some(3)).unwrap();
    assert!(!stale.resumed() && matches!(stale.wait(Duration::ZERO), Some(Heard::Reset)));
    sessions::end_current(&p.by(&bo)).unwrap();
    assert!(matches!(ear.wait(Duration::ZERO), Some(Heard::Ended)));
}
