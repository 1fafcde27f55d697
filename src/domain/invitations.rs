//! Invitations: one person, once, within 72 hours.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::access::standing::{Membership, Scope};
use super::access::table::{Action, Role};
use super::accounts::account::{self, NewAccount};
use super::accounts::signing::{self, SignedIn};
use super::act::Act;
use super::error::{Error, Result};
use super::event::Event;
use super::settings;
use super::workspaces::{self, Workspace};
use crate::base::clock::Moment;
use crate::base::id::{AccountId, InvitationId, WorkspaceId};
use crate::base::secret::Secret;
use crate::base::text::{Email, Name};
use crate::crypto::token;
use crate::store::{Direction, Reads, Record, Span, Table, WriteTx, schema};

const OPEN_FOR: Duration = Duration::from_hours(72);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    pub id: InvitationId,
    pub workspace: WorkspaceId,
    pub role: Role,
    pub email: Option<Email>,
    pub by: AccountId,
    pub created: Moment,
    pub expires: Moment,
    pub(crate) hash: Vec<u8>,
}

impl Record for Invitation {
    const TABLE: Table = schema::INVITATIONS;
    type Key = InvitationId;

    fn key(&self) -> InvitationId {
        self.id
    }
}

/// What the holder of a link sees before he accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    pub studio_name: Name,
    pub workspace_name: Name,
    pub role: Role,
    pub email: Option<Email>,
}

/// The secret is the code of the link, told once. Only an owner makes owners.
pub fn create(act: &Act, workspace: WorkspaceId, email: Option<&str>, role: Role) -> Result<(Invitation, Secret)> {
    let email = email.filter(|e| !e.trim().is_empty()).map(Email::new).transpose()?;
    let secret = token::make("inv", &act.house().entropy);
    let digest = token::digest(secret.reveal());
    let invitation = Invitation {
        id: act.id(),
        workspace,
        role,
        email,
        by: act.account()?,
        created: act.now(),
        expires: act.now().plus(OPEN_FOR),
        hash: digest.to_vec(),
    };
    if role == Role::Owner {
        act.may(Action::ChangeRole, Scope::People(workspace))?;
    }
    let invitation = act.change(Action::Invite, Scope::People(workspace), |tx| {
        tx.put(&invitation)?;
        tx.mark(schema::INVITATIONS_BY_HASH, &digest, &invitation.id)?;
        tx.mark(schema::INVITATIONS_BY_WORKSPACE, &workspace, &invitation.id)?;
        let event = Event::Invited { workspace, invitation: invitation.id, role };
        Ok((invitation, event))
    })?;
    Ok((invitation, secret))
}

/// Those still open, newest first.
pub fn list(act: &Act, workspace: WorkspaceId) -> Result<Vec<Invitation>> {
    act.read(Action::Invite, Scope::People(workspace), |tx| {
        let ids =
            tx.find::<InvitationId>(schema::INVITATIONS_BY_WORKSPACE, Span::under(&workspace), Direction::Backward);
        let mut all = Vec::new();
        for id in ids {
            all.extend(tx.get::<Invitation>(&id?)?.filter(|i| i.expires > act.now()));
        }
        Ok(all)
    })
}

pub fn revoke(act: &Act, workspace: WorkspaceId, invitation: InvitationId) -> Result<()> {
    act.change(Action::Invite, Scope::People(workspace), |tx| {
        let row = tx.get::<Invitation>(&invitation)?.filter(|i| i.workspace == workspace);
        remove(tx, &row.ok_or(Error::NotFound { what: "invitation" })?)?;
        Ok(((), Event::InvitationRevoked { workspace, invitation }))
    })
}

fn remove(tx: &WriteTx, invitation: &Invitation) -> Result<()> {
    tx.remove::<Invitation>(&invitation.id)?;
    tx.unmark(schema::INVITATIONS_BY_WORKSPACE, &invitation.workspace, &invitation.id)?;
    if let Ok(digest) = <[u8; 32]>::try_from(invitation.hash.as_slice()) {
        tx.unmark(schema::INVITATIONS_BY_HASH, &digest, &invitation.id)?;
    }
    Ok(())
}

