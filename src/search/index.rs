//! The index of one workspace: documents in, hits out.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tantivy::collector::{Count, TopDocs};
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy, NoMergePolicy};
use tantivy::{IndexReader, IndexWriter, ReloadPolicy, Searcher};

use super::ask::{Asked, ask, forgivable};
use super::doc::{Cursor, Doc, Found, Order, Search, Subject};
use super::error::Error;
use super::newest::{Ids, Newest, within};
use super::schema::Fields;
use super::sealed::SealedDirectory;
use crate::crypto::FileKey;

/// The least that the engine works with; held only while a batch lives.
const WRITER_BYTES: usize = 15_000_000;
/// With fewer finds than these, similar words are tried too.
const FEW: usize = 3;
/// The longest page.
const MOST_HITS: usize = 20_000;
/// How often, and after how long a moment, erasing looks again for files that are still read.
const GIVE_UP_AFTER: u32 = 200;
const MOMENT: Duration = Duration::from_millis(10);

/// Cheap to clone; reading never waits for writing.
#[derive(Clone)]
pub struct Index {
    dir: PathBuf,
    engine: tantivy::Index,
    reader: IndexReader,
    fields: Fields,
    /// One batch at a time.
    writing: Arc<Mutex<()>>,
}

impl Index {
    /// Opens the index in `dir`, or begins an empty one. A damaged one is an error: begin [`Index::anew`] and fill it.
    pub fn open(dir: &Path, key: &FileKey) -> Result<Self, Error> {
        let directory = SealedDirectory::new(dir, key)?;
        let fields = Fields::new();
        let found = tantivy::Index::exists(&directory)?;
        let build = tantivy::Index::builder().schema(fields.schema()).tokenizers(Fields::tokenizers());
        let engine = build.open_or_create(directory)?;
        if found && engine.schema() != fields.schema() {
            return Err(Error::Damaged("an older version wrote it".to_owned()));
        }
        let reader = engine.reader_builder().reload_policy(ReloadPolicy::Manual).doc_store_cache_num_blocks(1);
        let reader = reader.try_into()?;
        Ok(Index { dir: dir.to_owned(), engine, reader, fields, writing: Arc::default() })
    }

    /// Throws away whatever lies in `dir` and begins an empty index.
    pub fn anew(dir: &Path, key: &FileKey) -> Result<Self, Error> {
        if fs::exists(dir)? {
            fs::remove_dir_all(dir)?;
        }
        Index::open(dir, key)
    }

    pub fn find(&self, search: &Search) -> Result<Found, Error> {
        let searcher = self.reader.searcher();
        let search = &Search { limit: search.limit.clamp(1, MOST_HITS), ..search.clone() };
        let exact = run(&searcher, search, ask(&self.fields, search, false)?)?;
        if exact.total >= FEW || !forgivable(search) {
            return Ok(exact);
        }
        let near = run(&searcher, search, ask(&self.fields, search, true)?)?;
        let similar = near.total > exact.total;
        Ok(if similar { Found { similar, ..near } } else { exact })
    }

    /// How many documents there are, the bin included.
    pub fn count(&self) -> usize {
        self.reader.searcher().num_docs() as usize
    }

