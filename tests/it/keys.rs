//! Keys and the data folder: who gets in, who does not, and what can never come back.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use dreamomni2::base::clock::Moment;
use dreamomni2::base::entropy::Entropy;
use dreamomni2::base::id::{Id, WorkspaceId};
use dreamomni2::base::secret::Secret;
use dreamomni2::store::folder::{Folder, Phase};
use dreamomni2::store::keys::{Keyring, Method, Unlock};
use dreamomni2::store::{File, Home, Kind, ReadDoor, WriteDoor};

const QUICK: u8 = 2;

fn passphrase(text: &str) -> Unlock {
    Unlock::Passphrase(Secret::new(text))
}

fn workspace(number: u64) -> WorkspaceId {
    WorkspaceId::new(Moment(1), &Entropy::seeded(number))
}

fn set_up(folder: &Folder) -> (Keyring, Secret, ReadDoor, WriteDoor) {
    folder.begin_setup().unwrap();
    let (keys, recovery) = Keyring::create(&folder.keys(), &passphrase("correct horse battery"), QUICK).unwrap();
    let (read, write) = File::create(&folder.studio(), &keys.studio().unwrap(), Home::Studio).unwrap();
    folder.finish_setup(&keys).unwrap();
    (keys, recovery, read, write)
}

/// Two keyrings hold the same root key when they derive the same keys.
fn same(a: &Keyring, b: &Keyring) -> bool {
    a.signer().unwrap().public() == b.signer().unwrap().public()
}

#[test]
fn each_method_unlocks_the_same_keys_and_a_wrong_one_gets_a_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let (keys, recovery) = Keyring::create(dir.path(), &passphrase("correct horse battery"), QUICK).unwrap();
    let file = dir.path().join("unlock.key");
    keys.set(&Unlock::KeyFile(file.clone()), QUICK).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(Keyring::methods(dir.path()).unwrap(), [Method::Passphrase, Method::KeyFile, Method::Recovery]);
    for good in [passphrase("correct horse battery"), Unlock::KeyFile(file.clone()), Unlock::Recovery(recovery.clone())]
    {
        assert!(same(&Keyring::unlock(dir.path(), &good).unwrap(), &keys));
    }
    let refused = |with: &Unlock| Keyring::unlock(dir.path(), with).err().unwrap();
    assert_eq!(refused(&passphrase("correct horse batterie")).code(), "wrong_passphrase");
    assert!(refused(&passphrase("x")).to_string().contains("keyboard layout"));
    assert_eq!(refused(&Unlock::Recovery(Secret::new("AGE-SECRET-KEY-1NO"))).code(), "key_malformed");
    let renewed = keys.renew_recovery().unwrap();
    assert_eq!(refused(&Unlock::Recovery(recovery)).code(), "wrong_key");
    assert!(Keyring::unlock(dir.path(), &Unlock::Recovery(renewed)).is_ok());
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(refused(&Unlock::KeyFile(file)).code(), "key_file_open_to_all");
}

#[test]
fn a_changed_passphrase_replaces_the_old_and_the_last_method_stays() {
    let dir = tempfile::tempdir().unwrap();
    let (keys, _) = Keyring::create(dir.path(), &passphrase("correct horse battery"), QUICK).unwrap();
    assert_eq!(
        Keyring::create(dir.path(), &passphrase("another horse battery"), QUICK).err().unwrap().code(),
        "file_exists"
    );
    keys.set(&passphrase("another horse battery"), QUICK).unwrap();
    assert!(Keyring::unlock(dir.path(), &passphrase("correct horse battery")).is_err());
    assert!(same(&Keyring::unlock(dir.path(), &passphrase("another horse battery")).unwrap(), &keys));
    assert_eq!(keys.set(&passphrase("short"), QUICK).unwrap_err().code(), "passphrase_too_short");
    keys.remove(Method::Recovery).unwrap();
    assert_eq!(keys.remove(Method::Recovery).unwrap_err().code(), "no_such_unlock_method");
    assert_eq!(keys.remove(Method::Passphrase).unwrap_err().code(), "last_unlock_method");
}

