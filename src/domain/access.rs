//! Who may do what: one flat, complete table. What is not in it, nobody may.

use serde::{Deserialize, Serialize};

/// A member's part in a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Owner,
    Producer,
    Artist,
    Reviewer,
    Guest,
}

/// A person's part in the installation: runs it, and sees no content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StudioRole {
    Operator,
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// Everything that can be done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action { $($(#[$doc])* $name,)* }

        impl Action {
            pub const ALL: &'static [Action] = &[$(Action::$name,)*];

            /// The stable word of the API and the table.
            pub fn word(self) -> &'static str {
                match self { $(Action::$name => $word,)* }
            }
        }
    };
}

actions! {
    SignIn = "session.begin",
    AcceptInvitation = "invitation.accept",
    EditProfile = "profile.edit",
    CreateWorkspace = "workspace.create",
    SeeModels = "model.see",
    SeeWorkspace = "workspace.see",
    RenameWorkspace = "workspace.rename",
    SeeMembers = "member.see",
    Invite = "member.invite",
    ChangeRole = "member.change_role",
    RemoveMember = "member.remove",
    SeeWork = "work.see",
    Download = "work.download",
    OrderJob = "job.order",
    CancelOwnJob = "job.cancel_own",
    CancelAnyJob = "job.cancel_any",
    BringAsset = "asset.bring",
    EditCaption = "caption.edit",
    MarkFavourite = "favourite.mark",
    BinWork = "work.bin",
    SeeAudit = "audit.see",
    SeeHealth = "studio.health",
    SeeAccounts = "studio.accounts",
    SeeStudioAudit = "studio.audit",
    ChangeSettings = "studio.settings",
    TestModel = "model.test",
    /// The queue's own work: claim, step, hand in.
    WorkQueue = "queue.work",
    /// Sweeping, indexing, expiring.
    Chores = "studio.chores",
}

/// One line of the roles page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RoleLine {
    pub role: &'static str,
    pub may: Vec<&'static str>,
}

/// Every role with what it may do, from the table.
pub fn roles() -> Vec<RoleLine> {
    todo!()
}
