//! Getting in: set-up once, sign-in slowed down, sessions and tokens that end, invitations that work once.

use std::time::Duration;

use dreamomni2::base::entropy::Entropy;
use dreamomni2::base::secret::Secret;
use dreamomni2::domain::access::Role;
use dreamomni2::domain::accounts::{self, Bindings, ProfileChange};
use dreamomni2::domain::setup;
use dreamomni2::domain::studio::{Phase, Studio, Unlock};
use dreamomni2::domain::{Kind, invitations, sessions, tokens};

use crate::support::studio::{HOME, PASSPHRASE, PASSWORD, Premises, Someone, opening, order, person};

const HOUR: Duration = Duration::from_hours(1);

fn sign_in(p: &Premises, address: &str, email: &str, password: &str) -> Result<Someone, &'static str> {
    let visitor = p.studio.visitor(address).unwrap();
    let signed = accounts::sign_in(&visitor, email, &Secret::new(password), "test");
    signed.map(|s| Someone(s.secret)).map_err(|e| e.code())
}

#[test]
fn a_set_up_cannot_come_back() {
    let p = Premises::new();
    let code = setup::renew_code(p.studio.data(), &p.clock, &Entropy::system()).unwrap();
    assert_eq!(p.studio.set_up(order(code.clone()), HOME, "").err().unwrap().code(), "setup_over");
    let Premises { dir, clock, studio, .. } = p;
    drop(studio);
    std::fs::remove_file(dir.path().join("data/studio.redb")).unwrap();
    let studio = Studio::open(opening(&dir, &clock)).unwrap();
    assert!(matches!(studio.state().phase, Phase::Recovery(_)), "{:?}", studio.state());
    assert_eq!(studio.set_up(order(code), HOME, "").err().unwrap().code(), "setup_over");
    assert_eq!(studio.visitor(HOME).err().unwrap().code(), "recovery");
}

#[test]
fn a_set_up_code_is_used_once_in_time_and_guessing_is_slow() {
    let dir = tempfile::TempDir::new().unwrap();
    let clock = dreamomni2::base::clock::Clock::fixed(dreamomni2::base::clock::Moment(1_780_000_000_000));
    let studio = Studio::open(opening(&dir, &clock)).unwrap();
    assert_eq!(studio.state().phase, Phase::Setup);
    let old = setup::renew_code(studio.data(), &clock, &Entropy::system()).unwrap();
    let code = setup::renew_code(studio.data(), &clock, &Entropy::system()).unwrap();
    assert_eq!(code.reveal().len(), 9);
    assert_eq!(studio.check_code(&old, HOME).unwrap_err().code(), "setup_code_wrong");
    studio.check_code(&Secret::new(code.reveal().to_uppercase()), HOME).unwrap();
    let mut weak = order(code.clone());
    weak.owner.password = Secret::new("short");
    assert_eq!(studio.set_up(weak, HOME, "").err().unwrap().code(), "password_too_short");
    assert_eq!(studio.state().phase, Phase::Setup);
    clock.advance(Duration::from_secs(1801));
    assert_eq!(studio.check_code(&code, HOME).unwrap_err().code(), "setup_code_wrong");
    let codes: Vec<_> =
        (0..6).map(|_| studio.check_code(&Secret::new("aaaa-aaaa"), HOME).unwrap_err().code()).collect();
    assert_eq!(codes.last(), Some(&"too_many_attempts"));
}

#[test]
fn a_locked_studio_opens_with_passphrase_or_recovery_key_only() {
    let Premises { dir, clock, studio, recovery, .. } = Premises::new();
    drop(studio);
    let studio = Studio::open(opening(&dir, &clock)).unwrap();
    let state = studio.state();
    assert_eq!((state.phase, state.studio_name), (Phase::Locked, None));
    assert_eq!(studio.visitor(HOME).err().unwrap().kind(), Kind::Locked);
    let wrong = studio.unlock(&Unlock::Passphrase(Secret::new("not this passphrase")), HOME).unwrap_err();
    assert_eq!((wrong.kind(), wrong.code()), (Kind::Invalid, "wrong_passphrase"));
    studio.unlock(&Unlock::Recovery(recovery), HOME).unwrap();
    assert_eq!(studio.state().studio_name.as_deref(), Some("Orchid"));
    let again = studio.unlock(&Unlock::Passphrase(Secret::new(PASSPHRASE)), HOME).unwrap_err();
    assert_eq!(again.code(), "unlocked_already");
}