#[test]
fn a_workspace_key_survives_the_loss_of_one_copy_and_not_the_shredder() {
    let dir = tempfile::tempdir().unwrap();
    let (keys, _) = Keyring::create(dir.path(), &passphrase("correct horse battery"), QUICK).unwrap();
    let (ws, other) = (workspace(1), workspace(2));
    let first = keys.make(ws).unwrap();
    keys.make(other).unwrap();
    assert_eq!(keys.make(ws).err().unwrap().code(), "file_exists");
    keys.renew(ws).unwrap();
    let newest = keys.renew(ws).unwrap();
    let tell = |key: &dreamomni2::crypto::WorkspaceKey| {
        dreamomni2::crypto::aead::seal(&key.file("rows").unwrap(), b"", b"x", &Entropy::seeded(1)).unwrap()
    };
    assert_eq!(tell(&keys.workspace(ws).unwrap()), tell(&newest));
    let all = keys.all_of(ws).unwrap();
    assert_eq!(all.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(tell(&all[0].1), tell(&first));
    // The newer copy is damaged: the older one still has the keys before.
    let folder = dir.path().join("workspaces");
    fs::write(folder.join(format!("{ws}.a")), b"scratched").unwrap();
    assert_eq!(keys.all_of(ws).unwrap().len(), 2);
    fs::write(folder.join(format!("{ws}.b")), b"scratched").unwrap();
    assert_eq!(keys.workspace(ws).err().unwrap().kind(), Kind::Damaged);
    // Another workspace's file in its place does not open.
    fs::copy(folder.join(format!("{other}.a")), folder.join(format!("{ws}.a"))).unwrap();
    assert_eq!(keys.workspace(ws).err().unwrap().kind(), Kind::Damaged);
    keys.shred(ws).unwrap();
    assert_eq!(keys.workspace(ws).err().unwrap().code(), "workspace_key_missing");
    assert_eq!(keys.workspaces().unwrap(), [other]);
}

#[test]
fn a_second_server_on_the_same_folder_is_refused_and_told_which_process_has_it() {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::open(dir.path()).unwrap();
    let refused = Folder::open(dir.path()).unwrap_err();
    assert_eq!(refused.kind(), Kind::Busy);
    assert!(refused.to_string().contains(&format!("process {}", std::process::id())), "{refused}");
    drop(folder);
    Folder::open(dir.path()).unwrap();
}

#[test]
fn a_folder_that_was_set_up_never_shows_the_wizard_again() {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::open(dir.path()).unwrap();
    assert_eq!(folder.phase().unwrap(), Phase::Setup);
    let (keys, ..) = set_up(&folder);
    assert_eq!(folder.phase().unwrap(), Phase::Locked);
    folder.check_marker(&keys).unwrap();
    assert_eq!(folder.begin_setup().unwrap_err().code(), "folder_not_fresh");
    let without = |path: &Path, telling: &str| {
        let aside = dir.path().join("aside");
        fs::rename(path, &aside).unwrap();
        match folder.phase().unwrap() {
            Phase::Recovery(reason) => assert!(reason.contains(telling), "{reason}"),
            other => panic!("{}: {other:?}", path.display()),
        }
        assert_eq!(folder.begin_setup().unwrap_err().code(), "folder_not_fresh");
        fs::rename(aside, path).unwrap();
    };
    without(&folder.studio(), "studio.redb is missing");
    without(&folder.keys(), "keys folder is missing");
    without(&folder.keys().join("marker"), "keys/marker is missing");
    assert_eq!(folder.phase().unwrap(), Phase::Locked);
}

#[test]
fn a_marker_of_another_studio_is_noticed_after_unlocking() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (a, b) = (Folder::open(one.path()).unwrap(), Folder::open(two.path()).unwrap());
    let (_keys, ..) = set_up(&a);
    let (keys, ..) = set_up(&b);
    fs::copy(a.keys().join("marker"), b.keys().join("marker")).unwrap();
    assert_eq!(b.check_marker(&keys).unwrap_err().kind(), Kind::Damaged);
}

#[test]
fn a_set_up_that_ended_half_way_begins_again_from_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::open(dir.path()).unwrap();
    folder.begin_setup().unwrap();
    let (keys, _) = Keyring::create(&folder.keys(), &passphrase("correct horse battery"), QUICK).unwrap();
    File::create(&folder.studio(), &keys.studio().unwrap(), Home::Studio).unwrap();
    keys.make(workspace(1)).unwrap();
    folder.make_workspace(workspace(1)).unwrap();
    // The power goes here.
    assert_eq!(folder.phase().unwrap(), Phase::Setup);
    let (again, ..) = set_up(&folder);
    assert!(!same(&keys, &again));
    assert!(again.workspaces().unwrap().is_empty());
    assert_eq!(folder.phase().unwrap(), Phase::Locked);
}

#[test]
fn a_studio_comes_back_after_a_restart_and_only_with_its_keys() {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::open(dir.path()).unwrap();
    drop(set_up(&folder));
    assert_eq!(
        File::create(&folder.studio(), &dreamomni2::crypto::FileKey::from_bytes([0; 32]), Home::Studio)
            .err()
            .unwrap()
            .code(),
        "file_exists"
    );
    let keys = Keyring::unlock(&folder.keys(), &passphrase("correct horse battery")).unwrap();
    File::open(&folder.studio(), &keys.studio().unwrap(), Home::Studio).unwrap();
    let wrong = File::open(&folder.studio(), &dreamomni2::crypto::FileKey::from_bytes([0; 32]), Home::Studio);
    assert_eq!(wrong.err().unwrap().code(), "wrong_key");
    let gone = File::open(&folder.rows(workspace(9)), &keys.studio().unwrap(), Home::Workspace);
    assert_eq!(gone.err().unwrap().kind(), Kind::Missing);
    assert!(folder.space().unwrap().free > 0 && folder.used().unwrap() > 0);
    assert_eq!(
        fs::metadata(folder.root()).unwrap().permissions().mode() & 0o077,
        fs::metadata(dir.path()).unwrap().permissions().mode() & 0o077
    );
    assert_eq!(fs::metadata(folder.keys()).unwrap().permissions().mode() & 0o077, 0);
}
