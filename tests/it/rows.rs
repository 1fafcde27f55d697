//! Rows: what the doors promise, against a map in memory and against a hostile disk.

use std::collections::BTreeMap;
use std::sync::Arc;

use dreamomni2::base::clock::Moment;
use dreamomni2::crypto::FileKey;
use dreamomni2::store::disk::Disk;
use dreamomni2::store::{Direction, File, Home, Kind, ReadDoor, Reads, Record, Span, Table, WriteDoor, schema};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::support::disk::MemoryDisk;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Probe {
    group: u8,
    number: u32,
    text: String,
}

impl Record for Probe {
    const TABLE: Table = schema::SETTINGS;
    type Key = (u8, u32);
    fn key(&self) -> (u8, u32) {
        (self.group, self.number)
    }
}

fn key() -> FileKey {
    FileKey::from_bytes([7; 32])
}

fn probe(group: u8, number: u32, text: &str) -> Probe {
    Probe { group, number, text: text.to_owned() }
}

fn doors() -> (ReadDoor, WriteDoor, Arc<MemoryDisk>) {
    let disk = Arc::new(MemoryDisk::default());
    let (read, write) = File::on(disk.clone(), &key(), Home::Studio).unwrap();
    (read, write, disk)
}

#[test]
fn a_dropped_transaction_leaves_nothing_and_a_reader_sees_one_moment() {
    let (read, write, _) = doors();
    let tx = write.begin().unwrap();
    tx.put(&probe(1, 1, "kept")).unwrap();
    tx.commit().unwrap();
    let before = read.begin().unwrap();
    let tx = write.begin().unwrap();
    tx.put(&probe(1, 2, "dropped")).unwrap();
    drop(tx);
    let tx = write.begin().unwrap();
    assert!(tx.remove::<Probe>(&(1, 1)).unwrap());
    assert!(!tx.remove::<Probe>(&(1, 9)).unwrap());
    tx.commit().unwrap();
    assert_eq!(before.get::<Probe>(&(1, 1)).unwrap().unwrap().text, "kept");
    assert_eq!(read.begin().unwrap().count::<Probe>().unwrap(), 0);
}

#[test]
fn a_walk_goes_both_ways_under_a_prefix_and_on_behind_a_cursor() {
    let (read, write, _) = doors();
    let tx = write.begin().unwrap();
    for group in [0, 1, 255] {
        for number in 0..700 {
            tx.put(&probe(group, number, "x")).unwrap();
        }
    }
    // The transaction sees its own edits, and may edit while it walks.
    for row in tx.scan::<Probe>(Span::under(&0u8), Direction::Forward) {
        tx.put(&Probe { text: "y".to_owned(), ..row.unwrap() }).unwrap();
    }
    tx.commit().unwrap();
    let tx = read.begin().unwrap();
    let numbers =
        |span, direction| -> Vec<u32> { tx.scan::<Probe>(span, direction).map(|row| row.unwrap().number).collect() };
    assert_eq!(numbers(Span::under(&1u8), Direction::Forward), (0..700).collect::<Vec<_>>());
    assert_eq!(numbers(Span::under(&255u8), Direction::Backward), (0..700).rev().collect::<Vec<_>>());
    assert_eq!(numbers(Span::under(&1u8).past(Some(&697u32)), Direction::Forward), [698, 699]);
    assert_eq!(numbers(Span::under(&1u8).past(Some(&2u32)), Direction::Backward), [1, 0]);
    assert_eq!(numbers(Span::all().past(Some(&(255u8, 698u32))), Direction::Forward), [699]);
    assert_eq!(numbers(Span::under(&7u8), Direction::Forward), [0u32; 0]);
    assert!(tx.scan::<Probe>(Span::under(&0u8), Direction::Forward).all(|row| row.unwrap().text == "y"));
}