#[test]
fn a_key_file_opens_at_the_start_and_a_wrong_one_leaves_the_studio_locked_not_shut() {
    let dir = tempfile::TempDir::new().unwrap();
    let clock = dreamomni2::base::clock::Clock::fixed(dreamomni2::base::clock::Moment(1_780_000_000_000));
    let studio = Studio::open(opening(&dir, &clock)).unwrap();
    let code = setup::renew_code(studio.data(), &clock, &Entropy::system()).unwrap();
    let with_file = setup::Order { unlock: setup::Method::KeyFile, ..order(code) };
    let recovery = studio.set_up(with_file, HOME, "").unwrap().recovery_key;
    drop(studio);
    let studio = Studio::open(opening(&dir, &clock)).unwrap();
    assert_eq!(studio.state().phase, Phase::Ready);
    drop(studio);
    std::fs::write(dir.path().join("key"), "AGE-SECRET-KEY-1NOT\n").unwrap();
    let studio = Studio::open(opening(&dir, &clock)).unwrap();
    assert_eq!(studio.state().phase, Phase::Locked);
    studio.unlock(&Unlock::Recovery(recovery), HOME).unwrap();
}

#[test]
fn guessing_a_password_is_slowed_down_per_address_and_per_account() {
    let p = Premises::new();
    assert!(sign_in(&p, HOME, "Ana@Orchid.example", PASSWORD).is_ok());
    for _ in 0..5 {
        assert_eq!(sign_in(&p, "10.0.0.1", "ana@orchid.example", "wrong").err(), Some("wrong_password"));
    }
    assert_eq!(sign_in(&p, "10.0.0.1", "ana@orchid.example", PASSWORD).err(), Some("too_many_attempts"));
    assert_eq!(sign_in(&p, "10.0.0.2", "ana@orchid.example", PASSWORD).err(), Some("too_many_attempts"));
    p.clock.advance(Duration::from_secs(2));
    assert!(sign_in(&p, "10.0.0.2", "ana@orchid.example", PASSWORD).is_ok());
    // Nobody learns which accounts exist: the same words for an address without one.
    for _ in 0..5 {
        assert_eq!(sign_in(&p, "10.0.0.3", "nobody@orchid.example", PASSWORD).err(), Some("wrong_password"));
    }
    assert_eq!(sign_in(&p, "10.0.0.3", "nobody@orchid.example", PASSWORD).err(), Some("too_many_attempts"));
}

#[test]
fn a_session_ends_when_idle_when_old_and_when_its_owner_says_so() {
    let p = Premises::new();
    let who = sign_in(&p, "192.168.7.99", "ana@orchid.example", PASSWORD).unwrap();
    let shown = sessions::list(&p.by(&who)).unwrap();
    assert_eq!((shown.len(), shown[0].address.as_str()), (2, "192.168.7.0"));
    for _ in 0..72 {
        p.clock.advance(10 * HOUR);
        p.by(&who);
    }
    p.clock.advance(HOUR);
    assert_eq!(p.try_by(&who).err().unwrap().code(), "signed_out");
    let who = sign_in(&p, HOME, "ana@orchid.example", PASSWORD).unwrap();
    p.clock.advance(13 * HOUR);
    assert!(p.try_by(&who).is_err());
    let (one, two) =
        (sign_in(&p, HOME, "ana@orchid.example", PASSWORD), sign_in(&p, HOME, "ana@orchid.example", PASSWORD));
    let (one, two) = (one.unwrap(), two.unwrap());
    accounts::change_password(&p.by(&one), &Secret::new(PASSWORD), &Secret::new("another long password")).unwrap();
    assert!(p.try_by(&two).is_err() && p.try_by(&one).is_ok());
    sessions::end_current(&p.by(&one)).unwrap();
    assert!(p.try_by(&one).is_err());
    p.studio.tidy().unwrap();
    assert!(p.try_by(&Someone(Secret::new("ses_nonsense"))).is_err());
}

