//! The house rules, read from the source as text: floors, guests, circles, length, first lines; also of the web.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Rooms of the binary by floor, from the ground up. Those of one floor are strangers.
const FLOORS: &[&[&str]] = &[
    &["base"],
    &["crypto", "media"],
    &["store", "search", "inference"],
    &["domain"],
    &["work", "http"],
    &["app"],
    &["cli"],
    &["main", "lib"],
];

/// Crates that only some rooms may name.
const GUESTS: &[(&str, &[&str])] = &[
    ("redb", &["store"]),
    ("tantivy", &["search"]),
    ("ort", &["inference"]),
    ("tokenizers", &["inference"]),
    ("safetensors", &["inference"]),
    ("age", &["crypto"]),
    ("aws_lc_rs", &["crypto"]),
    ("argon2", &["crypto"]),
    ("rcgen", &["crypto"]),
    ("image", &["media"]),
    ("rav1e", &["media"]),
    ("muxide", &["media"]),
    ("zip", &["inference"]),
    ("actix_web", &["http", "app"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("landlock", &["work"]),
    ("rmp_serde", &["store", "work"]),
];

const WEB_FLOORS: &[&[&str]] =
    &[&["base", "style", "text"], &["kit", "api"], &["state"], &["actions"], &["features"], &["routes"], &["main"]];

const LONGEST: usize = 400;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            found.extend(files(&path, endings));
        } else if endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn floor_of(floors: &[&[&str]], room: &str) -> Option<usize> {
    floors.iter().position(|floor| floor.contains(&room))
}

/// One source file: where its module stands, and every path it names, from the crate's root.
struct Room {
    file: String,
    module: Vec<String>,
    code: String,
}

impl Room {
    fn read(path: &Path) -> Room {
        let inside = path.strip_prefix(root().join("src")).unwrap();
        let mut module: Vec<String> =
            inside.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
        if module.last().is_some_and(|last| last == "mod") {
            module.pop();
        }
        let text = fs::read_to_string(path).unwrap();
        // A file's own tests may name what they test.
        let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        Room { file: inside.to_string_lossy().into_owned(), module, code: bare(code) }
    }

    fn top(&self) -> &str {
        &self.module[0]
    }

    fn named(&self) -> BTreeSet<Vec<String>> {
        let mut all = BTreeSet::new();
        for (start, word) in self.code.match_indices("crate::").chain(self.code.match_indices("super::")) {
            let before = self.code[..start].chars().next_back().unwrap_or(' ');
            if before.is_alphanumeric() || before == '_' || before == ':' {
                continue;
            }
            let mut at = if word == "crate::" { Vec::new() } else { self.parent() };
            let mut rest = &self.code[start + word.len()..];
            while let Some(higher) = rest.strip_prefix("super::") {
                at.pop();
                rest = higher;
            }
            tree(rest, &at, &mut all);
        }
        all
    }

    fn parent(&self) -> Vec<String> {
        self.module[..self.module.len() - 1].to_vec()
    }
}

/// Reads one path, or a tree of paths in braces; answers what is behind it.
fn tree<'a>(text: &'a str, at: &[String], all: &mut BTreeSet<Vec<String>>) -> &'a str {
    let text = text.trim_start();
    if let Some(mut rest) = text.strip_prefix('{') {
        loop {
            rest = rest.trim_start_matches([' ', '\n', ',']);
            if let Some(behind) = rest.strip_prefix('}') {
                return behind;
            }
            let next = tree(rest, at, all);
            if next.len() == rest.len() {
                return rest;
            }
            rest = next;
        }
    }
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '*').unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let mut path = at.to_vec();
    path.push(word.to_owned());
    match rest.strip_prefix("::") {
        Some(deeper) if !word.is_empty() => tree(deeper, &path, all),
        _ => {
            all.insert(path);
            let renamed = rest
                .strip_prefix(" as ")
                .map(|name| name.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_'));
            renamed.unwrap_or(rest)
        }
    }
}

