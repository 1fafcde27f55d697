//! Empties the bins: what was thrown away 30 days ago ends for good.

use super::access::standing::{Scope, members};
use super::access::table::Action;
use super::act::Act;
use super::assets::asset::AssetRow;
use super::error::Result;
use super::recipes::terms::Picture;
use super::renders::render::RenderRow;
use super::tile::Tile;
use super::works::{erase, over};
use crate::base::clock::Moment;
use crate::base::id::AccountId;
use crate::store::{Direction, Reads, Span, schema};

/// Answers how many things ended.
pub(crate) fn sweep(system: &Act) -> Result<usize> {
    let mut ended = 0;
    for (workspace, _) in system.house().rooms() {
        let fans: Vec<AccountId> = system.read(Action::SeeAccounts, Scope::Studio, |tx| {
            Ok(members(tx, workspace)?.into_iter().map(|m| m.account).collect())
        })?;
        let due = system.read(Action::WorkQueue, Scope::Work(workspace), |tx| {
            let mut due = Vec::new();
            for entry in tx.find::<(Moment, ([u8; 16], bool))>(schema::BIN, Span::all(), Direction::Forward) {
                let (at, key) = entry?;
                if !over(at, system.now()) {
                    break;
                }
                due.extend(tx.get::<Tile>(&key)?.map(|tile| tile.picture));
            }
            Ok(due)
        })?;
        for picture in due {
            ended += 1;
            let scope = Scope::Work(workspace);
            match picture {
                Picture::Render(id) => {
                    let row = system.read(Action::WorkQueue, scope, |tx| Ok(tx.get::<RenderRow>(&id)?))?;
                    row.map_or(Ok(()), |row| erase(system, workspace, &row, &fans))?;
                }
                Picture::Asset(id) => {
                    let row = system.read(Action::WorkQueue, scope, |tx| Ok(tx.get::<AssetRow>(&id)?))?;
                    row.map_or(Ok(()), |row| erase(system, workspace, &row, &fans))?;
                }
            }
        }
    }
    Ok(ended)
}
