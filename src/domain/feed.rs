//! What just happened, told to browsers, the search writer and workers: a bounded ring in memory.

use super::jobs::job::Job;
use super::stamp::Person;
use crate::base::id::{AccountId, AssetId, JobId, RenderId, SessionId, WorkspaceId};

/// Who may hear a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    Workspace(WorkspaceId),
    Account(AccountId),
    Everyone,
}

/// What happened. Things that look different to each caller are told by their id only.
#[derive(Clone, Debug)]
pub enum News {
    Job(Box<Job>),
    /// A denoising step was made; small, sent often.
    Step {
        job: JobId,
        step: u32,
        of: u32,
        variation: u32,
        preview: Option<u64>,
    },
    /// New, or its bin or file changed; ask for it again.
    Render(RenderId),
    Asset(AssetId),
    CaptionOfRender {
        render: RenderId,
        caption: Option<String>,
        revision: u64,
        by: Person,
    },
    CaptionOfAsset {
        asset: AssetId,
        caption: Option<String>,
        revision: u64,
        by: Person,
    },
    /// Somebody joined, left or has another role.
    Member(AccountId),
    SessionEnded(SessionId),
    Notice(String),
}

impl News {
    /// The word of the event stream.
    pub fn topic(&self) -> &'static str {
        match self {
            News::Job(_) | News::Step { .. } => "job",
            News::Render(_) => "render",
            News::Asset(_) => "asset",
            News::CaptionOfRender { .. } | News::CaptionOfAsset { .. } => "caption",
            News::Member(_) => "member",
            News::SessionEnded(_) => "session",
            News::Notice(_) => "notice",
        }
    }
}

/// One message of the feed.
#[derive(Clone, Debug)]
pub struct Told {
    pub number: u64,
    pub audience: Audience,
    pub news: News,
}
