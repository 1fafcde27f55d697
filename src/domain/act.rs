//! Who asks, of which house: the first argument of every verb, and the only way to change anything.

use std::sync::Arc;

use super::access::standing::{Scope, require};
use super::access::table::Action;
use super::accounts::account::Account;
use super::audit::chain;
use super::error::{Error, Result};
use super::event::Event;
use super::feed::{Audience, News};
use super::house::{Doors, House, Room};
pub use super::stamp::{Actor, Person, Proof, Stamp};
use crate::base::clock::Moment;
use crate::base::id::{AccountId, Id, WorkspaceId};
use crate::store::{Home, ReadTx, Reads, WriteTx};

/// One request by one caller: everything a verb may know of him. Cheap to clone.
#[derive(Clone)]
pub struct Act {
    house: Arc<House>,
    stamp: Arc<Stamp>,
}

impl Act {
    pub(crate) fn new(house: Arc<House>, stamp: Stamp) -> Act {
        Act { house, stamp: Arc::new(stamp) }
    }

    /// The same request, after its caller proved who he is.
    pub(crate) fn proved(&self, account: AccountId, proof: Proof) -> Act {
        let stamp = Stamp { actor: Actor::Account(account), proof, ..Stamp::clone(&self.stamp) };
        Act::new(self.house.clone(), stamp)
    }

    /// The studio's own hand, for what follows from a request and is nobody's right to do.
    pub(crate) fn for_the_studio(&self) -> Act {
        let stamp = Stamp { actor: Actor::System, proof: Proof::None, ..Stamp::clone(&self.stamp) };
        Act::new(self.house.clone(), stamp)
    }

    pub fn stamp(&self) -> &Stamp {
        &self.stamp
    }

    /// What a browser must send back with every change; none for tokens.
    pub fn csrf(&self) -> Option<&str> {
        match &self.stamp.proof {
            Proof::Session { csrf, .. } => Some(csrf),
            Proof::None | Proof::Token(_) => None,
        }
    }

    /// Looks, if the caller may: one picture of the rows as they are now.
    pub(crate) fn read<T>(&self, action: Action, scope: Scope, look: impl FnOnce(&ReadTx) -> Result<T>) -> Result<T> {
        let studio = self.house.studio.read.begin()?;
        require(&studio, self.stamp.actor, action, scope)?;
        match scope {
            Scope::Studio | Scope::People(_) => look(&studio),
            Scope::Work(workspace) => look(&self.room(workspace)?.doors.read.begin()?),
        }
    }

    /// The only way to change anything: the action is allowed, the change is made and its audit line
    /// is written in ONE transaction, or not at all. The closure does nothing but use `tx`.
    pub(crate) fn change<T>(
        &self,
        action: Action,
        scope: Scope,
        edit: impl FnOnce(&WriteTx) -> Result<(T, Event)>,
    ) -> Result<T> {
        let (value, event) = self.within(scope, |tx, home| {
            self.allow(tx, action, scope)?;
            let (value, event) = edit(tx)?;
            let stamp = Stamp { at: self.now(), ..Stamp::clone(&self.stamp) };
            chain::append(tx, home, &stamp, &self.house.signer, &House::chain(scope), &event)?;
            Ok((value, event))
        })?;
        if let Some((audience, news)) = event.news() {
            self.house.feed.tell(audience, news);
        }
        Ok(value)
    }

    /// For what nobody needs in a log: when a session was last seen, what the index has read.
    pub(crate) fn keep<T>(&self, action: Action, scope: Scope, edit: impl FnOnce(&WriteTx) -> Result<T>) -> Result<T> {
        self.within(scope, |tx, _| {
            self.allow(tx, action, scope)?;
            edit(tx)
        })
    }

    fn within<T>(&self, scope: Scope, edit: impl FnOnce(&WriteTx, Home) -> Result<T>) -> Result<T> {
        let run = |doors: &Doors, home| {
            let tx = doors.write.begin()?;
            let value = edit(&tx, home)?;
            tx.commit()?;
            Ok(value)
        };
        match scope {
            Scope::Studio | Scope::People(_) => run(&self.house.studio, Home::Studio),
            Scope::Work(workspace) => run(&self.room(workspace)?.doors, Home::Workspace),
        }
    }

    /// Rights are rows of the studio: a change there reads them in its own transaction.
    fn allow(&self, tx: &WriteTx, action: Action, scope: Scope) -> Result<()> {
        match scope {
            Scope::Studio | Scope::People(_) => require(tx, self.stamp.actor, action, scope),
            Scope::Work(_) => require(&self.house.studio.read.begin()?, self.stamp.actor, action, scope),
        }
    }

    /// Whether the caller may, without doing it.
    pub(crate) fn may(&self, action: Action, scope: Scope) -> Result<()> {
        require(&self.house.studio.read.begin()?, self.stamp.actor, action, scope)
    }

    pub(crate) fn tell(&self, audience: Audience, news: News) {
        self.house.feed.tell(audience, news);
    }

    pub(crate) fn house(&self) -> &House {
        &self.house
    }

    pub(crate) fn room(&self, workspace: WorkspaceId) -> Result<Arc<Room>> {
        self.house.room(workspace)
    }

    /// A request happens at one time; the studio's own acts live long and ask the clock.
    pub(crate) fn now(&self) -> Moment {
        if self.stamp.actor == Actor::System { self.house.clock.now() } else { self.stamp.at }
    }

    /// A new id of any kind.
    pub(crate) fn id<T: Id>(&self) -> T {
        T::new(self.now(), &self.house.entropy)
    }

    /// Whose act it is; refused for visitors and for the studio itself.
    pub(crate) fn account(&self) -> Result<AccountId> {
        match self.stamp.actor {
            Actor::Account(account) => Ok(account),
            Actor::Nobody | Actor::System => Err(Error::SignedOut),
        }
    }

    /// How others see an account; one that is gone keeps its place.
    pub(crate) fn person(&self, id: AccountId) -> Result<Person> {
        if let Some(name) = self.house.name(id) {
            return Ok(Person { id, name });
        }
        let row = self.house.studio.read.begin()?.get::<Account>(&id)?;
        let name = row.map_or_else(|| "somebody who left".to_owned(), |a| a.name.to_string());
        self.house.keep_name(id, name.clone());
        Ok(Person { id, name })
    }
}