/// The code without comments and without what stands in quotation marks.
fn bare(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let raw = rest.strip_prefix('r').map(|r| r.trim_start_matches('#')).filter(|r| r.starts_with('"'));
        let after_word = out.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_');
        if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        } else if rest.starts_with("/*") {
            rest = rest.split_once("*/").map_or("", |(_, behind)| behind);
        } else if let Some(body) = raw.filter(|_| !after_word) {
            let hashes = rest.len() - 1 - body.len();
            let end = format!("\"{}", "#".repeat(hashes));
            rest = body[1..].split_once(&end).map_or("", |(_, behind)| behind);
        } else if c == '"' {
            let mut escaped = false;
            let close = rest[1..].find(|c| {
                let ends = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                ends
            });
            rest = close.map_or("", |close| &rest[close + 2..]);
        } else if rest.starts_with("'\"'") {
            rest = &rest[3..];
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

fn rooms() -> Vec<Room> {
    files(&root().join("src"), &[".rs"]).iter().map(|path| Room::read(path)).collect()
}

fn none(faults: Vec<String>) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn a_room_names_only_rooms_of_lower_floors() {
    let mut faults = Vec::new();
    for room in rooms() {
        let Some(own) = floor_of(FLOORS, room.top()) else {
            faults.push(format!("{} stands on no floor", room.file));
            continue;
        };
        for path in room.named() {
            let Some(other) = path.first().filter(|first| *first != room.top()) else { continue };
            if floor_of(FLOORS, other).is_some_and(|floor| floor >= own) {
                faults.push(format!("{} looks up or aside to {}", room.file, path.join("::")));
            }
        }
    }
    none(faults);
}

#[test]
fn guest_crates_stay_in_their_rooms() {
    let mut faults = Vec::new();
    for room in rooms() {
        for (guest, homes) in GUESTS {
            let foreign = |(start, _): (usize, &str)| {
                let before = room.code[..start].chars().next_back().unwrap_or(' ');
                let behind = &room.code[start + guest.len()..];
                let used = room.code[..start].ends_with("use ") && behind.starts_with([';', ' ']);
                !(before.is_alphanumeric() || matches!(before, '_' | ':' | '.')) && (behind.starts_with("::") || used)
            };
            // A module of ours, or of another crate, may have a guest's name, as `rustls::crypto::aws_lc_rs` has.
            let imported = room.code.split("use ").skip(1).filter_map(|rest| rest.split(';').next()).any(|names| {
                let mut words = names.split(|c: char| !c.is_alphanumeric() && c != '_');
                words.next() != Some(*guest) && words.any(|word| word == *guest)
            });
            let ours = imported || room.code.contains(&format!("mod {guest}"));
            if !homes.contains(&room.top()) && !ours && room.code.match_indices(guest).any(foreign) {
                faults.push(format!("{} names {guest}, which lives in {}", room.file, homes.join(" and ")));
            }
        }
    }
    none(faults);
}

#[test]
fn no_files_name_each_other_in_a_circle() {
    let rooms = rooms();
    let places: BTreeMap<&[String], usize> = rooms.iter().enumerate().map(|(i, r)| (r.module.as_slice(), i)).collect();
    let arrows: Vec<BTreeSet<usize>> = rooms
        .iter()
        .enumerate()
        .map(|(own, room)| {
            let deepest = |path: &Vec<String>| (1..=path.len()).rev().find_map(|n| places.get(&path[..n]).copied());
            room.named().iter().filter_map(deepest).filter(|other| *other != own).collect()
        })
        .collect();
    let reaches = |from: usize, to: usize| {
        let (mut seen, mut next) = (BTreeSet::new(), vec![from]);
        while let Some(at) = next.pop() {
            for arrow in &arrows[at] {
                if *arrow == to {
                    return true;
                }
                if seen.insert(*arrow) {
                    next.push(*arrow);
                }
            }
        }
        false
    };
    let faults = (0..rooms.len()).filter(|i| reaches(*i, *i)).map(|i| {
        let to: Vec<_> = arrows[i].iter().filter(|j| reaches(**j, i)).map(|j| rooms[*j].file.as_str()).collect();
        format!("{} -> {}", rooms[i].file, to.join(", "))
    });
    none(faults.collect());
}

#[test]
fn every_file_is_short_and_says_what_it_is_for() {
    let mut faults = Vec::new();
    let all = [files(&root().join("src"), &[".rs"]), files(&root().join("tests"), &[".rs"])].concat();
    for path in all {
        let text = fs::read_to_string(&path).unwrap();
        let lines = text.lines().count();
        if lines > LONGEST {
            faults.push(format!("{} has {lines} lines; at most {LONGEST}", path.display()));
        }
        if !text.starts_with("//! ") {
            faults.push(format!("{} does not say in its first line what it is for", path.display()));
        }
    }
    none(faults);
}

#[test]
fn no_test_file_is_forgotten() {
    let folder = root().join("tests/it");
    let list = fs::read_to_string(folder.join("main.rs")).unwrap();
    let mut faults = Vec::new();
    for entry in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = entry.file_stem().unwrap().to_string_lossy().into_owned();
        let module = entry.extension().is_some_and(|e| e == "rs") || entry.join("mod.rs").exists();
        if module && name != "main" && !list.contains(&format!("mod {name};")) {
            faults.push(format!("{name} is not listed in tests/it/main.rs"));
        }
    }
    none(faults);
}