#[test]
fn an_index_answers_what_follows_the_members_asked_for() {
    let (read, write, _) = doors();
    let tx = write.begin().unwrap();
    for (email, at, id) in [("ana", 5, 1u32), ("ana", -5, 2), ("anabel", 1, 3)] {
        tx.mark(schema::ACCOUNTS_BY_EMAIL, &(email.to_owned(), Moment(at)), &id).unwrap();
    }
    tx.unmark(schema::ACCOUNTS_BY_EMAIL, &("anabel".to_owned(), Moment(1)), &3u32).unwrap();
    tx.commit().unwrap();
    let tx = read.begin().unwrap();
    let found: Vec<(Moment, u32)> = tx
        .find(schema::ACCOUNTS_BY_EMAIL, Span::under(&"ana".to_owned()), Direction::Forward)
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(found, [(Moment(-5), 2), (Moment(5), 1)]);
    let one: Option<u32> = tx.find_one(schema::ACCOUNTS_BY_EMAIL, &("ana".to_owned(), Moment(5))).unwrap();
    assert_eq!(one, Some(1));
    assert_eq!(tx.find_one::<Moment>(schema::ACCOUNTS_BY_EMAIL, &"anabel".to_owned()).unwrap(), None);
}

#[test]
fn a_table_of_a_workspace_cannot_be_put_into_the_studios_file() {
    let disk = Arc::new(MemoryDisk::default());
    let (_, write) = File::on(disk, &key(), Home::Workspace).unwrap();
    let tx = write.begin().unwrap();
    assert_eq!(tx.put(&probe(1, 1, "x")).unwrap_err().code(), "foreign_table");
    assert_eq!(tx.scan::<Probe>(Span::all(), Direction::Forward).next().unwrap().unwrap_err().code(), "foreign_table");
}

#[test]
fn a_wrong_key_is_refused_with_a_sentence_and_a_foreign_file_as_damaged() {
    let (_, write, disk) = doors();
    drop((write, ()));
    let wrong = File::on(disk.clone(), &FileKey::from_bytes([8; 32]), Home::Studio).err().unwrap();
    assert_eq!((wrong.kind(), wrong.code()), (Kind::Refused, "wrong_key"));
    assert!(wrong.to_string().contains("belongs to another studio"));
    disk.change(|bytes| bytes[..4].copy_from_slice(b"PNG!"));
    assert_eq!(File::on(disk.clone(), &key(), Home::Studio).err().unwrap().code(), "file_damaged");
    disk.change(|bytes| bytes.truncate(20));
    assert_eq!(File::on(disk, &key(), Home::Studio).err().unwrap().code(), "file_damaged");
}

#[test]
fn no_word_of_a_row_lies_on_the_disk() {
    let (_, write, disk) = doors();
    let marker = "a lighthouse in the marker fog";
    let tx = write.begin().unwrap();
    for number in 0..300 {
        tx.put(&probe(1, number, marker)).unwrap();
        tx.mark(schema::ACCOUNTS_BY_EMAIL, &marker.to_owned(), &number).unwrap();
    }
    tx.commit().unwrap();
    drop(write);
    disk.change(|bytes| {
        for plain in [&b"lighthouse"[..], b"marker", b"redb", b"settings", b"accounts.email"] {
            assert!(!bytes.windows(plain.len()).any(|window| window == plain), "{}", String::from_utf8_lossy(plain));
        }
    });
}

/// Found by bending files: the database takes a file without a header for a new, empty one.
#[test]
fn a_file_cut_off_or_wiped_to_its_first_bytes_is_damaged_and_not_empty() {
    let (read, write, disk) = doors();
    let tx = write.begin().unwrap();
    tx.put(&probe(1, 1, "kept")).unwrap();
    tx.commit().unwrap();
    drop((read, write));
    let image = disk.change(|bytes| bytes.clone());
    let mut wiped = image.clone();
    wiped[4096..13_312].fill(0);
    let cuts = [4096, 4097, 8704, 13_311, 13_312, 20_000, image.len() - 4608, image.len() - 1];
    for bytes in cuts.iter().map(|len| image[..*len].to_vec()).chain([wiped]) {
        let (len, opened) = (bytes.len(), File::on(Arc::new(MemoryDisk::new(bytes)), &key(), Home::Studio));
        assert_eq!(opened.err().map(|e| e.kind()), Some(Kind::Damaged), "{len}");
    }
}

