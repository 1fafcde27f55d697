//! The people's side of rewrites: ask, look, cancel. Each is seen only by who asked.

use super::desk::{Entry, Rewrite, RewriteState};
use crate::base::id::{RewriteId, WorkspaceId};
use crate::domain::access::standing::Scope;
use crate::domain::access::table::Action;
use crate::domain::act::Act;
use crate::domain::error::{Error, Result};
use crate::domain::event::Event;
use crate::domain::jobs::orders::references_are_here;
use crate::domain::recipes::check::check;
use crate::domain::recipes::terms::{Draft, Reference, Task};

/// So many of one person may be on their way; more is a script gone wild.
const MOST_ACTIVE: usize = 8;

/// What is to be rewritten, as somebody typed it.
#[derive(Clone, Debug, PartialEq)]
pub struct Wish {
    pub task: Task,
    pub prompt: String,
    pub references: Vec<Reference>,
    pub model: String,
}

impl Wish {
    /// As it would be ordered; what is not told comes from the model.
    fn draft(&self) -> Draft {
        Draft {
            task: self.task,
            prompt: self.prompt.clone(),
            rewritten: None,
            negative: None,
            references: self.references.clone(),
            width: None,
            height: None,
            steps: None,
            guidance: None,
            seed: None,
            variations: 1,
            model: self.model.clone(),
            frames: None,
            rate: None,
            strength: None,
            scheduler: None,
        }
    }
}

/// Checks the wish as an order would be, and has it rewritten as soon as a worker is free.
pub fn ask(act: &Act, workspace: WorkspaceId, wish: &Wish) -> Result<Rewrite> {
    act.may(Action::OrderJob, Scope::Work(workspace))?;
    let cards = act.house().shelf.cards();
    let recipe = check(&wish.draft(), &cards, 0)?;
    if !cards.iter().any(|c| c.name == wish.model && c.rewrites) {
        let sentence = format!("The model {} has no rewriter; order with the prompt as it is", wish.model);
        return Err(Error::Invalid { field: "model", code: "model_without_rewriter", sentence });
    }
    let (by, desk) = (act.account()?, &act.house().rewrites);
    if desk.active_of(by) >= MOST_ACTIVE {
        let sentence =
            format!("{MOST_ACTIVE} of your prompts are being rewritten already; wait for them or cancel some");
        return Err(Error::Conflict { code: "too_many_rewrites", sentence });
    }
    let rewrite = Rewrite {
        id: act.id(),
        state: RewriteState::Waiting,
        model: recipe.model.clone(),
        tokens: 0,
        text: None,
        trouble: None,
        created: act.now(),
    };
    act.change(Action::OrderJob, Scope::Work(workspace), |tx| {
        references_are_here(tx, &recipe)?;
        Ok(((), Event::RewriteAsked { rewrite: rewrite.id, model: recipe.model.clone() }))
    })?;
    desk.put(Entry { rewrite: rewrite.clone(), workspace, by, recipe });
    Ok(rewrite)
}

pub fn get(act: &Act, workspace: WorkspaceId, id: RewriteId) -> Result<Rewrite> {
    act.may(Action::OrderJob, Scope::Work(workspace))?;
    own(act, workspace, id).map(|entry| entry.rewrite)
}

/// What has ended stays as it is.
pub fn cancel(act: &Act, workspace: WorkspaceId, id: RewriteId) -> Result<Rewrite> {
    act.may(Action::CancelOwnJob, Scope::Work(workspace))?;
    let ended = || Error::Conflict {
        code: "rewrite_ended",
        sentence: "This rewrite has ended already, so there is nothing to cancel".to_owned(),
    };
    if !own(act, workspace, id)?.rewrite.state.active() {
        return Err(ended());
    }
    act.change(Action::CancelOwnJob, Scope::Work(workspace), |_| {
        Ok(((), Event::RewriteEnded { rewrite: id, how: "cancelled".to_owned() }))
    })?;
    act.house().rewrites.change(id, |rewrite| rewrite.state = RewriteState::Cancelled).ok_or_else(ended)
}

fn own(act: &Act, workspace: WorkspaceId, id: RewriteId) -> Result<Entry> {
    let (by, desk) = (act.account()?, &act.house().rewrites);
    let entry = desk.get(id).filter(|e| e.workspace == workspace && e.by == by);
    entry.ok_or_else(|| {
        if !desk.forgot(id) {
            return Error::NotFound { what: "rewrite" };
        }
        let sentence =
            "The studio was started again since, and forgot this rewrite; the prompt is as it was. Ask for it \
                        once more"
                .to_owned();
        Error::Gone { code: "rewrite_forgotten", sentence }
    })
}