/// `features/queue/List.svelte` with `~/api/client` in it names `api/client`.
fn web_names(file: &Path, source: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap();
    let mut names = Vec::new();
    for opening in ["from '", "from \"", "import '", "import \"", "import('", "import(\""] {
        for (start, _) in text.match_indices(opening) {
            let rest = &text[start + opening.len()..];
            let path = rest.split(['\'', '"']).next().unwrap_or_default();
            if let Some(inside) = path.strip_prefix("~/") {
                names.push(inside.to_owned());
            } else if path.starts_with('.') {
                let mut at: Vec<_> = file.parent().unwrap().strip_prefix(source).unwrap().iter().collect();
                for part in Path::new(path) {
                    match part.to_string_lossy().as_ref() {
                        "." => {}
                        ".." => drop(at.pop()),
                        _ => at.push(part),
                    }
                }
                names.push(at.iter().map(|p| p.to_string_lossy()).collect::<Vec<_>>().join("/"));
            }
        }
    }
    names
}

#[test]
fn the_web_keeps_its_floors_too() {
    let source = root().join("web/src");
    let mut faults = Vec::new();
    for file in files(&source, &[".ts", ".svelte", ".css"]) {
        let inside = file.strip_prefix(&source).unwrap().to_string_lossy().into_owned();
        let first = |path: &str| path.split(['/', '.']).next().unwrap_or_default().to_owned();
        let text = fs::read_to_string(&file).unwrap();
        // Declarations are generated from the API's description.
        if text.lines().count() > LONGEST && !inside.ends_with(".d.ts") {
            faults.push(format!("web/src/{inside} has more than {LONGEST} lines"));
        }
        if text.contains(" fetch(") && inside != "api/client.ts" {
            faults.push(format!("web/src/{inside} fetches; only api/client.ts does"));
        }
        let own = first(&inside);
        let Some(floor) = floor_of(WEB_FLOORS, &own) else {
            faults.push(format!("web/src/{inside} stands on no floor"));
            continue;
        };
        for name in web_names(&file, &source) {
            let other = first(&name);
            if other != own && floor_of(WEB_FLOORS, &other).is_none_or(|at| at >= floor) {
                faults.push(format!("web/src/{inside} looks up or aside to {name}"));
            }
            let feature = |path: &str| path.split('/').nth(1).map(str::to_owned);
            if own == "features" && other == "features" && feature(&name) != feature(&inside) {
                faults.push(format!("web/src/{inside} names another feature: {name}"));
            }
        }
    }
    none(faults);
}

#[test]
fn the_reader_of_these_rules_reads_right() {
    let code =
        "use crate::a::{self, b::{C, d}, e as f}; // crate::no\nlet x = \"crate::no\"; super::y(); r#\"\"super::n\"#;";
    let room = Room { file: String::new(), module: vec!["m".into(), "n".into()], code: bare(code) };
    let named: Vec<String> = room.named().iter().map(|path| path.join("::")).collect();
    assert_eq!(named, ["a::b::C", "a::b::d", "a::e", "a::self", "m::y"]);
}
