//! Sealed rows and blobs on disk: the only floor that knows the database.
//!
//! ```ignore
//! #[derive(Serialize, Deserialize)]
//! struct Session { id: SessionId, account: AccountId, seen: Moment, #[serde(default)] agent: String }
//!
//! impl Record for Session {
//!     const TABLE: Table = schema::SESSIONS;             // every table is listed in schema.rs
//!     type Key = SessionId;
//!     fn key(&self) -> SessionId { self.id }
//! }
//!
//! let folder = Folder::open(data)?;                      // takes the lock
//! assert_eq!(folder.phase()?, Phase::Setup);
//! folder.begin_setup()?;
//! let (keys, recovery) = Keyring::create(&folder.keys(), &Unlock::Passphrase(secret), Keyring::HARDNESS)?;
//! let (read, write) = File::create(&folder.studio(), &keys.studio()?, Home::Studio)?;
//!
//! let tx = write.begin()?;                               // one at a time; dropped = nothing happened
//! tx.put(&session)?;
//! tx.mark(schema::SESSIONS_BY_ACCOUNT, &session.account, &session.id)?;
//! tx.commit()?;                                          // on disk when it returns
//! folder.finish_setup(&keys)?;
//!
//! let tx = read.begin()?;
//! let one: Option<Session> = tx.get(&id)?;
//! let newest = tx.scan::<Session>(Span::all(), Direction::Backward).take(50);
//! let page = tx.scan::<Session>(Span::all().past(cursor.as_ref()), Direction::Backward).take(50);
//! for id in tx.find::<SessionId>(schema::SESSIONS_BY_ACCOUNT, Span::under(&account), Direction::Forward) {
//!     let session: Option<Session> = tx.get(&id?)?;
//! }
//! fn rename(tx: &WriteTx) {}  fn count(tx: &impl Reads) {}  // both transactions read
//!
//! let key = keys.make(workspace)?;                       // later: keys.workspace(workspace)?
//! folder.make_workspace(workspace)?;
//! let (read, write) = File::create(&folder.rows(workspace), &key.file("rows")?, Home::Workspace)?;
//! let blobs = Blobs::open(&folder.blobs(workspace), key.file("blobs")?)?;
//! let mut draft = blobs.draft(BlobId::new(now, &entropy))?;   // sealed while it streams
//! std::io::copy(&mut upload, &mut draft)?;
//! let BlobRef { id, size } = draft.finish()?;
//! ```

mod error;

pub mod schema;

mod key;
mod span;

mod record;

mod reads;

mod tx;

pub mod disk;
mod sealed;

mod file;

pub mod blobs;

mod wrapped;

pub mod keys;

pub mod folder;

pub use error::{Error, Kind, Result};
pub use file::{File, ReadDoor, WriteDoor};
pub use key::Key;
pub use reads::{Reads, Row, Rows};
pub use record::Record;
pub use schema::{Home, Index, Table};
pub use span::{Direction, Span};
pub use tx::{ReadTx, WriteTx};
