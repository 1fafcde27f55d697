//! The data map: every table and index there is, what it holds, about whom, and how it ends.
//!
//! Nothing can be stored outside this list: only this room can make a [`Table`] or an [`Index`].

/// Which file a table lives in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    Studio,
    Workspace,
}

/// What kind of data it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    Account,
    Content,
    Operation,
    Audit,
    Setting,
}

/// How long it is kept when nobody asks otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retention {
    /// Until its owner or a rule ends it.
    UntilErased,
    /// As long as the account it describes.
    WithAccount,
    /// As long as the workspace.
    WithWorkspace,
    /// Days after its last use.
    Days(u16),
    /// For good: it proves what happened and holds no content.
    Forever,
}

/// Whose data it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The person it describes.
    Person,
    /// The workspace, with a person as maker.
    Workspace,
    /// The installation; nobody in particular.
    Studio,
}

/// What a data export says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Export {
    Whole,
    WithoutSecrets,
    Never,
}

/// What erasing a person or a workspace does with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erase {
    /// The row goes.
    Remove,
    /// The row stays, the person in it becomes nobody.
    Unname,
    /// It stays as it is: it holds ids only.
    Keep,
}

/// One table of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::manual_non_exhaustive, reason = "closed to the other rooms of this crate too")]
pub struct Table {
    pub name: &'static str,
    pub home: Home,
    pub category: Category,
    pub purpose: &'static str,
    pub retention: Retention,
    pub subject: Subject,
    pub export: Export,
    pub erase: Erase,
    _listed: (),
}

/// One index: finds records of `of` by something else than their key. Ends with its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::manual_non_exhaustive, reason = "closed to the other rooms of this crate too")]
pub struct Index {
    pub name: &'static str,
    pub home: Home,
    /// The table whose records it finds.
    pub of: &'static str,
    /// What its entries hold.
    pub holds: &'static str,
    _listed: (),
}

macro_rules! tables {
    ($($name:ident = $text:literal, $home:ident, $category:ident, $retention:expr, $subject:ident, $export:ident, $erase:ident, $purpose:literal;)*) => {
        $(pub const $name: Table = Table {
            name: $text,
            home: Home::$home,
            category: Category::$category,
            purpose: $purpose,
            retention: $retention,
            subject: Subject::$subject,
            export: Export::$export,
            erase: Erase::$erase,
            _listed: (),
        };)*
        /// Every table, in the order of this file.
        pub const TABLES: &[Table] = &[$($name),*];
    };
}

macro_rules! indexes {
    ($($name:ident = $text:literal, of $of:ident, $holds:literal;)*) => {
        $(pub const $name: Index = Index { name: $text, home: $of.home, of: $of.name, holds: $holds, _listed: () };)*
        /// Every index, in the order of this file.
        pub const INDEXES: &[Index] = &[$($name),*];
    };
}

use Retention::{Days, Forever, UntilErased, WithAccount, WithWorkspace};

// name = "stored name", file, category, retention, subject, export, erase, purpose
tables! {
    SETTINGS    = "settings",    Studio, Setting,   Forever,       Studio,    Whole,          Keep,   "The studio's name, contact and choices";
    ACCOUNTS    = "accounts",    Studio, Account,   UntilErased,   Person,    WithoutSecrets, Remove, "Who may sign in, and how they are called";
    SESSIONS    = "sessions",    Studio, Account,   Days(30),      Person,    WithoutSecrets, Remove, "Signed-in browsers";
    TOKENS      = "tokens",      Studio, Account,   WithAccount,   Person,    WithoutSecrets, Remove, "Personal API tokens, as hashes";
    WORKSPACES  = "workspaces",  Studio, Operation, WithWorkspace, Workspace, Whole,          Keep,   "The workspaces there are and what they are called";
    MEMBERS     = "members",     Studio, Account,   WithAccount,   Person,    Whole,          Remove, "Who may do what in which workspace";
    INVITATIONS = "invitations", Studio, Account,   Days(7),       Person,    WithoutSecrets, Remove, "Invitations not yet accepted, as hashes";
    TESTS       = "model_tests", Studio, Operation, Forever,       Studio,    Whole,          Keep,   "Whether a model passed its own test, and when";
    IMPORTS     = "imports",     Studio, Operation, Days(1),       Person,    Whole,          Remove, "Models on their way in, and what came of them";
    STUDIO_AUDIT = "audit",      Studio, Audit,     Forever,       Person,    Whole,          Unname, "What was changed in the studio, by whom";
    JOBS        = "jobs",        Workspace, Content,   WithWorkspace, Workspace, Whole, Unname, "Queued, running and ended work with its recipe";
    GRIDS       = "grids",       Workspace, Content,   WithWorkspace, Workspace, Whole, Keep,   "The recipe of every cell of a grid";
    RENDERS     = "renders",     Workspace, Content,   WithWorkspace, Workspace, Whole, Unname, "Pictures and clips made here, with their recipes";
    ASSETS      = "assets",      Workspace, Content,   WithWorkspace, Workspace, Whole, Unname, "Pictures brought in";
    FAVOURITES  = "favourites",  Workspace, Content,   WithWorkspace, Person,    Whole, Remove, "What a person marked as a favourite";
    TILES       = "tiles",       Workspace, Content,   WithWorkspace, Workspace, Whole, Unname, "What the gallery shows of each render and asset";
    UNINDEXED   = "unindexed",   Workspace, Operation, WithWorkspace, Workspace, Never, Remove, "What the search index has still to read";
    FOLLOWED    = "followed",    Workspace, Operation, WithWorkspace, Studio,    Never, Keep,   "How far the workspace's log has read the studio's";
    AUDIT       = "audit",       Workspace, Audit,     Forever,       Person,    Whole, Unname, "What was changed in the workspace, by whom";
}

// name = "stored name", of TABLE, what its entries hold
indexes! {
    ACCOUNTS_BY_EMAIL       = "accounts.email",       of ACCOUNTS,    "e-mail address -> account";
    SESSIONS_BY_ACCOUNT     = "sessions.account",     of SESSIONS,    "account -> session";
    TOKENS_BY_HASH          = "tokens.hash",          of TOKENS,      "hash of the token -> token";
    TOKENS_BY_ACCOUNT       = "tokens.account",       of TOKENS,      "account -> token";
    MEMBERS_BY_ACCOUNT      = "members.account",      of MEMBERS,     "account -> workspace";
    INVITATIONS_BY_HASH     = "invitations.hash",     of INVITATIONS, "hash of the code -> invitation";
    INVITATIONS_BY_WORKSPACE = "invitations.workspace", of INVITATIONS, "workspace -> invitation";
    JOBS_BY_STATE           = "jobs.state",           of JOBS,        "state, id -> job";
    RENDERS_BY_REFERENCE    = "renders.reference",    of RENDERS,     "picture it was made from -> render";
    BIN                     = "tiles.bin",            of TILES,       "when it was thrown away -> render or asset";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_tables_of_a_file_share_a_name() {
        let mut names: Vec<_> = TABLES.iter().map(|t| (t.home == Home::Studio, t.name)).collect();
        names.extend(INDEXES.iter().map(|i| (i.home == Home::Studio, i.name)));
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