/// One bit, anywhere: the answer is either right or an error, never another value.
#[test]
fn a_flipped_bit_is_never_read_as_a_value() {
    let (read, write, disk) = doors();
    let tx = write.begin().unwrap();
    for number in 0..400 {
        tx.put(&probe(1, number, &format!("value {number}"))).unwrap();
    }
    tx.commit().unwrap();
    drop((read, write));
    let image = disk.change(|bytes| bytes.clone());
    let written: Vec<usize> = (0..image.len()).filter(|i| image[*i] != 0).collect();
    let (mut refused, rounds) = (0, 120);
    for round in 0..rounds {
        let mut bytes = image.clone();
        let place = written[round * 7919 * 13 % written.len()];
        bytes[place] ^= 1 << (round % 8);
        refused += u32::from(!reads_right_or_refuses(bytes));
        // A whole sector gone blank, as a failing disk gives it.
        let mut bytes = image.clone();
        bytes[place / 512 * 512..][..512].fill(0);
        refused += u32::from(!reads_right_or_refuses(bytes));
    }
    assert!(refused > 0, "no damage was ever met");
}

/// True when all rows were right, false when an error said so; panics on a wrong value.
fn reads_right_or_refuses(bytes: Vec<u8>) -> bool {
    let read = || -> Result<(), dreamomni2::store::Error> {
        let (read, _write) = File::on(Arc::new(MemoryDisk::new(bytes)), &key(), Home::Studio)?;
        let tx = read.begin()?;
        let mut rows = 0;
        for row in tx.scan::<Probe>(Span::all(), Direction::Forward) {
            let row = row?;
            assert_eq!(row.text, format!("value {}", row.number));
            rows += 1;
        }
        assert_eq!(rows, 400, "rows went missing unseen");
        Ok(())
    };
    match read() {
        Ok(()) => true,
        Err(e) => {
            assert!(matches!(e.kind(), Kind::Damaged | Kind::Refused), "{e:?}");
            false
        }
    }
}

#[test]
fn a_block_put_in_anothers_place_or_taken_from_an_older_file_is_refused() {
    let (read, write, disk) = doors();
    let tx = write.begin().unwrap();
    for number in 0..2000 {
        tx.put(&probe(1, number, "some text that fills a few blocks of the file")).unwrap();
    }
    tx.commit().unwrap();
    drop((read, write));
    let refused = disk.change(|bytes| {
        let blocks: Vec<usize> = (13_312..bytes.len() - 4607).step_by(4608).filter(|at| bytes[*at] != 0).collect();
        for pair in blocks.chunks_exact(2) {
            let (a, b) = (pair[0], pair[1]);
            let first = bytes[a..a + 4608].to_vec();
            bytes.copy_within(b..b + 4608, a);
            bytes[b..b + 4608].copy_from_slice(&first);
        }
        blocks.len()
    });
    assert!(refused > 10);
    let opened = File::on(disk, &key(), Home::Studio).and_then(|(read, _write)| {
        read.begin()?.scan::<Probe>(Span::all(), Direction::Forward).collect::<Result<Vec<_>, _>>()
    });
    assert_eq!(opened.err().unwrap().kind(), Kind::Damaged);
}