fn open(rows: &impl Reads, code: &Secret, now: Moment) -> Result<Invitation> {
    let gone = || Error::Gone {
        code: "invitation_over",
        sentence: "This invitation was used, taken back, or is older than 72 hours. Ask for a new one".to_owned(),
    };
    let id = rows.find_one::<InvitationId>(schema::INVITATIONS_BY_HASH, &token::digest(code.reveal()))?;
    let row = rows.get::<Invitation>(&id.ok_or_else(gone)?)?;
    row.filter(|i| i.expires > now).ok_or_else(gone)
}

pub fn look(visitor: &Act, code: &Secret) -> Result<Preview> {
    visitor.read(Action::AcceptInvitation, Scope::Studio, |tx| {
        let invitation = open(tx, code, visitor.now())?;
        let workspace = tx.get::<Workspace>(&invitation.workspace)?.ok_or(Error::NotFound { what: "workspace" })?;
        Ok(Preview {
            studio_name: settings::of(tx)?.studio_name,
            workspace_name: workspace.name,
            role: invitation.role,
            email: invitation.email,
        })
    })
}

/// Makes an account, joins and signs in.
pub fn accept(visitor: &Act, code: &Secret, new: NewAccount, agent: &str) -> Result<SignedIn> {
    visitor.read(Action::AcceptInvitation, Scope::Studio, |tx| open(tx, code, visitor.now()))?;
    let account = signing::prepare(visitor, &new, None)?;
    let id = visitor.change(Action::AcceptInvitation, Scope::Studio, |tx| {
        let invitation = open(tx, code, visitor.now())?;
        if invitation.email.as_ref().is_some_and(|meant| *meant != account.email) {
            let sentence = "This invitation is for another e-mail address. Use that one, or ask for a new invitation";
            let sentence = sentence.to_owned();
            return Err(Error::Invalid { field: "email", code: "invitation_for_another", sentence });
        }
        account::add(tx, &account)?;
        enter(tx, &invitation, account.id, visitor.now())
    })?;
    signing::begin(visitor, id, agent)
}

/// Joins with the account that is signed in.
pub fn join(act: &Act, code: &Secret) -> Result<WorkspaceId> {
    let account = act.account()?;
    let mut joined = None;
    act.change(Action::AcceptInvitation, Scope::Studio, |tx| {
        let invitation = open(tx, code, act.now())?;
        if tx.has::<Membership>(&(invitation.workspace, account))? {
            let sentence = "You belong to this workspace already".to_owned();
            return Err(Error::Conflict { code: "already_member", sentence });
        }
        joined = Some(invitation.workspace);
        enter(tx, &invitation, account, act.now())
    })?;
    joined.ok_or(Error::NotFound { what: "workspace" })
}

/// Once: the invitation goes in the same transaction.
fn enter(tx: &WriteTx, invitation: &Invitation, account: AccountId, now: Moment) -> Result<(AccountId, Event)> {
    let (workspace, role) = (invitation.workspace, invitation.role);
    workspaces::join(tx, &Membership { workspace, account, role, since: now })?;
    remove(tx, invitation)?;
    Ok((account, Event::MemberJoined { workspace, account, role }))
}

/// Forgets invitations that were not accepted in time; answers how many.
pub(crate) fn sweep(system: &Act) -> Result<usize> {
    let over: Vec<Invitation> = system.read(Action::SeeHealth, Scope::Studio, |tx| {
        let all = tx.scan::<Invitation>(Span::all(), Direction::Forward);
        let over = all.filter(|i| i.as_ref().is_ok_and(|i| i.expires <= system.now()));
        Ok(over.collect::<std::result::Result<_, _>>()?)
    })?;
    if !over.is_empty() {
        system.keep(Action::Chores, Scope::Studio, |tx| over.iter().try_for_each(|i| remove(tx, i)))?;
    }
    Ok(over.len())
}
