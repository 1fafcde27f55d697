//! What the studio calls itself and how people reach a human.

use serde::{Deserialize, Serialize};

use super::access::standing::Scope;
use super::access::table::Action;
use super::act::Act;
use super::error::{Error, Result};
use super::event::Event;
use crate::base::text::Name;
use crate::store::{Reads, Record, Table, schema};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    pub studio_name: Name,
    pub contact: String,
}

impl Record for Settings {
    const TABLE: Table = schema::SETTINGS;
    type Key = ();

    fn key(&self) {}
}

pub(crate) fn of(rows: &impl Reads) -> Result<Settings> {
    rows.get::<Settings>(&())?.ok_or_else(|| Error::Broken("the settings are missing".to_owned()))
}

/// How to reach a human: one line of up to 200 characters.
pub(crate) fn check_contact(text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 200 || text.chars().any(char::is_control) {
        let sentence = "Please write how people reach a human, in one line of at most 200 characters".to_owned();
        return Err(Error::Invalid { field: "contact", code: "contact_malformed", sentence });
    }
    Ok(text.to_owned())
}

pub fn get(act: &Act) -> Result<Settings> {
    act.read(Action::SeeModels, Scope::Studio, of)
}

pub fn change(act: &Act, studio_name: Option<&str>, contact: Option<&str>) -> Result<Settings> {
    let name = studio_name.map(Name::new).transpose()?;
    let contact = contact.map(check_contact).transpose()?;
    act.change(Action::ChangeSettings, Scope::Studio, |tx| {
        let before = of(tx)?;
        let settings = Settings {
            studio_name: name.unwrap_or_else(|| before.studio_name.clone()),
            contact: contact.unwrap_or_else(|| before.contact.clone()),
        };
        tx.put(&settings)?;
        let mut what = Vec::new();
        what.extend((settings.studio_name != before.studio_name).then_some("name"));
        what.extend((settings.contact != before.contact).then_some("contact"));
        Ok((settings, Event::SettingsChanged { what: what.join(", ") }))
    })
}
