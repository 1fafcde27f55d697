//! One caller's ear on the feed: hears what he may, goes on where he was, ends when his session does.

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use super::access::standing::{Scope, memberships};
use super::access::table::Action;
use super::act::{Act, Actor, Proof};
use super::error::Result;
use super::feed::{After, Audience, News, Told};
use crate::base::id::WorkspaceId;

/// What a listener gets.
#[derive(Clone, Debug)]
pub enum Heard {
    Told(Arc<Told>),
    /// Messages were lost to this listener: ask for everything again.
    Reset,
    /// The session or account has ended: close.
    Ended,
}

/// One caller's ear: hears only what he may.
pub struct Listening {
    act: Act,
    workspaces: BTreeSet<WorkspaceId>,
    operator: bool,
    /// The number heard last.
    last: u64,
    resumed: bool,
    lost: bool,
}

/// Everything this caller may hear from now on, or from message `after` on where it is still kept.
pub fn listen(act: &Act, after: Option<u64>) -> Result<Listening> {
    let feed = &act.house().feed;
    let resumed = after.filter(|number| feed.keeps(*number));
    Ok(Listening {
        workspaces: workspaces(act)?,
        operator: act.may(Action::SeeHealth, Scope::Studio).is_ok(),
        last: resumed.unwrap_or_else(|| feed.newest()),
        resumed: resumed.is_some(),
        lost: after.is_some() && resumed.is_none(),
        act: act.clone(),
    })
}

fn workspaces(act: &Act) -> Result<BTreeSet<WorkspaceId>> {
    match act.stamp().actor {
        Actor::System => Ok(BTreeSet::new()),
        Actor::Nobody | Actor::Account(_) => {
            let all = memberships(&act.house().studio.read.begin()?, act.account()?)?;
            Ok(all.into_iter().map(|m| m.workspace).collect())
        }
    }
}

impl Listening {
    /// Whether the asked message number was still there, so that nothing is missing.
    pub fn resumed(&self) -> bool {
        self.resumed
    }

    /// The number of the newest message there is.
    pub fn newest(&self) -> u64 {
        self.act.house().feed.newest()
    }

    /// Waits for the next message, on any executor.
    pub async fn next(&mut self) -> Heard {
        loop {
            let act = self.act.clone();
            let last = self.last;
            let after = poll_fn(move |context| match act.house().feed.after(last, Some(context.waker())) {
                After::Silence => Poll::Pending,
                after => Poll::Ready(after),
            });
            let after = if self.lost { After::Lost } else { after.await };
            if let Some(heard) = self.take(after) {
                return heard;
            }
        }
    }

    /// The same for a plain thread; none when `most` passes in silence.
    pub fn wait(&mut self, most: Duration) -> Option<Heard> {
        loop {
            let after = if self.lost { After::Lost } else { self.act.house().feed.wait(self.last, most) };
            if matches!(after, After::Silence) {
                return None;
            }
            if let Some(heard) = self.take(after) {
                return Some(heard);
            }
        }
    }

    /// None when the message is not for this listener.
    fn take(&mut self, after: After) -> Option<Heard> {
        let told = match after {
            After::Told(told) => told,
            After::Silence => return None,
            After::Lost => {
                self.lost = false;
                self.last = self.newest();
                return Some(Heard::Reset);
            }
        };
        self.last = told.number;
        match &told.news {
            News::SessionEnded(id) if matches!(&self.act.stamp().proof, Proof::Session { id: own, .. } if own == id) => {
                return Some(Heard::Ended);
            }
            News::Member(account) if self.act.stamp().actor == Actor::Account(*account) => {
                let before = std::mem::take(&mut self.workspaces);
                let Ok(now) = workspaces(&self.act) else { return Some(Heard::Ended) };
                self.workspaces = now;
                // Who just left hears it as his last message of that workspace.
                let heard = self.hears(&told.audience)
                    || matches!(told.audience, Audience::Workspace(w) if before.contains(&w));
                return heard.then_some(Heard::Told(told));
            }
            _ => {}
        }
        self.hears(&told.audience).then_some(Heard::Told(told))
    }

    fn hears(&self, audience: &Audience) -> bool {
        match audience {
            Audience::Everyone => true,
            Audience::Operators => self.operator,
            Audience::Account(account) => self.act.stamp().actor == Actor::Account(*account),
            // The studio itself hears all, also of workspaces that were opened since.
            Audience::Workspace(workspace) => {
                self.act.stamp().actor == Actor::System || self.workspaces.contains(workspace)
            }
        }
    }
}
