//! One's own account, and the operator's list of everybody.

use serde::Serialize;

use super::account::{Account, Bindings, check_password};
use crate::base::id::WorkspaceId;
use crate::base::secret::Secret;
use crate::base::text::Name;
use crate::crypto::password;
use crate::domain::access::standing::{Scope, memberships};
use crate::domain::access::table::{Action, Role};
use crate::domain::act::{Act, Proof};
use crate::domain::error::{Error, Result};
use crate::domain::event::Event;
use crate::domain::feed::{Audience, News};
use crate::domain::sessions;
use crate::domain::workspaces::Workspace;
use crate::store::{Direction, Reads, Span};

/// A workspace one belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Belonging {
    pub id: WorkspaceId,
    pub name: Name,
    pub role: Role,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Me {
    pub account: Account,
    pub csrf: Option<String>,
    pub workspaces: Vec<Belonging>,
}

pub fn me(act: &Act) -> Result<Me> {
    let id = act.account()?;
    act.read(Action::EditProfile, Scope::Studio, |tx| {
        let account = tx.get::<Account>(&id)?.ok_or(Error::SignedOut)?;
        let mut workspaces = Vec::new();
        for membership in memberships(tx, id)? {
            if let Some(workspace) = tx.get::<Workspace>(&membership.workspace)? {
                workspaces.push(Belonging { id: workspace.id, name: workspace.name, role: membership.role });
            }
        }
        Ok(Me { account, csrf: act.csrf().map(str::to_owned), workspaces })
    })
}

#[derive(Clone, Debug, Default)]
pub struct ProfileChange {
    pub name: Option<String>,
    /// `en` or `de`.
    pub language: Option<String>,
    /// `suite` or `desk`.
    pub theme: Option<String>,
    /// All that differ from the page's own keys.
    pub keys: Option<Bindings>,
}

pub fn change_profile(act: &Act, change: &ProfileChange) -> Result<Account> {
    let id = act.account()?;
    let name = change.name.as_deref().map(Name::new).transpose()?;
    one_of(change.language.as_deref(), &["en", "de"], "language")?;
    one_of(change.theme.as_deref(), &["suite", "desk"], "theme")?;
    change.keys.as_ref().map_or(Ok(()), check_keys)?;
    let account = act.change(Action::EditProfile, Scope::Studio, |tx| {
        let mut account = tx.get::<Account>(&id)?.ok_or(Error::SignedOut)?;
        let told = [
            ("name", name.is_some()),
            ("language", change.language.is_some()),
            ("theme", change.theme.is_some()),
            ("keys", change.keys.is_some()),
        ];
        account.name = name.unwrap_or(account.name);
        account.language = change.language.clone().unwrap_or(account.language);
        account.theme = change.theme.clone().unwrap_or(account.theme);
        account.keys = change.keys.clone().unwrap_or(account.keys);
        tx.put(&account)?;
        let what: Vec<_> = told.into_iter().filter_map(|(what, changed)| changed.then_some(what)).collect();
        Ok((account, Event::ProfileChanged { account: id, what: what.join(", ") }))
    })?;
    act.house().keep_name(id, account.name.to_string());
    Ok(account)
}

fn one_of(told: Option<&str>, allowed: &[&str], field: &'static str) -> Result<()> {
    if told.is_none_or(|told| allowed.contains(&told)) {
        return Ok(());
    }
    let sentence = format!("This {field} is not known; choose {}", allowed.join(" or "));
    Err(Error::Invalid { field, code: "choice_unknown", sentence })
}

/// What a key means is the page's business; here they only must be few and short.
fn check_keys(keys: &Bindings) -> Result<()> {
    const MOST_ACTIONS: usize = 200;
    const MOST_KEYS: usize = 4;
    const LONGEST: usize = 40;
    let short = |text: &str| (1..=LONGEST).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    let fine = |(action, keys): (&String, &Vec<String>)| {
        short(action) && keys.len() <= MOST_KEYS && keys.iter().all(|key| short(key))
    };
    if keys.len() <= MOST_ACTIONS && keys.iter().all(fine) {
        return Ok(());
    }
    let sentence = format!(
        "At most {MOST_ACTIONS} actions can have keys of their own, {MOST_KEYS} each, every name of at most {LONGEST} characters"
    );
    Err(Error::Invalid { field: "keys", code: "keys_malformed", sentence })
}

/// Ends every other session of this account.
pub fn change_password(act: &Act, current: &Secret, new: &Secret) -> Result<()> {
    let (id, stamp) = (act.account()?, act.stamp());
    check_password(new, "new")?;
    let throttle = &act.house().throttle;
    throttle.attempt(&stamp.address, Some(&id.to_string()), stamp.at)?;
    let account = act.read(Action::EditProfile, Scope::Studio, |tx| Ok(tx.get::<Account>(&id)?))?;
    if !password::verify(current, account.as_ref().map(|a| a.password.as_str())) {
        return Err(Error::Invalid {
            field: "current",
            code: "wrong_password",
            sentence: "This is not your present password. Please check it and try again".to_owned(),
        });
    }
    throttle.forgive(&stamp.address, Some(&id.to_string()));
    let hash = password::hash(new, &act.house().entropy)?;
    let own = if let Proof::Session { id, .. } = stamp.proof { Some(id) } else { None };
    let ended = act.change(Action::EditProfile, Scope::Studio, |tx| {
        let mut account = tx.get::<Account>(&id)?.ok_or(Error::SignedOut)?;
        account.password = hash;
        tx.put(&account)?;
        Ok((sessions::end_all(tx, id, own)?, Event::PasswordChanged { account: id }))
    })?;
    for session in ended {
        act.tell(Audience::Account(id), News::SessionEnded(session));
    }
    Ok(())
}

/// Everybody in the studio, for the operator.
pub fn list(act: &Act) -> Result<Vec<Account>> {
    act.read(Action::SeeAccounts, Scope::Studio, |tx| {
        Ok(tx.scan::<Account>(Span::all(), Direction::Forward).collect::<std::result::Result<_, _>>()?)
    })
}
