//! Who may do what: the whole table against its snapshot, and every verb tried by every role.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use dreamomni2::base::page::Limit;
use dreamomni2::domain::access::table::{Action, Role, Standing, roles};
use dreamomni2::domain::act::Act;
use dreamomni2::domain::audit::{Filter, Log};
use dreamomni2::domain::captions::Change;
use dreamomni2::domain::gallery::Wish;
use dreamomni2::domain::health::Facts;
use dreamomni2::domain::jobs::lane;
use dreamomni2::domain::{
    Kind, Result, accounts, assets, audit, gallery, health, invitations, jobs, members, models, renders, samples,
    settings, workspaces,
};

use crate::support::studio::{Premises, Someone, draft, png};

/// Rewrite with `UPDATE_SNAPSHOTS=1 cargo test access`, then read the difference.
#[test]
fn the_access_table_is_the_one_that_was_agreed() {
    let mut text = format!("{:24}", "");
    for standing in Standing::ALL {
        write!(text, " {:9}", standing.word()).unwrap();
    }
    for action in Action::ALL {
        text = text.trim_end().to_owned() + &format!("\n{:24}", action.word());
        for standing in Standing::ALL {
            write!(text, " {:9}", if action.who().contains(&standing) { "yes" } else { "." }).unwrap();
        }
    }
    let text = text.trim_end().to_owned() + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/snapshots/access.txt");
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let agreed = fs::read_to_string(&path).unwrap_or_default();
    assert!(agreed == text, "the table is now:\n{text}");
}

#[test]
fn the_roles_page_follows_the_table() {
    let all = roles();
    assert_eq!(
        all.iter().map(|line| line.role).collect::<Vec<_>>(),
        ["owner", "producer", "artist", "reviewer", "guest", "operator"]
    );
    let may = |role: &str, action: &str| all.iter().any(|l| l.role == role && l.may.contains(&action));
    assert!(may("artist", "job.order") && !may("reviewer", "job.order") && !may("operator", "work.see"));
}

/// One verb, as one person does it. What it needs is made by the owner first.
type Verb = fn(&Premises, &Someone, &Act) -> Result<()>;

const VERBS: &[(Action, Verb)] = &[
    (Action::SeeWorkspace, |p, _, act| workspaces::get(act, p.workspace).map(drop)),
    (Action::RenameWorkspace, |p, _, act| workspaces::rename(act, p.workspace, "Two").map(drop)),
    (Action::SeeMembers, |p, _, act| members::list(act, p.workspace).map(drop)),
    (Action::Invite, |p, _, act| invitations::create(act, p.workspace, None, Role::Guest).map(drop)),
    (Action::Invite, |p, _, act| invitations::list(act, p.workspace).map(drop)),
    (Action::ChangeRole, |p, who, act| {
        let account = p.by(who).stamp().actor;
        let all = members::list(&p.owner(), p.workspace)?;
        let own = all.iter().find(|m| dreamomni2::domain::act::Actor::Account(m.account.id) == account).unwrap();
        members::change_role(act, p.workspace, own.account.id, own.role).map(drop)
    }),
    (Action::RemoveMember, |p, _, act| {
        let gone = p.member(Role::Guest, &format!("Gone {}", act.csrf().unwrap_or_default().split_at(8).0));
        let id = accounts::me(&p.by(&gone))?.account.id;
        members::remove(act, p.workspace, id)
    }),
    (Action::SeeWork, |p, _, act| renders::list(act, p.workspace, false, Limit::new(None), None).map(drop)),
    (Action::SeeWork, |p, _, act| assets::list(act, p.workspace, false, Limit::new(None), None).map(drop)),
    (Action::SeeWork, |p, _, act| jobs::list(act, p.workspace, false, Limit::new(None), None).map(drop)),
    (Action::SeeWork, |p, _, act| gallery::whole(act, p.workspace, &Wish::default()).map(drop)),
    (Action::Download, |p, _, act| {
        let asset = p.asset(&p.owner).id;
        assets::picture(act, p.workspace, asset, assets::Wanted::Original).map(drop)
    }),
    (Action::OrderJob, |p, _, act| jobs::order(act, p.workspace, &draft("a lamp")).map(drop)),
    (Action::OrderJob, |p, _, act| samples::order(act, p.workspace).map(drop)),
    (Action::CancelOwnJob, |p, who, act| {
        // Who may not order has no job of his own: then the order is what is refused.
        let job = jobs::order(&p.by(who), p.workspace, &draft("a lamp"))?.id;
        jobs::cancel(act, p.workspace, job).map(drop)
    }),
    (Action::CancelAnyJob, |p, _, act| {
        let job = p.order(&p.owner, "a lamp");
        jobs::cancel(act, p.workspace, job).map(drop)
    }),
    (Action::BringAsset, |p, _, act| assets::bring(act, p.workspace, "a.png", &png(64, 64)).map(drop)),
    (Action::EditCaption, |p, _, act| {
        let asset = p.asset(&p.owner).id;
        let change = Change { caption: Some(Some("dusk".to_owned())), ..Change::default() };
        assets::change(act, p.workspace, asset, &change).map(drop)
    }),
    (Action::MarkFavourite, |p, _, act| {
        let asset = p.asset(&p.owner).id;
        assets::change(act, p.workspace, asset, &Change { favourite: Some(true), ..Change::default() }).map(drop)
    }),
    (Action::BinAnyWork, |p, _, act| {
        let asset = p.asset(&p.owner).id;
        assets::bin(act, p.workspace, asset)?;
        assets::restore(act, p.workspace, asset).map(drop)
    }),
    (Action::SeeAudit, |p, _, act| {
        audit::verify(act, Log::Workspace(p.workspace))?;
        audit::list(act, Log::Workspace(p.workspace), &Filter::default(), Limit::new(None), None).map(drop)
    }),
];

