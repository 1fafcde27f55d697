//! The access table: every action with everybody who may. What is not in it, nobody may.

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

impl Role {
    pub const ALL: [Role; 5] = [Role::Owner, Role::Producer, Role::Artist, Role::Reviewer, Role::Guest];

    pub fn word(self) -> &'static str {
        Standing::Member(self).word()
    }
}

/// A person's part in the installation: runs it, and sees no content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StudioRole {
    Operator,
}

/// One way of standing to a workspace or the studio; a caller may have several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    Member(Role),
    Operator,
    /// Anybody with an account.
    Person,
    /// Anybody at all.
    Visitor,
    /// The studio itself: workers, chores, the terminal of the server.
    System,
}

impl Standing {
    pub const ALL: [Standing; 9] = [OWNER, PRODUCER, ARTIST, REVIEWER, GUEST, OPERATOR, PERSON, VISITOR, SYSTEM];

    pub fn word(self) -> &'static str {
        match self {
            OWNER => "owner",
            PRODUCER => "producer",
            ARTIST => "artist",
            REVIEWER => "reviewer",
            GUEST => "guest",
            OPERATOR => "operator",
            PERSON => "person",
            VISITOR => "visitor",
            SYSTEM => "system",
        }
    }
}

const OWNER: Standing = Standing::Member(Role::Owner);
const PRODUCER: Standing = Standing::Member(Role::Producer);
const ARTIST: Standing = Standing::Member(Role::Artist);
const REVIEWER: Standing = Standing::Member(Role::Reviewer);
const GUEST: Standing = Standing::Member(Role::Guest);
const OPERATOR: Standing = Standing::Operator;
const PERSON: Standing = Standing::Person;
const VISITOR: Standing = Standing::Visitor;
const SYSTEM: Standing = Standing::System;

macro_rules! actions {
    ($($name:ident = $word:literal, $says:literal: $($who:ident)*;)*) => {
        /// Everything that can be done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action { $($name,)* }

        impl Action {
            pub const ALL: &'static [Action] = &[$(Action::$name,)*];

            /// The stable word of the API.
            pub fn word(self) -> &'static str {
                match self { $(Action::$name => $word,)* }
            }

            /// What it is, to go on a sentence with: "to …".
            pub fn says(self) -> &'static str {
                match self { $(Action::$name => $says,)* }
            }

            /// Everybody who may.
            pub fn who(self) -> &'static [Standing] {
                match self { $(Action::$name => &[$($who),*],)* }
            }
        }
    };
}

// name = "word", "what it is": who may
actions! {
    SignIn           = "session.begin",      "sign in":                             PERSON VISITOR;
    AcceptInvitation = "invitation.accept",  "accept an invitation":                PERSON VISITOR;
    EditProfile      = "profile.edit",       "change your own account":             PERSON;
    SeeModels        = "model.see",          "see the models":                      PERSON SYSTEM;
    CreateWorkspace  = "workspace.create",   "open a workspace":                    OWNER PRODUCER OPERATOR SYSTEM;
    SeeWorkspace     = "workspace.see",      "see this workspace":                  OWNER PRODUCER ARTIST REVIEWER GUEST;
    LeaveWorkspace   = "workspace.leave",    "leave this workspace":                OWNER PRODUCER ARTIST REVIEWER GUEST;
    RenameWorkspace  = "workspace.rename",   "rename this workspace":               OWNER PRODUCER;
    SeeMembers       = "member.see",         "see who belongs to this workspace":   OWNER PRODUCER ARTIST REVIEWER;
    Invite           = "member.invite",      "invite people":                       OWNER PRODUCER;
    ChangeRole       = "member.change_role", "change the role of a member":         OWNER;
    RemoveMember     = "member.remove",      "remove a member":                     OWNER;
    SeeWork          = "work.see",           "see renders, uploads and the queue":  OWNER PRODUCER ARTIST REVIEWER GUEST;
    Download         = "work.download",      "take originals home":                 OWNER PRODUCER ARTIST REVIEWER;
    OrderJob         = "job.order",          "order pictures and clips":            OWNER PRODUCER ARTIST;
    CancelOwnJob     = "job.cancel_own",     "cancel a job of your own":            OWNER PRODUCER ARTIST;
    CancelAnyJob     = "job.cancel_any",     "cancel somebody else's job":          OWNER PRODUCER;
    BringAsset       = "asset.bring",        "bring media in":                      OWNER PRODUCER ARTIST;
    EditCaption      = "caption.edit",       "write captions":                      OWNER PRODUCER ARTIST REVIEWER;
    MarkFavourite    = "favourite.mark",     "mark favourites":                     OWNER PRODUCER ARTIST REVIEWER GUEST;
    BinOwnWork       = "work.bin_own",       "throw away work of your own":         OWNER PRODUCER ARTIST;
    BinAnyWork       = "work.bin_any",       "throw away somebody else's work":     OWNER PRODUCER;
    SeeAudit         = "audit.see",          "read the log of this workspace":      OWNER PRODUCER SYSTEM;
    SeeHealth        = "studio.health",      "see the health of the studio":        OPERATOR SYSTEM;
    SeeAccounts      = "studio.accounts",    "see everybody in the studio":         OPERATOR SYSTEM;
    SeeStudioAudit   = "studio.audit",       "read the log of the studio":          OPERATOR SYSTEM;
    ChangeSettings   = "studio.settings",    "change the settings of the studio":   OPERATOR SYSTEM;
    TestModel        = "model.test",         "test a model":                        OPERATOR SYSTEM;
    ImportModel      = "model.import",       "bring a model in":                    OPERATOR SYSTEM;
    RemoveModel      = "model.remove",       "remove a model":                      OPERATOR SYSTEM;
    WorkQueue        = "queue.work",         "work on the queue":                   SYSTEM;
    Chores           = "studio.chores",      "tidy up":                             SYSTEM;
}

/// One line of the roles page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RoleLine {
    pub role: &'static str,
    pub may: Vec<&'static str>,
}

/// Every role that people hold, with what it may do.
pub fn roles() -> Vec<RoleLine> {
    let people = Standing::ALL.into_iter().filter(|s| matches!(s, Standing::Member(_) | Standing::Operator));
    let line = |standing: Standing| RoleLine {
        role: standing.word(),
        may: Action::ALL.iter().filter(|a| a.who().contains(&standing)).map(|a| a.word()).collect(),
    };
    people.map(line).collect()
}
