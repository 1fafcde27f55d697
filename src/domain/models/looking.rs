//! Looking at models: the list, the words one does not know, its own test.

use serde::{Deserialize, Serialize};

use super::card::{ModelCard, TestCase, Tested, UnknownWord};
use crate::crypto::FileKey;
use crate::domain::access::standing::Scope;
use crate::domain::access::table::Action;
use crate::domain::act::Act;
use crate::domain::error::{Error, Result};
use crate::domain::event::Event;
use crate::store::{Reads, Record, Table, schema};

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Model {
    pub card: ModelCard,
    pub tested: Option<Tested>,
    /// Of the last test.
    pub cases: Vec<TestCase>,
}

/// The last test of a model; one of another version or with other files says nothing.
#[derive(Serialize, Deserialize)]
struct LastTest {
    model: String,
    hash: String,
    tested: Tested,
    #[serde(default)]
    cases: Vec<TestCase>,
}

impl Record for LastTest {
    const TABLE: Table = schema::TESTS;
    type Key = String;

    fn key(&self) -> String {
        self.model.clone()
    }
}

/// All models, by name.
pub fn list(act: &Act) -> Result<Vec<Model>> {
    let mut cards = act.house().shelf.cards();
    cards.sort_by(|a, b| a.name.cmp(&b.name));
    act.read(Action::SeeModels, Scope::Studio, |tx| {
        let mut all = Vec::new();
        for card in cards {
            let last = tx.get::<LastTest>(&card.name)?.filter(|t| t.hash == card.hash);
            let tested = last.as_ref().map(|t| t.tested);
            all.push(Model { card, tested, cases: last.map(|t| t.cases).unwrap_or_default() });
        }
        Ok(all)
    })
}

pub(super) fn found(act: &Act, model: &str) -> Result<ModelCard> {
    let card = act.house().shelf.cards().into_iter().find(|c| c.name == model);
    card.ok_or(Error::NotFound { what: "model" })
}

/// The words of a prompt that a model does not know.
pub fn reading(act: &Act, model: &str, text: &str) -> Result<Vec<UnknownWord>> {
    act.may(Action::SeeModels, Scope::Studio)?;
    found(act, model)?;
    // A longer text is refused as a prompt anyway; here it is only typed so far.
    let read: String = text.chars().take(crate::base::text::Prompt::MOST).collect();
    Ok(act.house().shelf.reading(model, &read))
}

/// What opens sealed models: for those who render.
pub fn key(system: &Act) -> Result<FileKey> {
    system.may(Action::WorkQueue, Scope::Studio)?;
    Ok(system.house().keys.models()?)
}

/// Runs the package's test and remembers whether it passed. Slow.
pub fn test(act: &Act, model: &str) -> Result<Vec<TestCase>> {
    act.may(Action::TestModel, Scope::Studio)?;
    let card = found(act, model)?;
    let tested = act.house().shelf.test(model, &act.house().keys.models()?);
    let cases = tested.map_err(|sentence| Error::Unavailable { code: "test_failed", sentence })?;
    if cases.is_empty() {
        let sentence = format!("The package {model} brings no reference cases, so there is nothing to compare with");
        return Err(Error::Conflict { code: "model_without_cases", sentence });
    }
    let passed = cases.iter().all(|c| c.passed);
    act.change(Action::TestModel, Scope::Studio, |tx| {
        let tested = Tested { at: act.now(), passed };
        tx.put(&LastTest { model: card.name.clone(), hash: card.hash, tested, cases: cases.clone() })?;
        Ok(((), Event::ModelTested { model: card.name, passed }))
    })?;
    Ok(cases)
}
