//! Search: what is asked is found, pages stay stable, nothing is readable on the disk, what is erased is gone.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use dreamomni2::base::clock::Moment;
use dreamomni2::base::entropy::Entropy;
use dreamomni2::base::id::{AccountId, AssetId, Id, RenderId};
use dreamomni2::crypto::FileKey;
use dreamomni2::search::query::Query;
use dreamomni2::search::{Cursor, Doc, Filter, Found, Index, Kind, Only, Order, Search, Subject};
use proptest::prelude::*;

const KEY: [u8; 32] = [9; 32];

fn key() -> FileKey {
    FileKey::from_bytes(KEY)
}

fn account(number: i64) -> AccountId {
    AccountId::new(Moment(number), &Entropy::seeded(number as u64))
}

fn render(at: i64) -> Subject {
    Subject::Render(RenderId::new(Moment(at), &Entropy::seeded(at as u64)))
}

fn doc(subject: Subject, text: &str) -> Doc {
    Doc {
        subject,
        clip: false,
        text: text.to_owned(),
        caption: String::new(),
        negative: String::new(),
        by: account(1),
        by_name: "Ana Löwenherz".to_owned(),
        model: "starter".to_owned(),
        favourite_of: Vec::new(),
        deleted: false,
    }
}

fn asked(text: &str) -> Search {
    Search {
        query: Query::parse(text).unwrap_or_else(|e| panic!("{text}: {e}")),
        filter: Filter::default(),
        order: Order::Newest,
        me: account(1),
        limit: 50,
        after: None,
    }
}

fn filled(dir: &Path, docs: &[Doc]) -> Index {
    let index = Index::open(dir, &key()).unwrap();
    let mut batch = index.batch().unwrap();
    for doc in docs {
        batch.put(doc).unwrap();
    }
    batch.commit().unwrap();
    index
}

fn found(index: &Index, text: &str) -> Vec<Subject> {
    index.find(&asked(text)).unwrap().hits
}

/// Five things, the newest last.
fn some() -> Vec<Doc> {
    let day = Moment::parse("2026-05-01").unwrap().0;
    let asset = Subject::Asset(AssetId::new(Moment(day + 4), &Entropy::seeded(4)));
    vec![
        Doc { caption: "the final one".into(), ..doc(render(1000), "red circles over a lighthouse") },
        Doc {
            clip: true, negative: "blurry fog".into(), ..doc(render(2000), "A lighthouse at night, 東京タワー")
        },
        Doc {
            by: account(2),
            by_name: "Bo Ek".into(),
            model: "flux-kontext".into(),
            ..doc(render(3000), "Café señor")
        },
        Doc { favourite_of: vec![account(2)], ..doc(render(day), "blue circle") },
        Doc { model: String::new(), ..doc(asset, "photo of a lamp") },
    ]
}

#[test]
fn what_is_asked_is_found_newest_first() {
    let dir = tempfile::tempdir().unwrap();
    let docs = some();
    let index = filled(dir.path(), &docs);
    let is = |text: &str, expected: &[usize]| {
        let expected: Vec<Subject> = expected.iter().map(|place| docs[*place].subject).collect();
        assert_eq!(found(&index, text), expected, "{text}");
    };
    is("", &[4, 3, 2, 1, 0]);
    is("lighthouse", &[1, 0]);
    is("LIGHTHOUSE red", &[0]);
    is("\"circles over a\"", &[0]);
    is("\"over circles\"", &[]);
    is("\"lighthouse the\"", &[]);
    is("final", &[0]);
    is("circ*", &[3, 0]);
    is("cafe senor", &[2]);
    is("東京", &[1]);
    is("lighthouse -red", &[1]);
    is("-lighthouse -is:upload", &[3, 2]);
    is("blurry", &[]);
    is("negative:fog", &[1]);
    is("is:clip", &[1]);
    is("is:upload", &[4]);
    is("is:picture lighthouse", &[0]);
    is("is:favourite", &[]);
    is("by:lowen", &[4, 3, 1, 0]);
    is("by:\"bo e\"", &[2]);
    is("model:flux-k", &[2]);
    is("-model:flux", &[4, 3, 1, 0]);
    is("after:2026-05-01", &[4, 3]);
    is("before:2026-05-01 lighthouse", &[1, 0]);
    is("-after:2026-05-01", &[2, 1, 0]);
    assert_eq!(index.count(), 5);
}

#[test]
fn a_typing_error_is_forgiven_when_little_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let docs = some();
    let index = filled(dir.path(), &docs);
    for typed in ["lighthuose", "lighthose", "lightthouse"] {
        let answer = index.find(&asked(typed)).unwrap();
        assert!(answer.similar && answer.total == 2, "{typed}");
    }
    assert!(!index.find(&asked("lighthouse")).unwrap().similar);
    assert_eq!(found(&index, "lanp"), [docs[4].subject]);
    // Three letters are too few to guess.
    assert_eq!(found(&index, "rad"), []);
    assert_eq!(found(&index, "-lighthuose lamp"), [docs[4].subject]);
}