#[test]
fn a_token_lets_in_until_it_ends_or_is_taken_back() {
    let p = Premises::new();
    let (token, secret) = tokens::create(&p.owner(), "script", Some(1)).unwrap();
    let act = tokens::resume(&p.visitor(), &secret).unwrap();
    assert!(secret.reveal().starts_with("dos_") && act.csrf().is_none());
    assert!(tokens::list(&act).unwrap()[0].last_used.is_some());
    let (_, short) = tokens::create(&p.owner(), "gone", None).unwrap();
    tokens::revoke(&p.owner(), token.id).unwrap();
    assert!(tokens::resume(&p.visitor(), &secret).is_err());
    p.clock.advance(91 * 24 * HOUR);
    assert!(tokens::resume(&p.visitor(), &short).is_err());
    assert_eq!(
        tokens::create(&p.by(&sign_in(&p, HOME, "ana@orchid.example", PASSWORD).unwrap()), "x", Some(0))
            .unwrap_err()
            .code(),
        "days_out_of_range"
    );
}

#[test]
fn an_invitation_works_once_within_72_hours_for_whom_it_is_meant() {
    let p = Premises::new();
    let (_, code) = invitations::create(&p.owner(), p.workspace, Some("bo@orchid.example"), Role::Artist).unwrap();
    let seen = invitations::look(&p.visitor(), &code).unwrap();
    assert_eq!((seen.workspace_name.as_str(), seen.role), ("Feature one", Role::Artist));
    let stranger = invitations::accept(&p.visitor(), &code, person("Eve", "eve@orchid.example"), "");
    assert_eq!(stranger.err().unwrap().code(), "invitation_for_another");
    invitations::accept(&p.visitor(), &code, person("Bo", "bo@orchid.example"), "").unwrap();
    assert_eq!(invitations::look(&p.visitor(), &code).unwrap_err().kind(), Kind::Gone);
    let (_, late) = invitations::create(&p.owner(), p.workspace, None, Role::Artist).unwrap();
    let own = invitations::join(&p.owner(), &late).unwrap_err();
    assert_eq!(own.code(), "already_member");
    p.clock.advance(73 * HOUR);
    assert_eq!(invitations::look(&p.visitor(), &late).unwrap_err().code(), "invitation_over");
    assert!(p.studio.tidy().unwrap() > 0);
}

#[test]
fn a_profile_takes_known_choices_only() {
    let p = Premises::new();
    let change = |language: &str| ProfileChange { language: Some(language.to_owned()), ..ProfileChange::default() };
    assert_eq!(accounts::change_profile(&p.owner(), &change("de")).unwrap().language, "de");
    assert_eq!(accounts::change_profile(&p.owner(), &change("xx")).unwrap_err().code(), "choice_unknown");
    assert_eq!(accounts::me(&p.owner()).unwrap().workspaces.len(), 1);
    let keys = |keys: &[&str]| {
        let of_one = keys.iter().map(|&key| key.to_owned()).collect();
        let keys = Some(Bindings::from([("gallery.star".to_owned(), of_one)]));
        accounts::change_profile(&p.owner(), &ProfileChange { keys, ..ProfileChange::default() })
    };
    assert_eq!(keys(&["Ctrl+B", "*"]).unwrap().keys["gallery.star"], ["Ctrl+B", "*"]);
    assert_eq!(keys(&["a\nb"]).unwrap_err().code(), "keys_malformed");
    assert_eq!(keys(&["A", "B", "C", "D", "E"]).unwrap_err().code(), "keys_malformed");
    // What is not told stays, and the language told before is still there.
    let kept = accounts::me(&p.again().owner()).unwrap().account;
    assert_eq!((kept.language.as_str(), kept.keys.len()), ("de", 1));
}
