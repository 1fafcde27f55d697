//! Workspaces: sealed tenants, each with its own rows, blobs, index and audit chain.

use serde::{Deserialize, Serialize};

use super::access::standing::{Membership, Scope, members, memberships};
use super::access::table::{Action, Role};
use super::act::Act;
use super::error::{Error, Result};
use super::event::Event;
use super::house::Room;
use crate::base::clock::Moment;
use crate::base::id::{AccountId, WorkspaceId};
use crate::base::text::Name;
use crate::store::{Reads, Record, Table, WriteTx, schema};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workspace {
    pub id: WorkspaceId,
    pub name: Name,
    pub created: Moment,
}

impl Record for Workspace {
    const TABLE: Table = schema::WORKSPACES;
    type Key = WorkspaceId;

    fn key(&self) -> WorkspaceId {
        self.id
    }
}

/// Its maker becomes the owner.
pub fn create(act: &Act, name: &str) -> Result<Workspace> {
    act.may(Action::CreateWorkspace, Scope::Studio)?;
    let workspace = Workspace { id: act.id(), name: Name::new(name)?, created: act.now() };
    let room = open_new(act, workspace.id)?;
    let owner = act.account()?;
    let made = act.change(Action::CreateWorkspace, Scope::Studio, |tx| {
        let workspace = add(tx, workspace, owner)?;
        let event = Event::WorkspaceOpened { workspace: workspace.id };
        Ok((workspace, event))
    })?;
    act.house().add_room(made.id, room);
    Ok(made)
}

/// Makes the key and the sealed folder. Without its row it is nothing, and in nobody's way.
pub(crate) fn open_new(act: &Act, workspace: WorkspaceId) -> Result<Room> {
    let key = act.house().keys.make(workspace)?;
    Room::open(&act.house().folder, workspace, &key, true)
}

/// Adds the row and its owner.
pub(crate) fn add(tx: &WriteTx, workspace: Workspace, owner: AccountId) -> Result<Workspace> {
    tx.put(&workspace)?;
    let since = workspace.created;
    join(tx, &Membership { workspace: workspace.id, account: owner, role: Role::Owner, since })?;
    Ok(workspace)
}

pub(crate) fn join(tx: &WriteTx, membership: &Membership) -> Result<()> {
    tx.put(membership)?;
    tx.mark(schema::MEMBERS_BY_ACCOUNT, &membership.account, &membership.workspace)?;
    Ok(())
}

/// One's own, by name.
pub fn list(act: &Act) -> Result<Vec<Workspace>> {
    let account = act.account()?;
    act.read(Action::EditProfile, Scope::Studio, |tx| {
        let mut all = Vec::new();
        for membership in memberships(tx, account)? {
            all.extend(tx.get::<Workspace>(&membership.workspace)?);
        }
        all.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(all)
    })
}

/// Every workspace that is open here: for the terminal of the server.
pub fn all(system: &Act) -> Result<Vec<WorkspaceId>> {
    system.may(Action::Chores, Scope::Studio)?;
    Ok(system.house().rooms().into_iter().map(|(id, _)| id).collect())
}

/// What its members may know of it at a glance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    pub workspace: Workspace,
    pub members: usize,
    /// What its files take on the disk.
    pub bytes: u64,
}

pub fn get(act: &Act, workspace: WorkspaceId) -> Result<Overview> {
    let (row, members) = act.read(Action::SeeWorkspace, Scope::People(workspace), |tx| {
        let row = tx.get::<Workspace>(&workspace)?.ok_or(Error::NotFound { what: "workspace" })?;
        Ok((row, members(tx, workspace)?.len()))
    })?;
    Ok(Overview { workspace: row, members, bytes: act.house().folder.used_by(workspace)? })
}

pub fn rename(act: &Act, workspace: WorkspaceId, name: &str) -> Result<Workspace> {
    let name = Name::new(name)?;
    act.change(Action::RenameWorkspace, Scope::People(workspace), |tx| {
        let before = tx.get::<Workspace>(&workspace)?.ok_or(Error::NotFound { what: "workspace" })?;
        let after = Workspace { name, ..before };
        tx.put(&after)?;
        Ok((after, Event::WorkspaceRenamed { workspace }))
    })
}
