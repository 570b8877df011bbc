//! Tests: letters to staff, what stands in them, and what becomes of those that nobody takes.

use super::*;
use crate::domain::access::Actor;
use crate::service::people;
use crate::service::stage::{ADMIN_EMAIL, PASSWORD, Stage, person};

fn with_mail() -> (Stage, OperatorId) {
    let (mut stage, admin) = Stage::set_up();
    stage.memory.sends_mail = true;
    stage.memory.links_lead_to = Some("https://chat.example.org".to_owned());
    (stage, admin.operator)
}

fn token_in(letter: &Letter, path: &str) -> String {
    let at = letter.text.find(&format!("https://chat.example.org{path}#")).expect("a link") + 25 + path.len();
    letter.text[at..].chars().take_while(char::is_ascii_alphanumeric).collect()
}

#[test]
fn an_invitation_stands_in_its_letter_and_nowhere_else() {
    let (mut stage, admin) = with_mail();
    let boss = stage.actor(admin);
    let bert = people::invite_by_mail(&stage.ctx(&boss), &person("Bert", "operator")).unwrap();
    assert!(is_on_its_way(&stage.ctx(&boss), bert));
    stage.advance(Duration::from_secs(3_600));
    let due = due(&stage.ctx(&Actor::Timer)).unwrap();
    assert_eq!((due.len(), due[0].letter.to.as_str()), (1, "bert@example.org"));
    let token = token_in(&due[0].letter, "/join");
    sent(&stage.ctx(&Actor::Timer), bert, &due[0].owed).unwrap();
    assert!(!is_on_its_way(&stage.ctx(&boss), bert));
    assert_eq!(stage.last_audit(), AuditAction::LetterSent(bert));
    stage.advance(limits::INVITATION_LIFE - Duration::from_secs(1));
    people::join(&stage.ctx(&Actor::Stranger), &token, PASSWORD.to_owned()).unwrap();
}

#[test]
fn a_reset_is_tried_again_with_a_new_link_and_given_up_when_it_is_of_no_use() {
    let (mut stage, admin) = with_mail();
    let ask = |stage: &Stage| {
        reset::ask(&stage.from(&Actor::Stranger, "192.0.2.1"), ADMIN_EMAIL).unwrap();
        reset::look_up(&stage.ctx(&Actor::Timer)).unwrap();
    };
    ask(&stage);
    ask(&stage);
    assert_eq!(stage.store.house().letters[&admin].len(), 1, "a newer one takes its place");
    let timer = Actor::Timer;
    let first = due(&stage.ctx(&timer)).unwrap().remove(0);
    not_sent(&stage.ctx(&timer), admin, &first.owed, false).unwrap();
    assert!(due(&stage.ctx(&timer)).unwrap().is_empty(), "not at once");
    stage.advance(Duration::from_secs(60));
    let second = due(&stage.ctx(&timer)).unwrap().remove(0);
    let (before, now) = (token_in(&first.letter, "/login/password"), token_in(&second.letter, "/login/password"));
    assert_ne!(before, now);
    let choose = |token: &str| reset::finish(&stage.ctx(&Actor::Stranger), token, "lantern pebble orchid".to_owned());
    assert!(choose(&before).is_err() && choose(&now).is_ok());
    stage.advance(limits::PASSWORD_RESET_LIFE);
    not_sent(&stage.ctx(&timer), admin, &second.owed, false).unwrap();
    assert!(stage.audit().contains(&AuditAction::LetterGivenUp(admin)));
}

#[test]
fn nobody_is_owed_what_cannot_be_sent() {
    let (stage, admin) = Stage::set_up();
    let mut batch = stage.store.batch();
    owe_in(&stage.ctx(&Actor::Host), &mut batch, admin.operator, LetterKind::PasswordChanged);
    stage.store.commit(batch).wait().unwrap();
    assert!(stage.store.house().letters.is_empty());
    let (mut stage, admin) = with_mail();
    stage.memory.links_lead_to = None;
    assert!(!can_mail_links(&stage.ctx(&Actor::Host)));
    let mut batch = stage.store.batch();
    owe_in(&stage.ctx(&Actor::Host), &mut batch, admin, LetterKind::PasswordReset);
    stage.store.commit(batch).wait().unwrap();
    assert!(stage.store.house().letters.is_empty());
    assert!(matches!(due(&stage.ctx(&Actor::Stranger)), Err(Failure::Denied(_))));
}

#[test]
fn who_has_joined_or_is_disabled_gets_no_link_any_more() {
    let (stage, admin) = with_mail();
    let boss = stage.actor(admin);
    let bert = people::invite_by_mail(&stage.ctx(&boss), &person("Bert", "operator")).unwrap();
    people::disable(&stage.ctx(&boss), bert).unwrap();
    assert!(due(&stage.ctx(&Actor::Timer)).unwrap().is_empty());
    assert!(stage.store.house().letters.is_empty(), "and it is cleared away");
}

#[test]
fn letters_say_what_happened_and_what_to_do() {
    for kind in [
        LetterKind::PasswordChanged,
        LetterKind::SecondFactorRemoved,
        LetterKind::RecoveryCodeUsed { left: 3 },
        LetterKind::CodesRefused,
    ] {
        let (subject, text) = words(kind, "Clinic Nord", "");
        assert!(!subject.is_empty() && text.contains("tell your administrator"), "{text}");
        assert!(!text.contains("http"), "no link to be taught to click on");
    }
}
