//! The chain: append in the transaction of the change, and walk it to find the first bad record.

use serde::{Deserialize, Serialize};

use crate::base::clock::Moment;
use crate::base::id::AccountId;
use crate::crypto::{Link, Signer, chain};
use crate::domain::error::Result;
use crate::domain::event::Event;
use crate::domain::stamp::{Actor, Stamp};
use crate::store::{Direction, Home, Reads, Record, Span, Table, WriteTx, schema};

/// Every so many records the link is signed with the studio's own key.
const CHECKPOINT: u64 = 16;

/// What is kept of one event. No content, and of the address only the beginning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) number: u64,
    pub(crate) at: Moment,
    pub(crate) actor: Actor,
    pub(crate) address: String,
    pub(crate) action: String,
    pub(crate) subject: String,
    pub(crate) detail: String,
    pub(crate) link: [u8; 32],
    /// Only on checkpoints.
    #[serde(default)]
    pub(crate) signature: Option<Vec<u8>>,
}

impl Entry {
    pub(crate) fn account(&self) -> Option<AccountId> {
        if let Actor::Account(account) = self.actor { Some(account) } else { None }
    }

    /// The bytes that are hashed: each part with its length before it, so that no two entries look alike.
    fn canonical(&self) -> Vec<u8> {
        let actor = match self.actor {
            Actor::Nobody => "nobody".to_owned(),
            Actor::System => "system".to_owned(),
            Actor::Account(account) => account.to_string(),
        };
        let mut bytes = self.at.0.to_be_bytes().to_vec();
        for part in [&actor, &self.address, &self.action, &self.subject, &self.detail] {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        bytes
    }
}

macro_rules! chains {
    ($($name:ident in $table:ident,)*) => {$(
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(transparent)]
        pub(crate) struct $name(pub(crate) Entry);

        impl Record for $name {
            const TABLE: Table = schema::$table;
            type Key = u64;

            fn key(&self) -> u64 {
                self.0.number
            }
        }
        impl From<Entry> for $name {
            fn from(entry: Entry) -> Self {
                $name(entry)
            }
        }
        impl AsRef<Entry> for $name {
            fn as_ref(&self) -> &Entry {
                &self.0
            }
        }
    )*};
}

chains! {
    StudioEntry in STUDIO_AUDIT,
    WorkEntry in AUDIT,
}

/// A record of one of the two chains.
pub(crate) trait Chained: Record<Key = u64> + From<Entry> + AsRef<Entry> {}
impl<T: Record<Key = u64> + From<Entry> + AsRef<Entry>> Chained for T {}

/// Writes one event down, as the newest of the file's own chain.
pub(crate) fn append(
    tx: &WriteTx,
    home: Home,
    stamp: &Stamp,
    signer: &Signer,
    chain: &str,
    event: &Event,
) -> Result<()> {
    let line = event.line();
    let entry = Entry {
        number: 0,
        at: stamp.at,
        actor: stamp.actor,
        address: stamp.shortened(),
        action: line.action.to_owned(),
        subject: line.subject,
        detail: line.detail,
        link: [0; 32],
        signature: None,
    };
    match home {
        Home::Studio => attach::<StudioEntry>(tx, signer, chain, entry),
        Home::Workspace => attach::<WorkEntry>(tx, signer, chain, entry),
    }
}

/// Puts an entry at the end of a chain: number, link and, on a checkpoint, the signature are its place there.
pub(crate) fn attach<R: Chained>(tx: &WriteTx, signer: &Signer, chain: &str, mut entry: Entry) -> Result<()> {
    let (last, before) = newest::<R>(tx)?.map_or((0, Link::FIRST), |e| (e.number, Link(e.link)));
    entry.number = last + 1;
    let link = before.next(entry.number, &entry.canonical());
    entry.link = link.0;
    entry.signature = entry.number.is_multiple_of(CHECKPOINT).then(|| signer.sign(chain, entry.number, link).to_vec());
    Ok(tx.put(&R::from(entry))?)
}

/// The newest entry of a chain.
pub(crate) fn newest<R: Chained>(rows: &impl Reads) -> Result<Option<Entry>> {
    let last = rows.scan::<R>(Span::all(), Direction::Backward).next().transpose()?;
    Ok(last.map(|r| r.as_ref().clone()))
}

/// What a walk along the chain found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verified {
    pub records: u64,
    pub first_bad: Option<u64>,
    /// What is wrong there, in a sentence.
    pub reason: Option<String>,
}

/// Walks from the first record; stops at the first that is not what was written.
pub(crate) fn walk<R: Chained>(rows: &impl Reads, public: &[u8], chain: &str) -> Verified {
    let (mut records, mut before) = (0, Link::FIRST);
    for row in rows.scan::<R>(Span::all(), Direction::Forward) {
        let number = records + 1;
        let bad = |reason: &str| Verified { records, first_bad: Some(number), reason: Some(reason.to_owned()) };
        let Ok(row) = row else { return bad("The record cannot be read") };
        let entry = row.as_ref();
        if entry.number != number {
            return bad("The record is missing");
        }
        let link = before.next(number, &entry.canonical());
        if link.0 != entry.link {
            return bad("The record, or the one before it, was changed after it was written");
        }
        let signed = |signature: &[u8]| chain::verify(public, chain, number, link, signature);
        if number.is_multiple_of(CHECKPOINT) && !entry.signature.as_deref().is_some_and(signed) {
            return bad("The checkpoint is not signed by this studio: the chain was made anew up to here");
        }
        (records, before) = (number, link);
    }
    Verified { records, first_bad: None, reason: None }
}