    /// Waits until no other batch is open.
    pub fn batch(&self) -> Result<Batch<'_>, Error> {
        let turn = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .memory_budget_per_thread(WRITER_BYTES)
            .num_merge_threads(1)
            .build();
        let writer: IndexWriter = self.engine.writer_with_options(options)?;
        // Few files: each costs a descriptor and its word list memory.
        let mut merging = LogMergePolicy::default();
        merging.set_min_num_segments(4);
        writer.set_merge_policy(Box::new(merging));
        Ok(Batch { index: self, writer, _turn: turn })
    }

    /// Takes documents out and rewrites every file that held their words: nothing of them stays on the disk.
    pub fn erase(&self, subjects: &[Subject]) -> Result<(), Error> {
        let mut batch = self.batch()?;
        batch.writer.set_merge_policy(Box::new(NoMergePolicy));
        for subject in subjects {
            batch.remove(*subject);
        }
        batch.writer.commit()?;
        let metas = self.engine.searchable_segment_metas()?;
        for meta in metas.iter().filter(|meta| meta.has_deletes()) {
            batch.writer.merge(&[meta.id()]).wait()?;
        }
        drop(metas);
        // A search that runs right now holds the old files a moment longer.
        for _ in 0..GIVE_UP_AFTER {
            batch.collect()?;
            if !self.has_strays()? {
                break;
            }
            std::thread::sleep(MOMENT);
        }
        batch.end()
    }

    /// Whether files of segments that are no longer part of the index still lie on the disk.
    fn has_strays(&self) -> Result<bool, Error> {
        let living: Vec<String> =
            self.engine.searchable_segment_ids()?.iter().map(tantivy::index::SegmentId::uuid_string).collect();
        for entry in fs::read_dir(&self.dir)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            let listing = name.starts_with("meta.json") || name.starts_with(".managed.json");
            if !listing && !living.iter().any(|id| name.starts_with(id)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Replaces everything at once; until the end the old documents are found.
    pub fn rebuild(&self, docs: impl Iterator<Item = Doc>) -> Result<(), Error> {
        let mut batch = self.batch()?;
        batch.writer.delete_all_documents()?;
        for doc in docs {
            batch.add(&doc)?;
        }
        batch.commit()
    }
}

/// Changes that become visible together. The memory for writing is held only as long as the batch lives; a batch that
/// is let go without [`Batch::commit`] changes nothing.
pub struct Batch<'a> {
    index: &'a Index,
    writer: IndexWriter,
    _turn: MutexGuard<'a, ()>,
}

impl Batch<'_> {
    /// Adds a document, or replaces the one of the same subject.
    pub fn put(&mut self, doc: &Doc) -> Result<(), Error> {
        self.remove(doc.subject);
        self.add(doc)
    }

    pub fn remove(&mut self, subject: Subject) {
        self.writer.delete_term(self.index.fields.key(subject));
    }

    /// Makes the changes durable and visible.
    pub fn commit(mut self) -> Result<(), Error> {
        self.writer.commit()?;
        self.collect()?;
        self.end()
    }

    fn add(&mut self, doc: &Doc) -> Result<(), Error> {
        self.writer.add_document(self.index.fields.document(doc))?;
        Ok(())
    }

    /// Shows what is committed and removes the files that nobody reads any more.
    fn collect(&self) -> Result<(), Error> {
        self.index.reader.reload()?;
        self.writer.garbage_collect_files().wait()?;
        Ok(())
    }

    /// Lets merges finish; the files they replaced are removed by the next batch.
    fn end(self) -> Result<(), Error> {
        let Batch { index, writer, _turn } = self;
        writer.wait_merging_threads()?;
        index.reader.reload()?;
        Ok(())
    }
}

fn run(searcher: &Searcher, search: &Search, asked: Asked) -> Result<Found, Error> {
    match (search.order, search.after) {
        (Order::Newest, after) => {
            let before = match after {
                None => None,
                Some(Cursor::Newest(subject)) => Some(subject.number()),
                Some(Cursor::Best(_)) => return Err(Error::Cursor),
            };
            // One more than asked tells whether another page follows.
            let newest = Newest { limit: search.limit + 1, before, made: asked.made };
            let tally = searcher.search(&asked.query, &newest)?;
            let mut hits: Vec<Subject> =
                tally.newest.iter().map(|(number, asset)| Subject::from_number(*number, *asset)).collect();
            let more = hits.len() > search.limit;
            hits.truncate(search.limit);
            let next = hits.last().filter(|_| more).copied().map(Cursor::Newest);
            Ok(Found { hits, total: tally.total, next, similar: false })
        }
        (Order::Best, Some(Cursor::Newest(_))) => Err(Error::Cursor),
        (Order::Best, after) => {
            let seen = if let Some(Cursor::Best(seen)) = after { seen as usize } else { 0 };
            best(searcher, search, &asked, seen)
        }
    }
}

fn best(searcher: &Searcher, search: &Search, asked: &Asked, seen: usize) -> Result<Found, Error> {
    let top = TopDocs::with_limit(search.limit.saturating_add(1)).and_offset(seen).order_by_score();
    let (top, total) = searcher.search(&asked.query, &within(asked.made.clone(), (top, Count)))?;
    let more = top.len() > search.limit;
    let mut hits = Vec::with_capacity(search.limit.min(top.len()));
    for (_, place) in top.into_iter().take(search.limit) {
        hits.push(Ids::open(searcher.segment_reader(place.segment_ord))?.subject(place.doc_id));
    }
    let next = more.then(|| Cursor::Best((seen + hits.len()) as u32));
    Ok(Found { hits, total, next, similar: false })
}
