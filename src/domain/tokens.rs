//! Personal API tokens (`dos_…`): shown once, hashed at rest, with an end.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::access::standing::Scope;
use super::access::table::Action;
use super::accounts::account::Account;
use super::act::{Act, Proof};
use super::error::{Error, Result};
use super::event::Event;
use crate::base::clock::Moment;
use crate::base::id::{AccountId, TokenId};
use crate::base::secret::Secret;
use crate::base::text::Name;
use crate::crypto::token;
use crate::store::{Direction, Reads, Record, Span, Table, schema};

const DAY: Duration = Duration::from_hours(24);
/// "Last used" is not written more often than this.
const USED_EVERY: Duration = Duration::from_mins(5);
/// More tokens than this nobody oversees.
const MOST: usize = 50;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    pub id: TokenId,
    pub account: AccountId,
    pub name: Name,
    pub created: Moment,
    pub expires: Moment,
    pub last_used: Option<Moment>,
    pub(crate) hash: Vec<u8>,
}

impl Record for Token {
    const TABLE: Table = schema::TOKENS;
    type Key = TokenId;

    fn key(&self) -> TokenId {
        self.id
    }
}

/// `days` is 1 to 365; 90 when not told.
pub fn create(act: &Act, name: &str, days: Option<u32>) -> Result<(Token, Secret)> {
    let (account, days) = (act.account()?, days.unwrap_or(90));
    if !(1..=365).contains(&days) {
        let sentence = "A token lives 1 to 365 days; please choose a number between".to_owned();
        return Err(Error::Invalid { field: "days", code: "days_out_of_range", sentence });
    }
    let secret = token::make("dos", &act.house().entropy);
    let digest = token::digest(secret.reveal());
    let token = Token {
        id: act.id(),
        account,
        name: Name::new(name)?,
        created: act.now(),
        expires: act.now().plus(DAY * days),
        last_used: None,
        hash: digest.to_vec(),
    };
    let token = act.change(Action::EditProfile, Scope::Studio, |tx| {
        let held = tx.find::<TokenId>(schema::TOKENS_BY_ACCOUNT, Span::under(&account), Direction::Forward);
        if held.count() >= MOST {
            let sentence = format!("You have {MOST} tokens already; please revoke one first");
            return Err(Error::Conflict { code: "too_many_tokens", sentence });
        }
        tx.put(&token)?;
        tx.mark(schema::TOKENS_BY_HASH, &digest, &token.id)?;
        tx.mark(schema::TOKENS_BY_ACCOUNT, &account, &token.id)?;
        let event = Event::TokenMade { token: token.id, days };
        Ok((token, event))
    })?;
    Ok((token, secret))
}

/// One's own, newest first.
pub fn list(act: &Act) -> Result<Vec<Token>> {
    let account = act.account()?;
    act.read(Action::EditProfile, Scope::Studio, |tx| {
        let mut all = Vec::new();
        for id in tx.find::<TokenId>(schema::TOKENS_BY_ACCOUNT, Span::under(&account), Direction::Backward) {
            all.extend(tx.get::<Token>(&id?)?);
        }
        Ok(all)
    })
}

pub fn revoke(act: &Act, token: TokenId) -> Result<()> {
    let account = act.account()?;
    act.change(Action::EditProfile, Scope::Studio, |tx| {
        let row = tx.get::<Token>(&token)?.filter(|t| t.account == account);
        let row = row.ok_or(Error::NotFound { what: "token" })?;
        tx.remove::<Token>(&token)?;
        tx.unmark(schema::TOKENS_BY_ACCOUNT, &account, &token)?;
        if let Ok(digest) = <[u8; 32]>::try_from(row.hash.as_slice()) {
            tx.unmark(schema::TOKENS_BY_HASH, &digest, &token)?;
        }
        Ok(((), Event::TokenRevoked { token }))
    })
}

/// The act of whoever holds this token.
pub fn resume(visitor: &Act, secret: &Secret) -> Result<Act> {
    let digest = token::digest(secret.reveal());
    let found = visitor.read(Action::SignIn, Scope::Studio, |tx| {
        let Some(id) = tx.find_one::<TokenId>(schema::TOKENS_BY_HASH, &digest)? else { return Ok(None) };
        match tx.get::<Token>(&id)? {
            Some(token) if tx.has::<Account>(&token.account)? => Ok(Some(token)),
            _ => Ok(None),
        }
    })?;
    let token = found.filter(|t| t.expires > visitor.now()).ok_or(Error::SignedOut)?;
    let act = visitor.proved(token.account, Proof::Token(token.id));
    if token.last_used.is_none_or(|used| act.now().since(used) > USED_EVERY) {
        act.keep(Action::EditProfile, Scope::Studio, |tx| {
            if let Some(token) = tx.get::<Token>(&token.id)? {
                tx.put(&Token { last_used: Some(act.now()), ..token })?;
            }
            Ok(())
        })?;
    }
    Ok(act)
}
