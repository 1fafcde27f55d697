//! Signed-in browsers: random tokens, hashed at rest, 12 hours idle, 30 days at most.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::access::standing::Scope;
use super::access::table::Action;
use super::accounts::account::Account;
use super::act::{Act, Proof};
use super::error::{Error, Result};
use super::event::Event;
use super::feed::{Audience, News};
use crate::base::clock::Moment;
use crate::base::id::{AccountId, SessionId};
use crate::base::secret::Secret;
use crate::base::text::hex;
use crate::crypto::{equal, token};
use crate::store::{Direction, Reads, Record, Span, Table, WriteTx, schema};

const IDLE: Duration = Duration::from_hours(12);
const LONGEST: Duration = Duration::from_hours(30 * 24);
/// "Last seen" is not written more often than this.
const SEEN_EVERY: Duration = Duration::from_mins(5);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub id: SessionId,
    pub account: AccountId,
    pub created: Moment,
    pub last_seen: Moment,
    /// Shortened.
    pub address: String,
    pub agent: String,
    pub(crate) hash: Vec<u8>,
}

impl Record for Session {
    const TABLE: Table = schema::SESSIONS;
    type Key = SessionId;

    fn key(&self) -> SessionId {
        self.id
    }
}

impl Session {
    pub(crate) fn over(&self, now: Moment) -> bool {
        now.since(self.last_seen) > IDLE || now.since(self.created) > LONGEST
    }
}

/// A session and the secret of its cookie (`ses_….ses_…`: which one, and the proof).
pub(crate) fn draft(visitor: &Act, account: AccountId, agent: &str) -> (Session, Secret, Proof) {
    let id: SessionId = visitor.id();
    let proof = token::make("ses", &visitor.house().entropy);
    let session = Session {
        id,
        account,
        created: visitor.now(),
        last_seen: visitor.now(),
        address: visitor.stamp().shortened(),
        agent: agent.chars().filter(|c| !c.is_control()).take(200).collect(),
        hash: token::digest(proof.reveal()).to_vec(),
    };
    let secret = Secret::new(format!("{id}.{}", proof.reveal()));
    let csrf = csrf(&proof);
    (session, secret, Proof::Session { id, csrf })
}

/// Follows from the secret, so that it need not be stored and dies with the session.
fn csrf(proof: &Secret) -> String {
    hex(&token::digest(&format!("csrf {}", proof.reveal())))
}

pub(crate) fn add(tx: &WriteTx, session: &Session) -> Result<()> {
    tx.put(session)?;
    tx.mark(schema::SESSIONS_BY_ACCOUNT, &session.account, &session.id)?;
    Ok(())
}

fn remove(tx: &WriteTx, session: &Session) -> Result<()> {
    tx.remove::<Session>(&session.id)?;
    tx.unmark(schema::SESSIONS_BY_ACCOUNT, &session.account, &session.id)?;
    Ok(())
}

fn all_of(rows: &impl Reads, account: AccountId) -> Result<Vec<Session>> {
    let mut all = Vec::new();
    for id in rows.find::<SessionId>(schema::SESSIONS_BY_ACCOUNT, Span::under(&account), Direction::Backward) {
        all.extend(rows.get::<Session>(&id?)?);
    }
    Ok(all)
}

/// Ends every session of an account but one; answers which.
pub(crate) fn end_all(tx: &WriteTx, account: AccountId, but: Option<SessionId>) -> Result<Vec<SessionId>> {
    let mut ended = Vec::new();
    for session in all_of(tx, account)? {
        if Some(session.id) != but {
            remove(tx, &session)?;
            ended.push(session.id);
        }
    }
    Ok(ended)
}

/// The act of whoever holds this cookie.
pub fn resume(visitor: &Act, secret: &Secret) -> Result<Act> {
    let (id, proof) = secret.reveal().split_once('.').ok_or(Error::SignedOut)?;
    let id: SessionId = id.parse().map_err(|_| Error::SignedOut)?;
    let found = visitor.read(Action::SignIn, Scope::Studio, |tx| match tx.get::<Session>(&id)? {
        Some(session) if tx.has::<Account>(&session.account)? => Ok(Some(session)),
        _ => Ok(None),
    })?;
    let session = found.ok_or(Error::SignedOut)?;
    if !equal(&session.hash, &token::digest(proof)) || session.over(visitor.now()) {
        return Err(Error::SignedOut);
    }
    let csrf = csrf(&Secret::new(proof));
    let act = visitor.proved(session.account, Proof::Session { id, csrf });
    if visitor.now().since(session.last_seen) > SEEN_EVERY {
        act.keep(Action::SignIn, Scope::Studio, |tx| {
            // It may have been ended since it was read.
            if let Some(session) = tx.get::<Session>(&id)? {
                tx.put(&Session { last_seen: act.now(), address: act.stamp().shortened(), ..session })?;
            }
            Ok(())
        })?;
    }
    Ok(act)
}

/// One's own, newest first. The current one is `act.stamp().proof`'s.
pub fn list(act: &Act) -> Result<Vec<Session>> {
    let account = act.account()?;
    let all = act.read(Action::EditProfile, Scope::Studio, |tx| all_of(tx, account))?;
    Ok(all.into_iter().filter(|s| !s.over(act.now())).collect())
}

pub fn end(act: &Act, session: SessionId) -> Result<()> {
    let account = act.account()?;
    act.change(Action::EditProfile, Scope::Studio, |tx| {
        let row = tx.get::<Session>(&session)?.filter(|s| s.account == account);
        remove(tx, &row.ok_or(Error::NotFound { what: "session" })?)?;
        Ok(((), Event::SessionEnded { account, session }))
    })
}

/// Signs out.
pub fn end_current(act: &Act) -> Result<()> {
    match act.stamp().proof {
        Proof::Session { id, .. } => end(act, id),
        Proof::None | Proof::Token(_) => Err(Error::SignedOut),
    }
}

/// Forgets sessions that are over; answers how many.
pub(crate) fn sweep(system: &Act) -> Result<usize> {
    let over: Vec<Session> = system.read(Action::SeeHealth, Scope::Studio, |tx| {
        let all = tx.scan::<Session>(Span::all(), Direction::Forward);
        Ok(all.filter(|s| s.as_ref().is_ok_and(|s| s.over(system.now()))).collect::<std::result::Result<_, _>>()?)
    })?;
    if !over.is_empty() {
        system.keep(Action::Chores, Scope::Studio, |tx| over.iter().try_for_each(|s| remove(tx, s)))?;
    }
    for session in &over {
        system.tell(Audience::Account(session.account), News::SessionEnded(session.id));
    }
    Ok(over.len())
}