#[test]
fn every_verb_works_for_who_may_and_is_refused_to_the_rest() {
    let premises = Premises::new();
    let p = &premises;
    // Another owner, so that the owner who tries is not the one who prepares.
    let people: Vec<(Role, Someone)> =
        Role::ALL.into_iter().map(|role| (role, p.member(role, &format!("The {}", role.word())))).collect();
    for (place, (action, verb)) in VERBS.iter().enumerate() {
        for (role, who) in &people {
            let answer = verb(p, who, &p.by(who));
            let may = action.who().contains(&Standing::Member(*role));
            match answer {
                Ok(()) => assert!(may, "{} did {} ({place})", role.word(), action.word()),
                Err(error) => {
                    let refused = error.kind() == Kind::Refused;
                    assert!(!may && refused, "{} {} ({place}): {error}", role.word(), action.word());
                    assert!(error.to_string().contains("Ask "), "{error} does not say who can");
                }
            }
        }
    }
}

#[test]
fn who_does_not_belong_does_not_learn_that_a_workspace_exists() {
    let p = Premises::new();
    let other = workspaces::create(&p.owner(), "Hidden").unwrap().id;
    let artist = p.by(&p.member(Role::Artist, "Bo"));
    let error = renders::list(&artist, other, false, Limit::new(None), None).unwrap_err();
    assert_eq!((error.kind(), error.code()), (Kind::NotFound, "not_found"));
    assert_eq!(workspaces::create(&artist, "Own").unwrap_err().kind(), Kind::Refused);
}

#[test]
fn the_operator_s_verbs_are_closed_to_others_and_the_queue_to_people() {
    let p = Premises::new();
    let (operator, artist) = (p.owner(), p.by(&p.member(Role::Producer, "Bo")));
    let verbs: &[fn(&Act) -> Result<()>] = &[
        |act| health::report(act, Facts::default()).map(drop),
        |act| accounts::list(act).map(drop),
        |act| audit::verify(act, Log::Studio).map(drop),
        |act| settings::change(act, Some("Orchid two"), None).map(drop),
        |act| models::test(act, "starter").map(drop),
    ];
    for verb in verbs {
        verb(&operator).unwrap();
        assert_eq!(verb(&artist).unwrap_err().kind(), Kind::Refused);
        assert_eq!(verb(&p.visitor()).unwrap_err().kind(), Kind::SignedOut);
    }
    assert_eq!(lane::claim(&operator, "cpu", None).err().unwrap().kind(), Kind::Refused);
    assert!(models::list(&artist).unwrap()[0].tested.unwrap().passed);
}

#[test]
fn the_last_owner_stays() {
    let p = Premises::new();
    let own = accounts::me(&p.owner()).unwrap().account.id;
    assert_eq!(members::remove(&p.owner(), p.workspace, own).unwrap_err().code(), "last_owner");
    assert_eq!(members::change_role(&p.owner(), p.workspace, own, Role::Guest).unwrap_err().code(), "last_owner");
    p.member(Role::Owner, "Bo");
    members::remove(&p.owner(), p.workspace, own).unwrap();
    assert_eq!(workspaces::get(&p.owner(), p.workspace).unwrap_err().kind(), Kind::NotFound);
}

#[test]
fn a_producer_cannot_make_owners() {
    let p = Premises::new();
    let producer = p.by(&p.member(Role::Producer, "Bo"));
    assert_eq!(invitations::create(&producer, p.workspace, None, Role::Owner).unwrap_err().kind(), Kind::Refused);
}
