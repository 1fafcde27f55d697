//! Reading the log: pages for people, and the proof that it is whole.

use serde::Serialize;

use super::chain::{Chained, Entry, StudioEntry, Verified, WorkEntry, walk};
use super::following;
use crate::base::clock::Moment;
use crate::base::id::{AccountId, WorkspaceId};
use crate::base::page::{Limit, Page};
use crate::base::text::hex;
use crate::domain::access::standing::Scope;
use crate::domain::access::table::Action;
use crate::domain::act::Act;
use crate::domain::error::{Error, Result};
use crate::domain::house::House;
use crate::domain::stamp::Actor;
use crate::store::{Direction, Reads, Span};

/// Whose log: the studio's own, or one workspace's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Log {
    Studio,
    Workspace(WorkspaceId),
}

impl Log {
    fn asks(self) -> (Action, Scope) {
        match self {
            Log::Studio => (Action::SeeStudioAudit, Scope::Studio),
            Log::Workspace(workspace) => (Action::SeeAudit, Scope::Work(workspace)),
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Exactly this action, or every action below it when it ends with a dot (`member.`).
    pub action: Option<String>,
    pub by: Option<AccountId>,
}

impl Filter {
    fn lets(&self, entry: &Entry) -> bool {
        let action = self
            .action
            .as_deref()
            .is_none_or(|wanted| entry.action == wanted || (wanted.ends_with('.') && entry.action.starts_with(wanted)));
        action && self.by.is_none_or(|by| entry.account() == Some(by))
    }
}

/// One line as people read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    pub number: u64,
    pub at: Moment,
    /// None: the studio itself, or somebody who was not signed in.
    pub actor_id: Option<AccountId>,
    pub actor_name: String,
    pub address: String,
    pub action: String,
    pub subject: String,
    pub detail: String,
    pub hash: String,
}

/// Newest first. A workspace's log takes over first what the studio's has to tell of its people.
pub fn list(act: &Act, log: Log, filter: &Filter, limit: Limit, after: Option<&str>) -> Result<Page<Line>> {
    let (action, scope) = log.asks();
    let past = after.map(|text| text.parse::<u64>().map_err(|_| bad_cursor())).transpose()?;
    act.may(action, scope)?;
    if let Log::Workspace(workspace) = log {
        following::follow(&act.for_the_studio(), workspace)?;
    }
    let (entries, next) = act.read(action, scope, |tx| match log {
        Log::Studio => page::<StudioEntry>(tx, filter, limit, past),
        Log::Workspace(_) => page::<WorkEntry>(tx, filter, limit, past),
    })?;
    let line = |entry: Entry| -> Result<Line> {
        Ok(Line {
            actor_name: match entry.actor {
                Actor::Nobody => "a visitor".to_owned(),
                Actor::System => "the studio".to_owned(),
                Actor::Account(account) => act.person(account)?.name,
            },
            actor_id: entry.account(),
            number: entry.number,
            at: entry.at,
            hash: hex(&entry.link),
            address: entry.address,
            action: entry.action,
            subject: entry.subject,
            detail: entry.detail,
        })
    };
    Ok(Page { items: entries.into_iter().map(line).collect::<Result<_>>()?, next })
}

fn page<R: Chained>(
    rows: &impl Reads,
    filter: &Filter,
    limit: Limit,
    past: Option<u64>,
) -> Result<(Vec<Entry>, Option<String>)> {
    let mut entries: Vec<Entry> = Vec::new();
    for row in rows.scan::<R>(Span::all().past(past.as_ref()), Direction::Backward) {
        let entry = row?.as_ref().clone();
        if !filter.lets(&entry) {
            continue;
        }
        if entries.len() == limit.get() {
            let next = entries.last().map(|e| e.number.to_string());
            return Ok((entries, next));
        }
        entries.push(entry);
    }
    Ok((entries, None))
}

/// Walks the whole chain; names the first record that is not what was written.
pub fn verify(act: &Act, log: Log) -> Result<Verified> {
    let (action, scope) = log.asks();
    let (public, chain) = (act.house().signer.public(), House::chain(scope));
    act.read(action, scope, |tx| match log {
        Log::Studio => Ok(walk::<StudioEntry>(tx, &public, &chain)),
        Log::Workspace(_) => Ok(walk::<WorkEntry>(tx, &public, &chain)),
    })
}

fn bad_cursor() -> Error {
    Error::Invalid {
        field: "after",
        code: "cursor_malformed",
        sentence: "This place in the list is not known; please start from the beginning".to_owned(),
    }
}
