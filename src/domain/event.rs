//! Everything that can happen: the word, subject and detail that the log keeps, and who is told. Never content.

use super::access::table::Role;
use super::feed::{Audience, News};
use super::recipes::terms::Picture;
use crate::base::id::{AccountId, AssetId, InvitationId, JobId, RenderId, RewriteId, SessionId, TokenId, WorkspaceId};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    StudioSetUp,
    StudioUnlocked {
        method: &'static str,
    },
    SettingsChanged {
        what: String,
    },
    SignedIn {
        session: SessionId,
    },
    SignInFailed {
        account: Option<AccountId>,
    },
    SessionEnded {
        account: AccountId,
        session: SessionId,
    },
    ProfileChanged {
        account: AccountId,
        what: String,
    },
    PasswordChanged {
        account: AccountId,
    },
    TokenMade {
        token: TokenId,
        days: u32,
    },
    TokenRevoked {
        token: TokenId,
    },
    WorkspaceOpened {
        workspace: WorkspaceId,
    },
    WorkspaceRenamed {
        workspace: WorkspaceId,
    },
    Invited {
        workspace: WorkspaceId,
        invitation: InvitationId,
        role: Role,
    },
    InvitationRevoked {
        workspace: WorkspaceId,
        invitation: InvitationId,
    },
    MemberJoined {
        workspace: WorkspaceId,
        account: AccountId,
        role: Role,
    },
    RoleChanged {
        workspace: WorkspaceId,
        account: AccountId,
        from: Role,
        to: Role,
    },
    MemberLeft {
        workspace: WorkspaceId,
        account: AccountId,
    },
    ModelTested {
        model: String,
        passed: bool,
    },
    LicenceAccepted {
        model: String,
        licence: String,
        text: Option<String>,
    },
    ModelImported {
        model: String,
        hash: String,
    },
    ModelRefused {
        code: String,
    },
    ImportCancelled,
    ModelRemoved {
        model: String,
        hash: String,
    },
    JobOrdered {
        job: JobId,
        task: &'static str,
        variations: u32,
    },
    JobStarted {
        job: JobId,
        attempt: u32,
        worker: String,
    },
    JobCancelled {
        job: JobId,
    },
    JobDone {
        job: JobId,
    },
    JobFailed {
        job: JobId,
        code: String,
    },
    JobReturned {
        job: JobId,
    },
    RewriteAsked {
        rewrite: RewriteId,
        model: String,
    },
    RewriteEnded {
        rewrite: RewriteId,
        how: String,
    },
    RenderMade {
        workspace: WorkspaceId,
        render: RenderId,
        job: JobId,
    },
    AssetBrought {
        workspace: WorkspaceId,
        asset: AssetId,
        bytes: u64,
    },
    WorkChanged {
        workspace: WorkspaceId,
        picture: Picture,
        what: String,
    },
    WorkBinned {
        workspace: WorkspaceId,
        picture: Picture,
    },
    WorkRestored {
        workspace: WorkspaceId,
        picture: Picture,
    },
    WorkErased {
        workspace: WorkspaceId,
        picture: Picture,
    },
    IndexRebuilt,
    /// Files that no row named.
    StraysRemoved {
        files: u64,
    },
}

/// How an event stands in the log.
pub(crate) struct Line {
    pub(crate) action: &'static str,
    pub(crate) subject: String,
    pub(crate) detail: String,
}

fn line(action: &'static str, subject: impl ToString, detail: impl Into<String>) -> Line {
    Line { action, subject: subject.to_string(), detail: detail.into() }
}