#[test]
fn the_page_filters_beside_the_words() {
    let dir = tempfile::tempdir().unwrap();
    let mut docs = some();
    docs[0].deleted = true;
    let index = filled(dir.path(), &docs);
    let with = |filter: Filter, me: i64| index.find(&Search { filter, me: account(me), ..asked("") }).unwrap().hits;
    let all = Filter::default;
    assert_eq!(with(Filter { deleted: true, ..all() }, 1), [docs[0].subject]);
    assert_eq!(with(Filter { only: Some(Only::Assets), ..all() }, 1), [docs[4].subject]);
    assert_eq!(with(Filter { only: Some(Only::Renders), ..all() }, 1).len(), 3);
    assert_eq!(with(Filter { favourite: true, ..all() }, 2), [docs[3].subject]);
    assert_eq!(with(Filter { favourite: true, ..all() }, 1), []);
    assert_eq!(with(Filter { by: Some(account(2)), ..all() }, 1), [docs[2].subject]);
    assert_eq!(found(&index, "lighthouse"), [docs[1].subject]);
}

fn walk(index: &Index, search: Search) -> (Vec<Subject>, usize) {
    let (mut seen, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let Found { hits, next, total, .. } = index.find(&Search { after, ..search.clone() }).unwrap();
        seen.extend(hits);
        pages += 1;
        let Some(next) = next else { return (seen, total) };
        let text = next.to_string();
        after = Some(text.parse::<Cursor>().unwrap());
        assert!(pages < 500, "pages never end");
    }
}

#[test]
fn pages_neither_skip_nor_repeat_though_all_was_made_in_one_moment() {
    let dir = tempfile::tempdir().unwrap();
    let chance = Entropy::seeded(7);
    // 3,000 things of one millisecond: the first 64 bits of some ids are equal.
    let docs: Vec<Doc> =
        (0..3000).map(|_| doc(Subject::Render(RenderId::new(Moment(5), &chance)), "one word")).collect();
    let index = filled(dir.path(), &docs);
    for order in [Order::Newest, Order::Best] {
        let (seen, total) = walk(&index, Search { limit: 170, order, ..asked("word") });
        assert_eq!((seen.len(), total), (3000, 3000));
        assert_eq!(seen.iter().collect::<HashSet<_>>().len(), 3000);
    }
    let (seen, _) = walk(&index, Search { limit: 170, ..asked("word") });
    assert!(seen.is_sorted_by_key(|subject| std::cmp::Reverse(subject.to_string())));
}

#[test]
fn a_page_goes_on_where_it_stood_though_newer_things_came() {
    let dir = tempfile::tempdir().unwrap();
    let docs: Vec<Doc> = (1..=20).map(|at| doc(render(at), "word")).collect();
    let index = filled(dir.path(), &docs);
    let first = index.find(&Search { limit: 5, ..asked("word") }).unwrap();
    let mut batch = index.batch().unwrap();
    (21..=30).for_each(|at| batch.put(&doc(render(at), "word")).unwrap());
    batch.commit().unwrap();
    let second = index.find(&Search { limit: 5, after: first.next, ..asked("word") }).unwrap();
    assert_eq!(second.hits, (11..=15).rev().map(render).collect::<Vec<_>>());
    assert_eq!(second.total, 30);
}

#[test]
fn a_cursor_of_another_order_or_by_hand_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let index = filled(dir.path(), &some());
    let after = Some(Cursor::Best(3));
    assert_eq!(index.find(&Search { after, ..asked("") }).unwrap_err().code(), "search_cursor");
    let after = Some(Cursor::Newest(render(1)));
    assert_eq!(index.find(&Search { after, order: Order::Best, ..asked("") }).unwrap_err().kind(), Kind::Refused);
    for text in ["", "best_", "best_-1", "ren_1", "x"] {
        assert!(text.parse::<Cursor>().is_err(), "{text}");
    }
}

#[test]
fn the_best_answer_comes_first_when_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let docs = [doc(render(1), "owl owl owl"), doc(render(2), "an owl in a very long sentence about other things")];
    let index = filled(dir.path(), &docs);
    assert_eq!(index.find(&Search { order: Order::Best, ..asked("owl") }).unwrap().hits, [render(1), render(2)]);
    assert_eq!(found(&index, "owl"), [render(2), render(1)]);
}

#[test]
fn a_changed_document_replaces_the_old_one_and_survives_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let index = filled(dir.path(), &[doc(render(1), "first words"), doc(render(2), "others")]);
    let mut batch = index.batch().unwrap();
    batch.put(&doc(render(1), "second words")).unwrap();
    batch.remove(render(2));
    assert_eq!(found(&index, "first"), [render(1)], "nothing changes before the commit");
    batch.commit().unwrap();
    drop(index);
    let index = Index::open(dir.path(), &key()).unwrap();
    assert_eq!((found(&index, "first"), found(&index, "second")), (vec![], vec![render(1)]));
    assert_eq!(index.count(), 1);
    let batch = index.batch().unwrap();
    drop(batch);
    index.rebuild([doc(render(5), "anew")].into_iter()).unwrap();
    assert_eq!(found(&index, ""), [render(5)]);
}

