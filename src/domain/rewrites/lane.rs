//! The workers' side of rewrites: claim, say how far it is, hand in.

use super::desk::RewriteState;
use crate::base::id::{RewriteId, WorkspaceId};
use crate::base::text::Prompt;
use crate::domain::access::standing::Scope;
use crate::domain::access::table::Action;
use crate::domain::act::Act;
use crate::domain::error::Result;
use crate::domain::event::Event;
use crate::domain::jobs::lane::{Material, Word, materials};
use crate::domain::recipes::terms::Recipe;
use crate::domain::trouble::Trouble;

/// A prompt to rewrite now.
pub struct Claimed {
    pub id: RewriteId,
    pub workspace: WorkspaceId,
    pub recipe: Recipe,
    /// In the order of the recipe's references.
    pub materials: Vec<Material>,
}

/// The oldest that waits; none when nothing does.
pub fn claim(system: &Act) -> Result<Option<Claimed>> {
    system.may(Action::WorkQueue, Scope::Studio)?;
    while let Some(entry) = system.house().rewrites.take() {
        let (id, workspace) = (entry.rewrite.id, entry.workspace);
        match materials(system, workspace, &entry.recipe) {
            Ok(materials) => return Ok(Some(Claimed { id, workspace, recipe: entry.recipe, materials })),
            // One that cannot even begin must not stop the ones behind it.
            Err(e) => fail(system, (workspace, id), Trouble { code: e.code().to_owned(), sentence: e.to_string() })?,
        }
    }
    Ok(None)
}

/// The answer has so many pieces of words; whether anybody still wants it.
pub fn said(system: &Act, id: RewriteId, tokens: u32) -> Word {
    let going = system.house().rewrites.change(id, |rewrite| rewrite.tokens = tokens.max(rewrite.tokens));
    if going.is_some() { Word::GoOn } else { Word::Stop }
}

/// Hands in the text.
pub fn finish(system: &Act, at: (WorkspaceId, RewriteId), text: &str) -> Result<()> {
    match Prompt::new(text) {
        Ok(text) => end(system, at, Ok(text)),
        Err(bad) => {
            let sentence = format!("The model's answer cannot be used: {bad}. The prompt stays as it is");
            fail(system, at, Trouble { code: "rewritten_malformed".to_owned(), sentence })
        }
    }
}

/// It could not be done; the prompt stays as it is.
pub fn fail(system: &Act, at: (WorkspaceId, RewriteId), trouble: Trouble) -> Result<()> {
    end(system, at, Err(trouble))
}

fn end(system: &Act, (workspace, id): (WorkspaceId, RewriteId), outcome: Result<Prompt, Trouble>) -> Result<()> {
    let desk = &system.house().rewrites;
    // Cancelled meanwhile: the log has its end already.
    if desk.get(id).is_none_or(|entry| !entry.rewrite.state.active()) {
        return Ok(());
    }
    let how = outcome.as_ref().map_or_else(|trouble| trouble.code.clone(), |_| "done".to_owned());
    system.change(Action::WorkQueue, Scope::Work(workspace), |_| Ok(((), Event::RewriteEnded { rewrite: id, how })))?;
    desk.change(id, |rewrite| match outcome {
        Ok(text) => (rewrite.state, rewrite.text) = (RewriteState::Done, Some(text.to_string())),
        Err(trouble) => (rewrite.state, rewrite.trouble) = (RewriteState::Failed, Some(trouble)),
    });
    Ok(())
}
