//! Signing in: one error text and equal time, whether the account exists or not.

use super::account::{Account, Bindings, NewAccount, by_email, check_password};
use crate::base::id::AccountId;
use crate::base::secret::Secret;
use crate::base::text::{Email, Name};
use crate::crypto::password;
use crate::domain::access::standing::Scope;
use crate::domain::access::table::{Action, StudioRole};
use crate::domain::act::Act;
use crate::domain::error::{Error, Result};
use crate::domain::event::Event;
use crate::domain::sessions::{self, Session};

pub struct SignedIn {
    pub act: Act,
    /// For the cookie; kept nowhere.
    pub secret: Secret,
    pub session: Session,
}

/// Throttled per address and per account.
pub fn sign_in(visitor: &Act, email: &str, password: &Secret, agent: &str) -> Result<SignedIn> {
    let (house, stamp) = (visitor.house(), visitor.stamp());
    let typed = email.trim().to_lowercase();
    house.throttle.attempt(&stamp.address, Some(&typed), stamp.at)?;
    let account = match Email::new(email) {
        Ok(email) => visitor.read(Action::SignIn, Scope::Studio, |tx| by_email(tx, &email))?,
        Err(_) => None,
    };
    let right = password::verify(password, account.as_ref().map(|a| a.password.as_str()));
    match account {
        Some(account) if right => {
            house.throttle.forgive(&stamp.address, Some(&typed));
            begin(visitor, account.id, agent)
        }
        account => {
            let account = account.map(|a| a.id);
            visitor.change(Action::SignIn, Scope::Studio, |_| Ok(((), Event::SignInFailed { account })))?;
            Err(Error::WrongPassword)
        }
    }
}

/// Opens a session for an account that has just proved itself.
pub(crate) fn begin(visitor: &Act, account: AccountId, agent: &str) -> Result<SignedIn> {
    let (session, secret, proof) = sessions::draft(visitor, account, agent);
    let act = visitor.proved(account, proof);
    act.change(Action::SignIn, Scope::Studio, |tx| {
        sessions::add(tx, &session)?;
        Ok(((), Event::SignedIn { session: session.id }))
    })?;
    Ok(SignedIn { act, secret, session })
}

/// Checks a new account and hashes its password: slow, so before any transaction.
pub(crate) fn prepare(act: &Act, new: &NewAccount, studio_role: Option<StudioRole>) -> Result<Account> {
    check_password(&new.password, "password")?;
    Ok(Account {
        id: act.id(),
        name: Name::new(&new.name)?,
        email: Email::new(&new.email)?,
        created: act.now(),
        studio_role,
        language: "en".to_owned(),
        theme: "suite".to_owned(),
        keys: Bindings::new(),
        password: password::hash(&new.password, &act.house().entropy)?,
    })
}
