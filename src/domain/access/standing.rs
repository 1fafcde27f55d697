//! Where a caller stands, read from the rows; and the refusal that says who can.

use serde::{Deserialize, Serialize};

use super::table::{Action, Role, Standing, StudioRole};
use crate::base::clock::Moment;
use crate::base::id::{AccountId, WorkspaceId};
use crate::domain::accounts::account::Account;
use crate::domain::error::{Error, Result};
use crate::domain::stamp::Actor;
use crate::store::{Direction, Reads, Record, Span, Table, schema};

/// What a change or a look is about; it also picks the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The installation: rows and log of the studio.
    Studio,
    /// The people of a workspace: its rights, but rows and log of the studio.
    People(WorkspaceId),
    /// The work of a workspace: its own rows and log.
    Work(WorkspaceId),
}

/// One person in one workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    pub workspace: WorkspaceId,
    pub account: AccountId,
    pub role: Role,
    pub since: Moment,
}

impl Record for Membership {
    const TABLE: Table = schema::MEMBERS;
    type Key = (WorkspaceId, AccountId);

    fn key(&self) -> Self::Key {
        (self.workspace, self.account)
    }
}

/// The workspaces of an account, oldest first.
pub(crate) fn memberships(studio: &impl Reads, account: AccountId) -> Result<Vec<Membership>> {
    let mut all = Vec::new();
    for workspace in studio.find::<WorkspaceId>(schema::MEMBERS_BY_ACCOUNT, Span::under(&account), Direction::Forward) {
        all.extend(studio.get::<Membership>(&(workspace?, account))?);
    }
    Ok(all)
}

/// The members of a workspace.
pub(crate) fn members(studio: &impl Reads, workspace: WorkspaceId) -> Result<Vec<Membership>> {
    let all = studio.scan::<Membership>(Span::under(&workspace), Direction::Forward);
    Ok(all.collect::<std::result::Result<_, _>>()?)
}

/// All the ways in which a caller stands to a scope.
pub(crate) fn standings(studio: &impl Reads, actor: Actor, scope: Scope) -> Result<Vec<Standing>> {
    let account = match actor {
        Actor::System => return Ok(vec![Standing::System]),
        Actor::Nobody => return Ok(vec![Standing::Visitor]),
        Actor::Account(account) => account,
    };
    let mut all = vec![Standing::Person];
    match scope {
        Scope::Studio => {
            // Of the studio one asks: are you an owner, a producer anywhere?
            all.extend(memberships(studio, account)?.iter().map(|m| Standing::Member(m.role)));
            let row = studio.get::<Account>(&account)?.ok_or(Error::SignedOut)?;
            all.extend(row.studio_role.map(|StudioRole::Operator| Standing::Operator));
        }
        Scope::People(workspace) | Scope::Work(workspace) => {
            let membership = studio.get::<Membership>(&(workspace, account))?;
            all.extend(membership.map(|m| Standing::Member(m.role)));
        }
    }
    Ok(all)
}

/// Lets the action pass, or refuses with a sentence that says who can.
pub(crate) fn require(studio: &impl Reads, actor: Actor, action: Action, scope: Scope) -> Result<()> {
    let standings = standings(studio, actor, scope)?;
    if standings.iter().any(|s| action.who().contains(s)) {
        return Ok(());
    }
    if actor == Actor::Nobody {
        return Err(Error::SignedOut);
    }
    let role = standings.iter().find(|s| matches!(s, Standing::Member(_) | Standing::Operator));
    let workspace = match (scope, role) {
        (Scope::Studio, _) => None,
        // Who does not belong to a workspace does not learn that it exists.
        (Scope::People(_) | Scope::Work(_), None) => return Err(Error::NotFound { what: "workspace" }),
        (Scope::People(workspace) | Scope::Work(workspace), Some(_)) => Some(workspace),
    };
    Err(Error::Refused {
        says: action.says(),
        you: role.map_or("a person without a role here", |s| s.word()),
        who: action.who().iter().map(|s| s.word()).collect::<Vec<_>>().join(", "),
        ask: ask(studio, action, workspace)?,
    })
}

/// Names of up to three people who can.
fn ask(studio: &impl Reads, action: Action, workspace: Option<WorkspaceId>) -> Result<String> {
    let mut names = Vec::new();
    if let Some(workspace) = workspace {
        for member in members(studio, workspace)? {
            if names.len() < 3 && action.who().contains(&Standing::Member(member.role)) {
                names.extend(studio.get::<Account>(&member.account)?.map(|a| a.name.to_string()));
            }
        }
    }
    Ok(if names.is_empty() { String::new() } else { format!(". Ask {}", names.join(" or ")) })
}