#[test]
fn a_full_disk_is_named_and_everything_works_again_once_there_is_room() {
    let (read, write, disk) = doors();
    let tx = write.begin().unwrap();
    tx.put(&probe(1, 1, "first")).unwrap();
    tx.commit().unwrap();
    disk.limit(Some(disk.size().unwrap()));
    let fill = |write: &WriteDoor| {
        let tx = write.begin()?;
        for number in 10..60 {
            tx.put(&probe(2, number, &"long ".repeat(40_000)))?;
        }
        tx.commit()
    };
    let full = fill(&write).unwrap_err();
    assert_eq!((full.kind(), full.code()), (Kind::Full, "disk_full"));
    assert!(full.to_string().contains("free some space"));
    // Still full: reading works, nothing half-written is seen, a small write fits what is there.
    assert_eq!(read.begin().unwrap().count::<Probe>().unwrap(), 1);
    assert_eq!(fill(&write).unwrap_err().code(), "disk_full");
    disk.limit(None);
    fill(&write).unwrap();
    assert_eq!(read.begin().unwrap().count::<Probe>().unwrap(), 51);
}

#[test]
fn a_field_added_later_reads_old_rows_and_an_unknown_version_is_refused() {
    #[derive(Debug, Serialize, Deserialize)]
    struct Newer {
        group: u8,
        number: u32,
        #[serde(default)]
        added: Option<String>,
    }
    impl Record for Newer {
        const TABLE: Table = schema::SETTINGS;
        type Key = (u8, u32);
        fn key(&self) -> (u8, u32) {
            (self.group, self.number)
        }
    }
    let (read, write, _) = doors();
    let tx = write.begin().unwrap();
    tx.put(&probe(1, 1, "old")).unwrap();
    tx.commit().unwrap();
    let newer = read.begin().unwrap().get::<Newer>(&(1, 1)).unwrap().unwrap();
    assert_eq!((newer.number, newer.added), (1, None));
}

#[derive(Clone, Debug)]
enum Step {
    Put(u8, u32, String),
    Remove(u8, u32),
    Commit,
    Abandon,
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let (group, number) = (0u8..3, 0u32..40);
    prop_oneof![
        8 => (group.clone(), number.clone(), "[a-z]{0,2000}").prop_map(|(g, n, t)| Step::Put(g, n, t)),
        3 => (group, number).prop_map(|(g, n)| Step::Remove(g, n)),
        3 => Just(Step::Commit),
        1 => Just(Step::Abandon),
        1 => Just(Step::Reopen),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_store_is_a_map_that_survives(steps in prop::collection::vec(step(), 1..60)) {
        let (mut read, mut write, disk) = doors();
        let (mut kept, mut edited) = (BTreeMap::new(), BTreeMap::new());
        let mut tx = write.begin().unwrap();
        for step in steps {
            match step {
                Step::Put(group, number, text) => {
                    tx.put(&probe(group, number, &text)).unwrap();
                    edited.insert((group, number), text);
                }
                Step::Remove(group, number) => {
                    let was = edited.remove(&(group, number)).is_some();
                    prop_assert_eq!(tx.remove::<Probe>(&(group, number)).unwrap(), was);
                }
                Step::Commit => {
                    tx.commit().unwrap();
                    kept.clone_from(&edited);
                    tx = write.begin().unwrap();
                }
                Step::Abandon => {
                    drop(tx);
                    edited.clone_from(&kept);
                    tx = write.begin().unwrap();
                }
                Step::Reopen => {
                    drop((tx, read, write));
                    edited.clone_from(&kept);
                    (read, write) = File::on(disk.clone(), &key(), Home::Studio).unwrap();
                    tx = write.begin().unwrap();
                }
            }
            let rows = |rows: &mut dyn Iterator<Item = Probe>| -> Vec<_> { rows.map(|r| ((r.group, r.number), r.text)).collect() };
            let mine = rows(&mut tx.scan::<Probe>(Span::all(), Direction::Forward).map(Result::unwrap));
            prop_assert_eq!(mine, edited.clone().into_iter().collect::<Vec<_>>());
            let theirs = rows(&mut read.begin().unwrap().scan::<Probe>(Span::all(), Direction::Backward).map(Result::unwrap));
            prop_assert_eq!(theirs, kept.clone().into_iter().rev().collect::<Vec<_>>());
        }
    }
}
