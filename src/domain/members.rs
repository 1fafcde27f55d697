//! Who belongs to a workspace, and as what. There is always an owner.

use serde::Serialize;

use super::access::standing::{self, Membership, Scope};
use super::access::table::{Action, Role};
use super::accounts::account::Account;
use super::act::Act;
use super::error::{Error, Result};
use super::event::Event;
use crate::base::clock::Moment;
use crate::base::id::{AccountId, WorkspaceId};
use crate::store::{Reads, WriteTx, schema};

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Member {
    pub account: Account,
    pub role: Role,
    pub since: Moment,
}

/// Oldest account first.
pub fn list(act: &Act, workspace: WorkspaceId) -> Result<Vec<Member>> {
    act.read(Action::SeeMembers, Scope::People(workspace), |tx| {
        let mut all = Vec::new();
        for row in standing::members(tx, workspace)? {
            all.extend(member(tx, &row)?);
        }
        Ok(all)
    })
}

fn member(rows: &impl Reads, row: &Membership) -> Result<Option<Member>> {
    let account = rows.get::<Account>(&row.account)?;
    Ok(account.map(|account| Member { account, role: row.role, since: row.since }))
}

fn found(rows: &impl Reads, workspace: WorkspaceId, account: AccountId) -> Result<Membership> {
    rows.get::<Membership>(&(workspace, account))?.ok_or(Error::NotFound { what: "member" })
}

pub fn change_role(act: &Act, workspace: WorkspaceId, account: AccountId, role: Role) -> Result<Member> {
    act.change(Action::ChangeRole, Scope::People(workspace), |tx| {
        let before = found(tx, workspace, account)?;
        if role != Role::Owner {
            keep_an_owner(tx, &before)?;
        }
        let after = Membership { role, ..before };
        tx.put(&after)?;
        let member = member(tx, &after)?.ok_or(Error::NotFound { what: "member" })?;
        Ok((member, Event::RoleChanged { workspace, account, from: before.role, to: role }))
    })
}

/// Also for leaving; the last owner cannot.
pub fn remove(act: &Act, workspace: WorkspaceId, account: AccountId) -> Result<()> {
    let leaving = act.account().is_ok_and(|own| own == account);
    let action = if leaving { Action::LeaveWorkspace } else { Action::RemoveMember };
    act.change(action, Scope::People(workspace), |tx| {
        let row = found(tx, workspace, account)?;
        keep_an_owner(tx, &row)?;
        tx.remove::<Membership>(&(workspace, account))?;
        tx.unmark(schema::MEMBERS_BY_ACCOUNT, &account, &workspace)?;
        Ok(((), Event::MemberLeft { workspace, account }))
    })
}

fn keep_an_owner(tx: &WriteTx, going: &Membership) -> Result<()> {
    let others = standing::members(tx, going.workspace)?;
    let another = others.iter().any(|m| m.role == Role::Owner && m.account != going.account);
    if going.role != Role::Owner || another {
        return Ok(());
    }
    Err(Error::Conflict {
        code: "last_owner",
        sentence: "A workspace needs an owner, and this is its last. Make somebody else an owner first".to_owned(),
    })
}
