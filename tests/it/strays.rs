//! Files that lost their row in a crash: counted, removed only when asked, and nothing that a row names goes with them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use dreamomni2::base::entropy::Entropy;
use dreamomni2::base::id::{BlobId, Id};
use dreamomni2::base::page::Limit;
use dreamomni2::domain::audit::{self, Filter, Log};
use dreamomni2::domain::jobs::{self, lane};
use dreamomni2::domain::recipes::{Draft, Picture, Reference, Role, Task};
use dreamomni2::domain::{assets, renders};

use crate::clip_files;
use crate::support::studio::{PASSPHRASE, Premises, draft};

/// A workspace with every kind of thing that has files.
fn furnished() -> Premises {
    let p = Premises::new();
    let used = p.asset(&p.owner);
    let binned = p.asset(&p.owner);
    assets::bin(&p.owner(), p.workspace, binned.id).unwrap();
    // With its latents; one of the two lies in the bin.
    p.render(&p.owner, "a lamp");
    let thrown = p.render(&p.owner, "a boat");
    renders::bin(&p.owner(), p.workspace, thrown).unwrap();
    // With its poster's small pictures and its frames without loss.
    let clip = Draft { task: Task::Clip, frames: Some(6), ..draft("a red boat") };
    jobs::order(&p.owner(), p.workspace, &clip).unwrap();
    let claimed = p.claim().unwrap();
    lane::finish_variation(&p.system(), &claimed.lease, 0, clip_files::handed()).unwrap();
    lane::finish(&p.system(), &claimed.lease).unwrap();
    // A job that waits, and needs what it refers to.
    let references = vec![Reference { picture: Picture::Asset(used.id), role: Role::Source }];
    jobs::order(&p.owner(), p.workspace, &Draft { task: Task::Edit, references, ..draft("warmer") }).unwrap();
    p
}

fn folder(p: &Premises) -> PathBuf {
    p.dir.path().join("data/workspaces").join(p.workspace.to_string()).join("blobs")
}

fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let all = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    all.flat_map(|path| if path.is_dir() { files(&path) } else { BTreeSet::from([path]) }).collect()
}

/// A file as a studio leaves it that was killed between the file and its row.
fn stray(folder: &Path, number: u64, like: &Path) -> PathBuf {
    let name = BlobId::new(dreamomni2::base::clock::Moment(1), &Entropy::seeded(number)).to_string();
    let shelf = folder.join(&name[name.len() - 2..]);
    fs::create_dir_all(&shelf).unwrap();
    fs::copy(like, shelf.join(&name)).unwrap();
    shelf.join(name)
}

/// The real program over the stopped studio's folder.
fn verify(home: &Path, words: &[&str]) -> Output {
    let pass = home.join("pass");
    fs::write(&pass, PASSPHRASE).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_dreamomni2"));
    command.arg("verify").args(words).arg("--data").arg(home.join("data")).arg("--passphrase-file").arg(pass);
    command.env_clear().env("HOME", home).output().unwrap()
}

#[test]
fn files_without_a_row_are_counted_and_go_when_asked_and_nothing_that_a_row_names_goes_with_them() {
    let p = furnished();
    let blobs = folder(&p);
    let named = files(&blobs);
    // Two uploads, two pictures with latents, one clip with its frames.
    assert_eq!(named.len(), 2 * 3 + 2 * 4 + 4);
    let like = named.first().unwrap();
    let strays = [stray(&blobs, 1, like), stray(&blobs, 2, like)];
    let foreign = blobs.join("note.txt");
    fs::write(&foreign, "mine").unwrap();
    let Premises { dir, clock, studio, workspace, owner, recovery } = p;
    drop(studio);

    let counted = verify(dir.path(), &[]);
    let told = String::from_utf8_lossy(&counted.stdout);
    assert!(counted.status.success() && told.contains("3 renders, 2 assets: 18 files"), "{counted:?}");
    assert!(told.contains("2 files (") && told.contains("belong to nothing"), "{told}");
    assert!(strays.iter().all(|path| path.exists()), "they went unasked");

    let removed = verify(dir.path(), &["--remove-strays"]);
    let told = String::from_utf8_lossy(&removed.stdout);
    assert!(removed.status.success() && told.contains("2 files that belonged to nothing are removed"), "{removed:?}");
    let mut left = files(&blobs);
    assert!(left.remove(&foreign));
    assert_eq!(left, named);
    let json = verify(dir.path(), &["--json"]);
    let told: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!((&told["workspaces"][0]["strays"], &told["workspaces"][0]["files"]), (&0.into(), &18.into()));

    let studio = dreamomni2::domain::studio::Studio::open(crate::support::studio::opening(&dir, &clock)).unwrap();
    let p = Premises { dir, clock, studio, workspace, owner, recovery }.again();
    let filter = Filter { action: Some("work.strays_removed".to_owned()), by: None };
    let lines = audit::list(&p.owner(), Log::Workspace(p.workspace), &filter, Limit::new(None), None).unwrap();
    let told: Vec<_> = lines.items.iter().map(|line| (line.action.as_str(), line.detail.as_str())).collect();
    assert_eq!(told, [("work.strays_removed", "2 files")]);
}

#[test]
fn nothing_is_removed_from_a_folder_that_is_not_whole() {
    let p = furnished();
    let blobs = folder(&p);
    let named = files(&blobs);
    let stray = stray(&blobs, 1, named.first().unwrap());
    fs::write(named.last().unwrap(), "torn").unwrap();
    let dir = p.dir;
    drop(p.studio);
    let refused = verify(dir.path(), &["--remove-strays"]);
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("code: data_damaged"), "{refused:?}");
    assert!(stray.exists());
}

/// Whoever lets another row name a file must have it counted among those that are named.
#[test]
fn no_row_names_a_file_that_the_count_does_not_know() {
    fn fields(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                fields(&path, found);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let field = |line: &str| {
                let (name, kind) = line.trim().trim_end_matches(',').split_once(": ")?;
                let name = name.trim_start_matches("pub(crate) ").trim_start_matches("pub ");
                let plain = name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
                let file = path.file_name()?.to_str()?;
                let names = ["BlobRef", "Option<BlobRef>", "Vec<BlobRef>", "BlobId", "Option<BlobId>", "Vec<BlobId>"];
                (plain && names.contains(&kind)).then(|| format!("{file} {name}"))
            };
            found.extend(text.lines().filter_map(field));
        }
    }
    let mut found = Vec::new();
    fields(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/domain"), &mut found);
    found.sort();
    // The last is no row: it holds what is written before its row is.
    let known = [
        "render.rs all_frames",
        "render.rs latents",
        "works.rs file",
        "works.rs ids",
        "works.rs thumb",
        "works.rs view",
    ];
    assert_eq!(found, known);
}