fn files(dir: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let paths = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    paths.map(|path| (path.clone(), fs::read(&path).unwrap())).collect()
}

#[test]
fn no_word_of_a_document_is_readable_on_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let marker = "xyloprompt";
    let told = Doc {
        caption: "xylocaption".into(),
        negative: "xylonegative".into(),
        by_name: "Xylo Name".into(),
        model: "xylomodel".into(),
        ..doc(render(1), &format!("{marker} {marker} in many words"))
    };
    let index = filled(dir.path(), &[told, doc(render(2), "other")]);
    assert_eq!(found(&index, marker), [render(1)]);
    let files = files(dir.path());
    assert!(files.len() > 5);
    for (path, bytes) in files {
        let readable = bytes.windows(4).any(|window| window.eq_ignore_ascii_case(b"xylo") || window == b"text");
        assert!(!readable, "{} is readable", path.display());
    }
}

#[test]
fn what_is_erased_leaves_no_file_that_held_it() {
    let dir = tempfile::tempdir().unwrap();
    let index = filled(dir.path(), &[doc(render(1), "secret"), doc(render(2), "kept")]);
    let held: Vec<_> =
        files(dir.path()).into_iter().filter(|(path, _)| path.extension().is_some_and(|e| e == "term")).collect();
    assert_eq!(held.len(), 1);
    index.erase(&[render(1)]).unwrap();
    assert!(held.iter().all(|(path, _)| !path.exists()));
    assert_eq!((found(&index, "secret"), found(&index, "kept")), (vec![], vec![render(2)]));
    index.erase(&[render(2)]).unwrap();
    assert_eq!(index.count(), 0);
    assert!(files(dir.path()).iter().all(|(path, _)| path.extension().is_none_or(|e| e != "term")));
}

#[test]
fn a_changed_bit_is_noticed_and_never_a_wrong_answer() {
    let dir = tempfile::tempdir().unwrap();
    drop(filled(dir.path(), &some()));
    for (path, whole) in files(dir.path()) {
        for place in [0, whole.len() / 3, whole.len() / 2, whole.len() - 1] {
            let mut bent = whole.clone();
            bent[place] ^= 1;
            fs::write(&path, &bent).unwrap();
            let answer = Index::open(dir.path(), &key()).and_then(|index| index.find(&asked("lighthouse")));
            match answer {
                Ok(answer) => assert_eq!(answer.total, 2, "{} at {place}", path.display()),
                Err(error) => assert_eq!(error.kind(), Kind::Damaged, "{error}"),
            }
            fs::write(&path, &whole).unwrap();
        }
    }
    assert_eq!(Index::open(dir.path(), &key()).unwrap().find(&asked("lighthouse")).unwrap().total, 2);
}

#[test]
fn another_key_or_swapped_files_do_not_open_and_a_new_index_can_begin() {
    let dir = tempfile::tempdir().unwrap();
    drop(filled(dir.path(), &some()));
    let other = FileKey::from_bytes([1; 32]);
    assert_eq!(Index::open(dir.path(), &other).err().map(|e| e.code()), Some("search_index_damaged"));
    fs::copy(dir.path().join(".managed.json"), dir.path().join("meta.json")).unwrap();
    assert_eq!(Index::open(dir.path(), &key()).err().map(|e| e.kind()), Some(Kind::Damaged));
    let index = Index::anew(dir.path(), &other).unwrap();
    assert_eq!(index.count(), 0);
}

#[test]
fn many_small_batches_stay_few_files() {
    let dir = tempfile::tempdir().unwrap();
    let index = Index::open(dir.path(), &key()).unwrap();
    for at in 1..=15 {
        let mut batch = index.batch().unwrap();
        batch.put(&doc(render(at), "word")).unwrap();
        batch.commit().unwrap();
    }
    index.batch().unwrap().commit().unwrap();
    assert_eq!(index.find(&asked("word")).unwrap().total, 15);
    let count = files(dir.path()).len();
    assert!(count < 45, "{count} files");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]
    #[test]
    fn whatever_is_typed_the_parser_answers(text in "[ \"“”:*a-z0-9é東🐈\u{0}\u{202e}\\-.]{0,40}|\\PC{0,60}|(by|is|after|model|x):\\PC{0,12}") {
        match Query::parse(&text) {
            Ok(query) => prop_assert!(query.clauses.len() <= 32),
            Err(bad) => prop_assert!(bad.to_string().len() > 20 && !bad.code().is_empty()),
        }
    }
}
