//! The row of a person: name, address, password hash, choices.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::clock::Moment;
use crate::base::id::AccountId;
use crate::base::secret::Secret;
use crate::base::text::{Email, Name};
use crate::domain::access::table::StudioRole;
use crate::domain::error::{Error, Result};
use crate::store::{Reads, Record, Table, WriteTx, schema};

/// Action of the page -> its keys, as the key sheet writes them: `J`, `Ctrl+Enter`.
pub type Bindings = BTreeMap<String, Vec<String>>;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub id: AccountId,
    pub name: Name,
    pub email: Email,
    pub created: Moment,
    pub studio_role: Option<StudioRole>,
    /// `en` or `de`.
    pub language: String,
    /// `suite` or `desk`.
    pub theme: String,
    /// The keys that this person gave to actions of the page, by the action's name; an empty list takes its keys away.
    #[serde(default)]
    pub keys: Bindings,
    /// Argon2id; never shown.
    pub(crate) password: String,
}

impl Record for Account {
    const TABLE: Table = schema::ACCOUNTS;
    type Key = AccountId;

    fn key(&self) -> AccountId {
        self.id
    }
}

/// A person as the invitation or set-up form tells.
#[derive(Clone, Debug)]
pub struct NewAccount {
    pub name: String,
    pub email: String,
    pub password: Secret,
}

pub(crate) const SHORTEST_PASSWORD: usize = 12;
const LONGEST_PASSWORD: usize = 200;

/// Length is the only rule: it is what makes a password strong.
pub(crate) fn check_password(password: &Secret, field: &'static str) -> Result<()> {
    let length = password.reveal().chars().count();
    if (SHORTEST_PASSWORD..=LONGEST_PASSWORD).contains(&length) {
        return Ok(());
    }
    let (code, sentence) = if length < SHORTEST_PASSWORD {
        ("password_too_short", format!("The password has {length} characters; please use at least {SHORTEST_PASSWORD}"))
    } else {
        ("password_too_long", format!("The password has {length} characters; at most {LONGEST_PASSWORD} are allowed"))
    };
    Err(Error::Invalid { field, code, sentence })
}

/// The account of an address, where there is one.
pub(crate) fn by_email(studio: &impl Reads, email: &Email) -> Result<Option<Account>> {
    match studio.find_one::<AccountId>(schema::ACCOUNTS_BY_EMAIL, &email.as_str().to_owned())? {
        Some(id) => Ok(studio.get(&id)?),
        None => Ok(None),
    }
}

/// Adds an account; an address belongs to one.
pub(crate) fn add(tx: &WriteTx, account: &Account) -> Result<()> {
    if by_email(tx, &account.email)?.is_some() {
        return Err(Error::Conflict {
            code: "email_taken",
            sentence: "There is an account with this e-mail address already. Please sign in with it".to_owned(),
        });
    }
    tx.put(account)?;
    tx.mark(schema::ACCOUNTS_BY_EMAIL, &account.email.as_str().to_owned(), &account.id)?;
    Ok(())
}
