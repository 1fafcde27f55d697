//! What just happened, told to browsers and workers: a bounded ring in memory, numbered so that one can go on.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use super::jobs::job::Job;
use super::models::desk::Import;
use super::stamp::Person;
use crate::base::id::{AccountId, AssetId, JobId, RenderId, SessionId, WorkspaceId};

/// Who may hear a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    Workspace(WorkspaceId),
    Account(AccountId),
    /// Those who run the studio.
    Operators,
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
    /// New, or its caption, bin or favourites changed; ask for it again.
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
    /// It has another name.
    Workspace(WorkspaceId),
    /// Somebody joined, left or has another role.
    Member(AccountId),
    SessionEnded(SessionId),
    /// The models are others than before, or were tested; ask again.
    Models,
    Import(Box<Import>),
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
            News::Workspace(_) => "workspace",
            News::Member(_) => "member",
            News::SessionEnded(_) => "session",
            News::Models => "model",
            News::Import(_) => "import",
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

/// What the ring answers to "what comes after this number?".
#[derive(Clone, Debug)]
pub(crate) enum After {
    Told(Arc<Told>),
    /// Nothing yet.
    Silence,
    /// It is not kept any more.
    Lost,
}

const KEPT: usize = 4096;

/// The ring. Numbers go on after a restart: they begin at the clock's milliseconds.
pub(crate) struct Feed {
    ring: Mutex<Ring>,
    told: Condvar,
}

struct Ring {
    messages: VecDeque<Arc<Told>>,
    /// The number the next message gets.
    next: u64,
    wakers: Vec<Waker>,
}

impl Feed {
    pub(crate) fn new(first: u64) -> Self {
        let ring = Ring { messages: VecDeque::new(), next: first.max(1), wakers: Vec::new() };
        Feed { ring: Mutex::new(ring), told: Condvar::new() }
    }

    pub(crate) fn tell(&self, audience: Audience, news: News) {
        let mut ring = self.ring();
        let told = Told { number: ring.next, audience, news };
        ring.next += 1;
        if ring.messages.len() == KEPT {
            ring.messages.pop_front();
        }
        ring.messages.push_back(Arc::new(told));
        let wakers = std::mem::take(&mut ring.wakers);
        drop(ring);
        self.told.notify_all();
        wakers.into_iter().for_each(Waker::wake);
    }

    /// The number of the newest message.
    pub(crate) fn newest(&self) -> u64 {
        self.ring().next - 1
    }

    /// Whether everything after `number` is still here.
    pub(crate) fn keeps(&self, number: u64) -> bool {
        let ring = self.ring();
        number < ring.next && number + 1 >= ring.next - ring.messages.len() as u64
    }

    /// The message after `number`; a waker given is woken by the next one.
    pub(crate) fn after(&self, number: u64, waker: Option<&Waker>) -> After {
        let mut ring = self.ring();
        let answer = ring.after(number);
        if let (After::Silence, Some(waker)) = (&answer, waker) {
            ring.wakers.push(waker.clone());
        }
        answer
    }

    /// The same for a plain thread, which waits.
    pub(crate) fn wait(&self, number: u64, most: Duration) -> After {
        let silent = |ring: &mut Ring| matches!(ring.after(number), After::Silence);
        let waited = self.told.wait_timeout_while(self.ring(), most, silent);
        waited.unwrap_or_else(PoisonError::into_inner).0.after(number)
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        // A message is whole before it is pushed: a panic elsewhere leaves the ring as it was.
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ring {
    fn after(&self, number: u64) -> After {
        if number + 1 >= self.next {
            return if number < self.next { After::Silence } else { After::Lost };
        }
        let oldest = self.next - self.messages.len() as u64;
        let place = (number + 1).checked_sub(oldest).and_then(|place| usize::try_from(place).ok());
        place.and_then(|place| self.messages.get(place)).map_or(After::Lost, |told| After::Told(told.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(after: After) -> u64 {
        if let After::Told(told) = after { told.number } else { 0 }
    }

    #[test]
    fn a_listener_goes_on_where_it_was_and_learns_of_a_gap() {
        let feed = Feed::new(10);
        assert!(feed.keeps(9) && !feed.keeps(5) && !feed.keeps(10));
        for _ in 0..3 {
            feed.tell(Audience::Everyone, News::Notice(String::new()));
        }
        assert_eq!((told(feed.after(9, None)), told(feed.after(11, None))), (10, 12));
        assert!(matches!(feed.after(12, None), After::Silence));
        assert!(matches!(feed.after(99, None), After::Lost));
        for _ in 0..KEPT {
            feed.tell(Audience::Everyone, News::Notice(String::new()));
        }
        assert!(matches!(feed.after(9, None), After::Lost) && !feed.keeps(9));
        assert!(matches!(feed.wait(feed.newest(), Duration::ZERO), After::Silence));
    }
}
