//! Collects the newest hits: by the id, so that pages stay stable while things are added and files are merged.

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

use tantivy::collector::{Collector, FilterCollector, SegmentCollector};
use tantivy::columnar::ColumnValues;
use tantivy::{COLLECT_BLOCK_BUFFER_LEN, DocId, Score, SegmentOrdinal, SegmentReader};

use super::doc::Subject;
use super::schema::{ASSET, HIGH, LOW};

/// An id's upper 48 bits are milliseconds: this is how far they stand in the upper half.
const TIME_SHIFT: u32 = 16;
/// So many more than asked for are gathered before the oldest are let go.
const SLACK: usize = 4096;

pub(super) struct Newest {
    pub(super) limit: usize,
    /// Only older ones.
    pub(super) before: Option<u128>,
    /// Milliseconds.
    pub(super) made: Range<u64>,
}

/// What one search, or one segment of it, found.
#[derive(Default)]
pub(super) struct Tally {
    /// Newest first.
    pub(super) newest: Vec<(u128, bool)>,
    pub(super) total: usize,
}

/// The columns that make up an id.
pub(super) struct Ids {
    high: Arc<dyn ColumnValues<u64>>,
    low: Arc<dyn ColumnValues<u64>>,
    asset: Arc<dyn ColumnValues<u64>>,
}

impl Ids {
    pub(super) fn open(segment: &SegmentReader) -> tantivy::Result<Self> {
        // Every document has exactly one value in each, so the values lie in the order of the documents.
        let column = |name| segment.fast_fields().u64(name).map(|column| column.values);
        Ok(Ids { high: column(HIGH)?, low: column(LOW)?, asset: column(ASSET)? })
    }

    pub(super) fn subject(&self, doc: DocId) -> Subject {
        Subject::from_number(self.number(doc), self.asset.get_val(doc) == 1)
    }

    fn number(&self, doc: DocId) -> u128 {
        u128::from(self.high.get_val(doc)) << 64 | u128::from(self.low.get_val(doc))
    }
}

impl Collector for Newest {
    type Fruit = Tally;
    type Child = SegmentNewest;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<SegmentNewest> {
        let high = |at: u64| at.saturating_mul(1 << TIME_SHIFT);
        Ok(SegmentNewest {
            ids: Ids::open(segment)?,
            limit: self.limit,
            before: self.before,
            made: high(self.made.start)..high(self.made.end),
            best: Vec::new(),
            floor: 0,
            total: 0,
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, parts: Vec<Tally>) -> tantivy::Result<Tally> {
        let mut all = Tally::default();
        for part in parts {
            all.total += part.total;
            all.newest.extend(part.newest);
        }
        all.newest.sort_unstable_by(|a, b| b.cmp(a));
        all.newest.truncate(self.limit);
        Ok(all)
    }
}

/// The same span of time for another collector.
pub(super) fn within<C: Collector>(
    made: Range<u64>,
    inner: C,
) -> FilterCollector<C, impl Fn(u64) -> bool + Clone + Send + Sync + use<C>, u64> {
    FilterCollector::new(HIGH.to_owned(), move |high: u64| made.contains(&(high >> TIME_SHIFT)), inner)
}

pub(super) struct SegmentNewest {
    ids: Ids,
    limit: usize,
    before: Option<u128>,
    /// In the terms of an id's upper half; open-ended at the top.
    made: Range<u64>,
    /// Upper halves of ids that may be among the newest, in no order.
    best: Vec<(u64, DocId)>,
    /// Anything lower cannot be among them any more.
    floor: u64,
    total: usize,
}

impl SegmentNewest {
    fn take(&mut self, doc: DocId, high: u64) {
        if high < self.made.start || (high >= self.made.end && self.made.end != u64::MAX) {
            return;
        }
        self.total += 1;
        // Made in the same millisecond by the same chance: the lower half decides.
        let seen = |before: u128| match high.cmp(&((before >> 64) as u64)) {
            Ordering::Less => false,
            Ordering::Equal => self.ids.number(doc) >= before,
            Ordering::Greater => true,
        };
        if self.before.is_some_and(seen) {
            return;
        }
        if high >= self.floor {
            self.best.push((high, doc));
            if self.best.len() >= self.limit + SLACK {
                self.cut();
            }
        }
    }

    /// Keeps the newest and all that equal the oldest of them, whose lower halves are not yet compared.
    fn cut(&mut self) {
        let Some(last) = self.limit.checked_sub(1).filter(|last| *last < self.best.len()) else { return };
        let (_, &mut (floor, _), _) = self.best.select_nth_unstable_by(last, |a, b| b.0.cmp(&a.0));
        self.floor = floor;
        self.best.retain(|(high, _)| *high >= floor);
    }
}

impl SegmentCollector for SegmentNewest {
    type Fruit = Tally;

    fn collect(&mut self, doc: DocId, _: Score) {
        self.take(doc, self.ids.high.get_val(doc));
    }

    fn collect_block(&mut self, docs: &[DocId]) {
        for docs in docs.chunks(COLLECT_BLOCK_BUFFER_LEN) {
            let mut highs = [0; COLLECT_BLOCK_BUFFER_LEN];
            let Some(highs) = highs.get_mut(..docs.len()) else { return };
            self.ids.high.get_vals(docs, highs);
            for (doc, high) in docs.iter().zip(highs) {
                self.take(*doc, *high);
            }
        }
    }

    fn harvest(mut self) -> Tally {
        if self.limit == 0 {
            return Tally { newest: Vec::new(), total: self.total };
        }
        self.cut();
        let whole = |(_, doc): &(u64, DocId)| (self.ids.number(*doc), self.ids.asset.get_val(*doc) == 1);
        let mut newest: Vec<(u128, bool)> = self.best.iter().map(whole).collect();
        newest.sort_unstable_by(|a, b| b.cmp(a));
        newest.truncate(self.limit);
        Tally { newest, total: self.total }
    }
}
