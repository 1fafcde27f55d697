//! What a process takes away from itself: the kernel (Landlock) then refuses what a hole in this program could ask for.

use std::path::Path;

use landlock::{
    ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetError, RulesetStatus,
    path_beneath_rules,
};

/// How far the kernel holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    Fully,
    /// An older kernel: the network from Linux 6.7 on, files from 5.13 on.
    Partly,
    NotAtAll,
}

/// The newest set of rights that is asked for; kernels that know less hold what they know.
const RIGHTS: ABI = ABI::V5;

/// What programs need of the system: libraries, the processors' layout, devices.
const SYSTEM: [&str; 10] =
    ["/usr", "/lib", "/lib64", "/bin", "/etc", "/proc", "/sys", "/dev", "/run/nvidia-persistenced", "/opt"];

/// For the process that serves: it opens no connection to anywhere. Holds for this thread and all it starts.
pub fn server() -> Held {
    let asked = Ruleset::default().handle_access(AccessNet::ConnectTcp).and_then(Ruleset::create);
    held(asked.and_then(landlock::RulesetCreated::restrict_self))
}

/// For a worker: it reads models and the runtime, writes only to `own`, and knows no network. Whatever a package does
/// to it, the studio's keys and the other productions stay out of its reach.
pub(super) fn worker<'a>(reads: impl IntoIterator<Item = &'a Path>, own: impl IntoIterator<Item = &'a Path>) -> Held {
    let system = SYSTEM.iter().map(Path::new);
    let confine = || {
        Ruleset::default()
            .handle_access(AccessFs::from_all(RIGHTS))?
            .handle_access(AccessNet::from_all(RIGHTS))?
            .create()?
            .add_rules(path_beneath_rules(system.chain(reads), AccessFs::from_read(RIGHTS)))?
            // Graphics drivers talk through their devices.
            .add_rules(path_beneath_rules(["/dev"], AccessFs::from_file(RIGHTS)))?
            .add_rules(path_beneath_rules(own, AccessFs::from_all(RIGHTS)))?
            .restrict_self()
    };
    held(confine())
}

fn held(asked: Result<landlock::RestrictionStatus, RulesetError>) -> Held {
    match asked.map(|status| status.ruleset) {
        Ok(RulesetStatus::FullyEnforced) => Held::Fully,
        Ok(RulesetStatus::PartiallyEnforced) => Held::Partly,
        Ok(RulesetStatus::NotEnforced) | Err(_) => Held::NotAtAll,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::ErrorKind;
    use std::net::{TcpListener, TcpStream};

    use super::*;

    const NEEDS: &str = "these tests need Landlock as Linux 6.10 and newer have it";

    /// Landlock holds a thread and what it starts: the other tests go on unhindered.
    fn confined<T: Send + 'static>(look: impl FnOnce() -> T + Send + 'static) -> T {
        std::thread::spawn(look).join().unwrap()
    }

    #[test]
    fn a_worker_cannot_reach_the_keys_or_the_network() {
        let data = tempfile::tempdir().unwrap();
        let (keys, models, cache) = (data.path().join("keys"), data.path().join("models"), data.path().join("cache"));
        for folder in [&keys, &models, &cache] {
            fs::create_dir(folder).unwrap();
            fs::write(folder.join("file"), "here").unwrap();
        }
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        confined(move || {
            assert_eq!(worker([models.as_path()], [cache.as_path()]), Held::Fully, "{NEEDS}");
            assert_eq!(fs::read(models.join("file")).unwrap(), b"here");
            fs::write(cache.join("new"), "unpacked").unwrap();
            let refused = [
                fs::read(keys.join("file")).map(|_| ()),
                fs::write(models.join("file"), "spoiled"),
                fs::write(keys.join("new"), "x"),
                fs::remove_file(models.join("file")),
                TcpStream::connect(at).map(|_| ()),
                TcpListener::bind("127.0.0.1:0").map(|_| ()),
            ];
            for (number, answer) in refused.into_iter().enumerate() {
                assert_eq!(answer.unwrap_err().kind(), ErrorKind::PermissionDenied, "attempt {number}");
            }
        });
    }

    #[test]
    fn the_server_can_be_called_but_cannot_call() {
        confined(|| {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let at = listener.local_addr().unwrap();
            assert_eq!(server(), Held::Fully, "{NEEDS}");
            assert_eq!(TcpStream::connect(at).unwrap_err().kind(), ErrorKind::PermissionDenied);
            assert!(TcpListener::bind("127.0.0.1:0").is_ok());
        });
    }
}