impl Event {
    pub(crate) fn line(&self) -> Line {
        match self {
            Event::StudioSetUp => line("studio.set_up", "studio", ""),
            Event::StudioUnlocked { method } => line("studio.unlocked", "studio", *method),
            Event::SettingsChanged { what } => line("studio.settings_changed", "studio", what),
            Event::SignedIn { session } => line("session.begun", session, ""),
            Event::SignInFailed { account: Some(account) } => line("session.refused", account, ""),
            Event::SignInFailed { account: None } => line("session.refused", "unknown", ""),
            Event::SessionEnded { session, .. } => line("session.ended", session, ""),
            Event::ProfileChanged { account, what } => line("account.changed", account, what),
            Event::PasswordChanged { account } => line("account.password_changed", account, ""),
            Event::TokenMade { token, days } => line("token.made", token, format!("{days} days")),
            Event::TokenRevoked { token } => line("token.revoked", token, ""),
            Event::WorkspaceOpened { workspace } => line("workspace.opened", workspace, ""),
            Event::WorkspaceRenamed { workspace } => line("workspace.renamed", workspace, ""),
            Event::Invited { workspace, invitation, role } => {
                line("member.invited", workspace, format!("{invitation} as {}", role.word()))
            }
            Event::InvitationRevoked { workspace, invitation } => {
                line("member.invitation_revoked", workspace, invitation.to_string())
            }
            Event::MemberJoined { workspace, account, role } => {
                line("member.joined", workspace, format!("{account} as {}", role.word()))
            }
            Event::RoleChanged { workspace, account, from, to } => {
                line("member.role_changed", workspace, format!("{account} from {} to {}", from.word(), to.word()))
            }
            Event::MemberLeft { workspace, account } => line("member.left", workspace, account.to_string()),
            Event::ModelTested { model, passed } => {
                line("model.tested", model, if *passed { "passed" } else { "failed" })
            }
            Event::LicenceAccepted { model, licence, text } => {
                let text = text.as_deref().map_or_else(|| "no text".to_owned(), |hash| format!("text {hash}"));
                line("model.licence_accepted", model, format!("{licence}; {text}"))
            }
            Event::ModelImported { model, hash } => line("model.imported", model, hash),
            Event::ModelRefused { code } => line("model.refused", "model", code),
            Event::ImportCancelled => line("model.import_cancelled", "model", ""),
            Event::ModelRemoved { model, hash } => line("model.removed", model, hash),
            Event::JobOrdered { job, task, variations } => line("job.ordered", job, format!("{task}, {variations}")),
            Event::JobStarted { job, attempt, worker } => {
                line("job.started", job, format!("attempt {attempt} on {worker}"))
            }
            Event::JobCancelled { job } => line("job.cancelled", job, ""),
            Event::JobDone { job } => line("job.done", job, ""),
            Event::JobFailed { job, code } => line("job.failed", job, code),
            Event::JobReturned { job } => line("job.returned", job, ""),
            Event::RewriteAsked { rewrite, model } => line("rewrite.asked", rewrite, model),
            Event::RewriteEnded { rewrite, how } => line("rewrite.ended", rewrite, how),
            Event::RenderMade { render, job, .. } => line("render.made", render, job.to_string()),
            Event::AssetBrought { asset, bytes, .. } => line("asset.brought", asset, format!("{bytes} bytes")),
            Event::WorkChanged { picture, what, .. } => line("work.changed", picture, what),
            Event::WorkBinned { picture, .. } => line("work.binned", picture, ""),
            Event::WorkRestored { picture, .. } => line("work.restored", picture, ""),
            Event::WorkErased { picture, .. } => line("work.erased", picture, ""),
            Event::IndexRebuilt => line("index.rebuilt", "workspace", ""),
            Event::StraysRemoved { files } => line("work.strays_removed", "workspace", format!("{files} files")),
        }
    }

    /// What listeners hear of it. Jobs and captions are told by their verbs, which know more.
    pub(crate) fn news(&self) -> Option<(Audience, News)> {
        let of = |picture: &Picture| match *picture {
            Picture::Render(id) => News::Render(id),
            Picture::Asset(id) => News::Asset(id),
        };
        Some(match self {
            Event::ModelTested { .. } | Event::ModelImported { .. } | Event::ModelRemoved { .. } => {
                (Audience::Everyone, News::Models)
            }
            Event::SessionEnded { account, session } => (Audience::Account(*account), News::SessionEnded(*session)),
            Event::WorkspaceRenamed { workspace } => (Audience::Workspace(*workspace), News::Workspace(*workspace)),
            Event::MemberJoined { workspace, account, .. }
            | Event::RoleChanged { workspace, account, .. }
            | Event::MemberLeft { workspace, account } => (Audience::Workspace(*workspace), News::Member(*account)),
            Event::RenderMade { workspace, render, .. } => (Audience::Workspace(*workspace), News::Render(*render)),
            Event::AssetBrought { workspace, asset, .. } => (Audience::Workspace(*workspace), News::Asset(*asset)),
            Event::WorkChanged { workspace, picture, .. }
            | Event::WorkBinned { workspace, picture }
            | Event::WorkRestored { workspace, picture }
            | Event::WorkErased { workspace, picture } => (Audience::Workspace(*workspace), of(picture)),
            _ => return None,
        })
    }
}
