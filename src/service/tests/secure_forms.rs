use std::time::Duration;

use super::*;
use crate::domain::access::Actor;
use crate::domain::audit::{AuditAction, PurgeRule};
use crate::domain::conversation::Conversation;
use crate::domain::event::EventKind;
use crate::domain::filled::Given;
use crate::domain::id::{ConversationId, OperatorId, SiteId, SubmissionId};
use crate::domain::language::Language;
use crate::domain::news::Origin;
use crate::domain::permission::{Permission, Permissions};
use crate::domain::retention::RetentionClass;
use crate::domain::text::{ClientId, MessageText};
use crate::domain::visitor::Allowance;
use crate::service::conversations::{self, Start};
use crate::service::holds::{self, HoldForm, drawer_of};
use crate::service::purge_rules::{self, RuleForm};
use crate::service::sites::{self, GeneralForm};
use crate::service::stage::{Stage, refused};

const CARD: &str = "4111 1111 1111 1111";

fn origin(id: &str) -> Origin {
    Origin { connection: 1, client_id: ClientId::parse(id).unwrap() }
}

fn draft(ctx: &Ctx) -> SecureFormDraft {
    let mut draft = SecureFormDraft { name: "Admission".to_owned(), ..SecureFormDraft::default() };
    for kind in [Kind::Text, Kind::Card] {
        draft.add(ctx, kind);
    }
    draft.fields[0].label = "What is it about?".to_owned();
    draft
}

/// An operator in a talk with a visitor, and a form that can be sent.
struct Scene {
    stage: Stage,
    admin: Actor,
    operator: Actor,
    visitor: Actor,
    site: SiteId,
    chat: ConversationId,
    form: FormId,
}

impl Scene {
    fn new(change: impl FnOnce(&mut SecureFormDraft)) -> Self {
        let (stage, finished) = Stage::set_up();
        let admin = stage.actor(finished.operator);
        let bert: OperatorId = stage.join(&admin, "Bert", "operator");
        let operator = with(stage.actor(bert), &[Permission::SendForms, Permission::RevealAnswers]);
        let site = finished.site;
        let visitor = Actor::Visitor { site, token_index: [7; 32] };
        let text = MessageText::parse("hello there").unwrap();
        let chat = conversations::start(&stage.ctx(&visitor), &Allowance::default(), Start::saying(text), origin("a")).unwrap();
        conversations::accept(&stage.ctx(&operator), chat, origin("b")).unwrap();
        let mut draft = draft(&stage.ctx(&admin));
        change(&mut draft);
        let form = create(&stage.ctx(&admin), &draft).unwrap();
        Self { stage, admin, operator, visitor, site, chat, form }
    }

    fn ask(&self, id: &str) {
        ask(&self.stage.ctx(&self.operator), self.chat, &self.form.to_string(), origin(id)).unwrap();
    }

    fn head(&self) -> Conversation {
        self.stage.store.conversation(self.chat).unwrap().unwrap()
    }

    /// What the visitor of the chat gets for the newest form that they were asked for.
    fn link(&self) -> Link {
        let ctx = self.stage.ctx(&self.visitor);
        let events = self.stage.store.events(self.chat, 0, 100).unwrap();
        let asked = events.iter().rev().find_map(|event| match &event.kind {
            EventKind::FormAsked(ask) => Some(ask.request),
            _ => None,
        });
        link_into(&ctx, &self.head(), asked.unwrap()).unwrap()
    }

    fn given(&self, values: &[&str]) -> Given {
        let form = self.stage.store.house().forms[&self.form].clone();
        form.fields.iter().zip(values).map(|(field, value)| (field.id.as_str().to_owned(), (*value).to_owned())).collect()
    }

    fn submit(&self, link: &str, values: &[&str]) -> Result<(), Failure> {
        submit(&self.stage.ctx(&Actor::Stranger), link, &self.given(values), Language::German)
    }

    fn filled(&self) -> SubmissionId {
        self.ask("ask");
        self.submit(self.link().expose(), &["a broken foot", CARD]).unwrap();
        self.stage.store.submissions()[0].id
    }

    fn field(&self, at: usize) -> String {
        self.stage.store.house().forms[&self.form].fields[at].id.as_str().to_owned()
    }

    fn standing(&self, link: &str) -> Standing {
        open(&self.stage.ctx(&Actor::Stranger), link).unwrap().standing
    }
}

fn with(actor: Actor, granted: &[Permission]) -> Actor {
    let Actor::Staff { id, role, membership, .. } = actor else { panic!("not staff") };
    let permissions = granted.iter().fold(Permissions::NONE, |all, one| all.with(*one));
    Actor::Staff { id, role, membership, permissions }
}

#[test]
fn a_form_goes_its_whole_way() {
    let scene = Scene::new(|_| {});
    let id = scene.filled();
    let ctx = scene.stage.ctx(&scene.operator);
    let reading = read(&ctx, id).unwrap();
    assert_eq!(reading.submission.conversation, Some(scene.chat));
    let masked: Vec<_> = reading.submission.answers.iter().map(|it| it.masked()).collect();
    assert_eq!(masked, ["••••••••", "••••••••1111"]);
    assert!(reading.may_reveal && reading.submission.viewed_at.is_none());
    assert_eq!(scene.stage.last_audit(), AuditAction::SubmissionOpened(id));
    read(&ctx, id).unwrap();

    let Shown::Answer(answer) = reveal(&ctx, id, &scene.field(0), "needed for the ward").unwrap() else { panic!("one answer") };
    assert_eq!(answer.value.as_str(), "a broken foot");
    let AuditAction::AnswerRevealed { submission, field, reason } = scene.stage.last_audit() else { panic!("no row") };
    assert_eq!((submission, field, reason.as_str()), (id, scene.field(0), "needed for the ward"));
    assert_eq!(scene.stage.audit().iter().filter(|it| matches!(it, AuditAction::SubmissionOpened(_))).count(), 1);
    assert_eq!(read(&ctx, id).unwrap().submission.viewed_at, Some(scene.stage.now));

    let events = scene.stage.store.events(scene.chat, 0, 100).unwrap();
    let kinds: Vec<_> = events.iter().map(|event| event.kind.word()).collect();
    assert_eq!(kinds, ["started", "message", "joined", "form_asked", "form_sent"]);
}

#[test]
fn a_card_is_stored_as_ten_digits_and_whole_only_after_a_proof() {
    let scene = Scene::new(|_| {});
    let id = scene.filled();
    let kept = scene.stage.store.submission(id).unwrap().unwrap();
    assert_eq!(kept.answers[1].value.as_str(), "411111••••••1111");

    let admin = scene.stage.ctx(&scene.admin);
    let mut whole = SecureFormDraft::of(&get(&admin, scene.form).unwrap());
    whole.fields[1].keeps_all = true;
    let unproven = Ctx { asked: crate::service::Asked::default(), ..scene.stage.ctx(&scene.admin) };
    assert!(matches!(change(&unproven, scene.form, &whole), Err(Failure::ProofNeeded)));
    change(&admin, scene.form, &whole).unwrap();
    scene.ask("again");
    scene.submit(scene.link().expose(), &["x", CARD]).unwrap();
    let values: Vec<_> = scene.stage.store.submissions().iter().map(|it| scene.stage.store.submission(it.id)).collect();
    assert!(values.into_iter().any(|it| it.unwrap().unwrap().answers[1].value.as_str() == CARD));
}

#[test]
fn the_code_of_a_card_cannot_be_asked_for_in_any_language() {
    let scene = Scene::new(|_| {});
    let ctx = scene.stage.ctx(&scene.admin);
    let mut asking = SecureFormDraft::of(&get(&ctx, scene.form).unwrap());
    for label in ["CVV", "Prüfziffer", "Code de sécurité", "セキュリティコード"] {
        asking.fields[0].label = label.to_owned();
        assert_eq!(refused(change(&ctx, scene.form, &asking)), ["label_0"], "{label}");
        assert_eq!(refused(create(&ctx, &asking)), ["label_0"], "{label}");
    }
    let mut texts = TextsDraft::of(&get(&ctx, scene.form).unwrap(), Language::Spanish);
    texts.fields[0].label = "Código de seguridad".to_owned();
    assert_eq!(refused(translate(&ctx, scene.form, Language::Spanish, &texts)), ["label_0"]);
}

#[test]
fn what_is_built_comes_back_and_what_the_builder_did_not_make_is_refused() {
    let scene = Scene::new(|draft| draft.purge_at_close = true);
    let ctx = scene.stage.ctx(&scene.admin);
    let form = get(&ctx, scene.form).unwrap();
    let mut again = SecureFormDraft::of(&form);
    change(&ctx, scene.form, &again).unwrap();
    assert_eq!(*get(&ctx, scene.form).unwrap(), *form);
    again.name = String::new();
    again.site = "elsewhere".to_owned();
    again.fields[0].kind = "secret".to_owned();
    again.fields[1].id = "consent".to_owned();
    assert_eq!(refused(change(&ctx, scene.form, &again)), ["name", "site", "label_0", "label_1"]);
    let empty = SecureFormDraft { name: "Nothing".to_owned(), ..SecureFormDraft::default() };
    assert_eq!(refused(create(&ctx, &empty)), ["adding"]);
    assert!(matches!(create(&scene.stage.ctx(&scene.operator), &empty), Err(Failure::Denied(_))));
    assert!(matches!(get(&scene.stage.ctx(&scene.operator), scene.form), Err(Failure::NotFound)));
}

#[test]
fn a_form_is_said_in_the_language_of_who_fills_it_in() {
    let scene = Scene::new(|draft| draft.consent = "I agree.".to_owned());
    let ctx = scene.stage.ctx(&scene.admin);
    let mut texts = TextsDraft::of(&get(&ctx, scene.form).unwrap(), Language::German);
    texts.consent = "Ich stimme zu.".to_owned();
    translate(&ctx, scene.form, Language::German, &texts).unwrap();
    assert_eq!(TextsDraft::of(&get(&ctx, scene.form).unwrap(), Language::German), texts);
    scene.ask("ask");
    let mut given = scene.given(&["x", CARD]);
    given.insert("consent".to_owned(), String::new());
    submit(&scene.stage.ctx(&Actor::Stranger), scene.link().expose(), &given, Language::German).unwrap();
    let kept = scene.stage.store.submission(scene.stage.store.submissions()[0].id).unwrap().unwrap();
    assert_eq!(kept.consent.unwrap().as_str(), "Ich stimme zu.", "the words that were read");
    assert_eq!(kept.answers[0].label.as_str(), "What is it about?", "the words that the staff know");
    translate(&ctx, scene.form, Language::German, &TextsDraft::default()).unwrap();
    assert!(get(&ctx, scene.form).unwrap().translations.is_empty());
}

#[test]
fn a_link_is_good_once_for_a_day_and_for_nobody_else() {
    let mut scene = Scene::new(|_| {});
    scene.ask("ask");
    let link = scene.link().expose().to_owned();
    assert_eq!(scene.standing(&link), Standing::Open);
    let faults = scene.submit(&link, &["", "4111 1111 1111 1112"]);
    let Err(Failure::InvalidAnswers(faults)) = faults else { panic!("taken") };
    assert_eq!(faults.iter().map(|it| it.problem.word()).collect::<Vec<_>>(), ["empty", "card"]);
    assert_eq!(scene.standing(&link), Standing::Open, "nothing is used up by a mistake");
    scene.submit(&link, &["x", CARD]).unwrap();
    assert_eq!(scene.standing(&link), Standing::Sent);
    scene.submit(&link, &["x", CARD]).unwrap();
    assert_eq!(scene.stage.store.submissions().len(), 1, "twice is once");
    assert!(matches!(scene.submit(&link, &["y", CARD]), Err(Failure::Conflict(_))), "nobody is told that this has arrived");

    scene.ask("second");
    let second = scene.link().expose().to_owned();
    scene.stage.advance(Duration::from_secs(24 * 60 * 60));
    assert_eq!(scene.standing(&second), Standing::Expired);
    assert!(matches!(scene.submit(&second, &["x", CARD]), Err(Failure::Conflict(_))));

    // Somebody else's, made up, and cut off.
    let other = Actor::Visitor { site: scene.site, token_index: [8; 32] };
    let asked = *scene.stage.store.house().requests.keys().next().unwrap();
    assert!(link_into(&scene.stage.ctx(&other), &scene.head(), asked).is_none());
    assert!(link_into(&scene.stage.ctx(&scene.operator), &scene.head(), asked).is_none(), "the staff get none");
    let mut forged = second.clone().into_bytes();
    forged[40] = if forged[40] == b'a' { b'b' } else { b'a' };
    for wrong in [String::from_utf8(forged).unwrap(), second[..51].to_owned(), String::new(), "#".to_owned()] {
        assert!(matches!(open(&scene.stage.ctx(&Actor::Stranger), &wrong), Err(Failure::NotFound)), "{wrong}");
    }
}

#[test]
fn what_is_gone_leads_nowhere() {
    let scene = Scene::new(|_| {});
    scene.ask("ask");
    let link = scene.link().expose().to_owned();
    let admin = scene.stage.ctx(&scene.admin);
    archive(&admin, scene.form).unwrap();
    assert_eq!(scene.standing(&link), Standing::Gone);
    assert!(sendable(&scene.stage.ctx(&scene.operator), scene.site).is_empty());
    let again = ask(&scene.stage.ctx(&scene.operator), scene.chat, &scene.form.to_string(), origin("z"));
    assert_eq!(refused(again), ["form"]);
    restore(&admin, scene.form).unwrap();
    let asked = asked_in(&scene.stage.ctx(&scene.operator), scene.chat);
    assert_eq!(asked.len(), 1);
    withdraw(&scene.stage.ctx(&scene.operator), asked[0].request.id).unwrap();
    assert!(matches!(open(&scene.stage.ctx(&Actor::Stranger), &link), Err(Failure::NotFound)));
}

#[test]
fn only_who_may_asks_and_reveals() {
    let scene = Scene::new(|_| {});
    let id = scene.filled();
    let (stage, field) = (&scene.stage, scene.field(0));
    let plain = with(scene.operator.clone(), &[]);
    assert!(!read(&stage.ctx(&plain), id).unwrap().may_reveal);
    assert!(matches!(reveal(&stage.ctx(&plain), id, &field, "needed for the ward"), Err(Failure::Denied(_))));
    assert!(matches!(erase(&stage.ctx(&plain), id), Err(Failure::Denied(_))));
    let form = scene.form.to_string();
    assert!(matches!(ask(&stage.ctx(&plain), scene.chat, &form, origin("q")), Err(Failure::Denied(_))));
    assert!(matches!(ask_by_link(&stage.ctx(&plain), scene.site, &form), Err(Failure::Denied(_))));
    let ctx = stage.ctx(&scene.operator);
    for wrong in ["", "x", "12 34", "about a broken foot", "A-BROKEN FOOT", "for 4111111111111111"] {
        assert_eq!(refused(reveal(&ctx, id, &field, wrong)), ["reason"], "{wrong}");
    }
    assert!(matches!(reveal(&ctx, id, "unknown", "needed for the ward"), Err(Failure::NotFound)));
    assert!(!stage.audit().iter().any(|it| matches!(it, AuditAction::AnswerRevealed { .. })));
}

#[test]
fn a_visitor_reads_no_submission_not_even_their_own() {
    let scene = Scene::new(|_| {});
    let id = scene.filled();
    assert!(matches!(read(&scene.stage.ctx(&scene.visitor), id), Err(Failure::NotFound)));
    assert!(of_conversation(&scene.stage.ctx(&scene.visitor), &scene.head()).unwrap().is_empty());
    assert!(of_sites(&scene.stage.ctx(&scene.visitor)).unwrap().is_empty());
}

#[test]
fn what_is_shown_once_is_destroyed_before_it_is_shown() {
    let scene = Scene::new(|draft| draft.purge_on_first_view = true);
    let id = scene.filled();
    let ctx = scene.stage.ctx(&scene.operator);
    assert!(matches!(reveal(&ctx, id, &scene.field(0), "needed for the ward"), Err(Failure::Conflict(_))));
    let Shown::All { answers, is_destroyed } = show_once(&ctx, id, "needed for the ward").unwrap() else { panic!("all") };
    assert!(is_destroyed && answers[0].value.as_str() == "a broken foot");
    assert!(scene.stage.store.submission(id).unwrap().is_none());
    assert!(matches!(show_once(&ctx, id, "needed for the ward"), Err(Failure::NotFound)));
    let AuditAction::Purged(receipt) = scene.stage.last_audit() else { panic!("a purge leaves a receipt") };
    assert_eq!((receipt.class, receipt.drawers), (RetentionClass::Submissions, 1));
}

#[test]
fn what_goes_at_close_goes_then_and_the_rest_stays() {
    let scene = Scene::new(|draft| draft.purge_at_close = true);
    let id = scene.filled();
    scene.ask("second");
    let late = scene.link().expose().to_owned();
    let timer = scene.stage.ctx(&Actor::Timer);
    assert_eq!(purge_due(&timer).unwrap().gone, 0, "the chat is open");
    conversations::close(&scene.stage.ctx(&scene.operator), scene.chat, origin("close")).unwrap();
    scene.stage.store.commit(scene.stage.store.batch()).wait().unwrap();
    assert_eq!(purge_due(&timer).unwrap().gone, 1);
    assert!(scene.stage.store.submission(id).unwrap().is_none());
    assert_eq!(scene.standing(&late), Standing::Gone);
    let AuditAction::Purged(receipt) = scene.stage.last_audit() else { panic!("a purge leaves a receipt") };
    assert_eq!((receipt.class, receipt.rule), (RetentionClass::Submissions, PurgeRule::Form));
    assert!(matches!(purge_due(&scene.stage.ctx(&scene.operator)), Err(Failure::Denied(_))));
}

#[test]
fn a_rule_at_the_close_finds_what_is_filled_in_at_that_very_moment() {
    let scene = Scene::new(|_| {});
    let admin = scene.stage.ctx(&scene.admin);
    let rule = RuleForm {
        name: "At the end".to_owned(),
        class: "submissions".to_owned(),
        when: "close".to_owned(),
        ..RuleForm::default()
    };
    let rule = purge_rules::create(&admin, &rule).unwrap();
    purge_rules::arm(&admin, rule).unwrap();
    let id = scene.filled();
    // It is in the commit of what was filled in, however soon the chat is closed after that.
    assert!(scene.stage.store.house().due.contains_key(&drawer_of(id)));
    let timer = scene.stage.ctx(&Actor::Timer);
    let take = || purge_rules::run_happened(&timer).unwrap().gone;
    assert_eq!(take(), 0, "it is read in the chat, which goes on");
    scene.ask("second");
    let late = scene.link().expose().to_owned();
    assert_eq!(scene.standing(&late), Standing::Open);
    conversations::close(&scene.stage.ctx(&scene.operator), scene.chat, origin("close")).unwrap();
    scene.stage.store.commit(scene.stage.store.batch()).wait().unwrap();
    assert_eq!((take(), scene.stage.store.submission(id).unwrap().is_none()), (1, true));
    assert_eq!(scene.standing(&late), Standing::Gone, "nobody could read it any more");
}

#[test]
fn a_link_without_a_chat_is_for_the_site_and_old_ones_are_forgotten() {
    let mut scene = Scene::new(|_| {});
    let link = ask_by_link(&scene.stage.ctx(&scene.operator), scene.site, &scene.form.to_string()).unwrap();
    let link = link.expose().to_owned();
    assert_eq!(asked_of(&scene.stage.ctx(&scene.operator)).len(), 1);
    scene.submit(&link, &["x y z", CARD]).unwrap();
    assert!(asked_of(&scene.stage.ctx(&scene.operator)).is_empty());
    let kept = of_sites(&scene.stage.ctx(&scene.operator)).unwrap();
    assert_eq!((kept.len(), kept[0].of), (1, None));
    erase(&scene.stage.ctx(&scene.operator), kept[0].id).unwrap();
    assert!(of_sites(&scene.stage.ctx(&scene.operator)).unwrap().is_empty());
    assert_eq!(sweep(&scene.stage.ctx(&Actor::Timer)).unwrap(), 0);
    scene.stage.advance(Duration::from_secs(8 * 24 * 60 * 60));
    assert_eq!(sweep(&scene.stage.ctx(&Actor::Timer)).unwrap(), 1);
    assert!(matches!(open(&scene.stage.ctx(&Actor::Stranger), &link), Err(Failure::NotFound)));
}

#[test]
fn a_hold_keeps_what_would_go_and_it_goes_when_the_hold_is_lifted() {
    let scene = Scene::new(|draft| draft.purge_on_first_view = true);
    let id = scene.filled();
    let (admin, ctx) = (scene.stage.ctx(&scene.admin), scene.stage.ctx(&scene.operator));
    let form = HoldForm { on: "chat".to_owned(), chat: id.to_string(), reason: "Case 12".to_owned(), ..HoldForm::default() };
    let hold = holds::place(&admin, &form).unwrap();
    assert!(read(&ctx, id).unwrap().is_held);
    for _ in 0..2 {
        let Shown::All { is_destroyed, .. } = show_once(&ctx, id, "needed for the ward").unwrap() else { panic!("all") };
        assert!(!is_destroyed);
    }
    assert!(matches!(erase(&ctx, id), Err(Failure::Conflict(_))));
    let timer = scene.stage.ctx(&Actor::Timer);
    assert_eq!(purge_due(&timer).unwrap().gone, 0);
    holds::lift(&admin, hold).unwrap();
    // Nobody sees it any more from here on, whether or not the timer has been there yet.
    assert!(matches!(show_once(&ctx, id, "needed for the ward"), Err(Failure::Conflict(_))));
    assert_eq!(purge_due(&timer).unwrap().gone, 1);
    assert!(scene.stage.store.submission(id).unwrap().is_none());
}

#[test]
fn an_answer_is_never_taken_for_that_to_a_question_which_was_not_read() {
    let scene = Scene::new(|draft| draft.consent = "I agree.".to_owned());
    scene.ask("ask");
    let link = scene.link().expose().to_owned();
    let stranger = scene.stage.ctx(&Actor::Stranger);
    let mut given = scene.given(&["x", CARD]);
    given.insert("consent".to_owned(), String::new());
    given.insert("asked".to_owned(), open(&stranger, &link).unwrap().asks(&scene.stage.store, Language::German));
    let admin = scene.stage.ctx(&scene.admin);
    let change_to = |consent: &str, label: &str| {
        let mut draft = SecureFormDraft::of(&get(&admin, scene.form).unwrap());
        draft.consent = consent.to_owned();
        draft.fields[0].label = label.to_owned();
        change(&admin, scene.form, &draft).unwrap();
    };
    for (consent, label) in [("I agree to more.", "What is it about?"), ("I agree.", "What else is it about?")] {
        change_to(consent, label);
        assert!(matches!(submit(&stranger, &link, &given, Language::German), Err(Failure::Conflict(_))), "{consent} {label}");
    }
    change_to("I agree.", "What is it about?");
    submit(&stranger, &link, &given, Language::German).unwrap();
    assert_eq!(scene.stage.store.submissions().len(), 1);
}

#[test]
fn two_at_the_same_moment_are_one_and_the_other_is_told_so() {
    let scene = Scene::new(|_| {});
    scene.ask("ask");
    let link = scene.link().expose().to_owned();
    let sent: Vec<_> = std::thread::scope(|scope| {
        let (scene, link) = (&scene, &link);
        let senders: Vec<_> = ["a", "b", "c"].map(|text| scope.spawn(move || scene.submit(link, &[text, CARD]).is_ok())).into();
        senders.into_iter().map(|sender| sender.join().unwrap()).collect()
    });
    assert_eq!(sent.into_iter().filter(|is_taken| *is_taken).count(), 1);
    assert_eq!(scene.stage.store.submissions().len(), 1);
}

#[test]
fn a_form_that_is_for_another_site_by_now_is_gone() {
    let scene = Scene::new(|_| {});
    scene.ask("ask");
    let link = scene.link().expose().to_owned();
    let admin = scene.stage.ctx(&scene.admin);
    let elsewhere = sites::create(&admin, &GeneralForm { name: "Elsewhere".to_owned(), ..GeneralForm::default() }).unwrap();
    let mut draft = SecureFormDraft::of(&get(&admin, scene.form).unwrap());
    draft.site = elsewhere.to_string();
    change(&admin, scene.form, &draft).unwrap();
    assert_eq!(scene.standing(&link), Standing::Gone);
    assert!(matches!(scene.submit(&link, &["x", CARD]), Err(Failure::Conflict(_))));
}

#[test]
fn no_text_of_a_form_names_the_code_of_a_card() {
    let scene = Scene::new(|_| {});
    let ctx = scene.stage.ctx(&scene.admin);
    let mut asking = SecureFormDraft::of(&get(&ctx, scene.form).unwrap());
    asking.name = "CVV".to_owned();
    asking.intro = "Write the security code under your name.".to_owned();
    asking.consent = "My CVC may be kept.".to_owned();
    assert_eq!(refused(change(&ctx, scene.form, &asking)), ["name", "intro", "consent"]);
    let mut texts = TextsDraft::of(&get(&ctx, scene.form).unwrap(), Language::German);
    texts.intro = "Bitte auch die Prüfziffer.".to_owned();
    assert_eq!(refused(translate(&ctx, scene.form, Language::German, &texts)), ["intro"]);
}

#[test]
fn a_reason_holds_no_card_number() {
    let scene = Scene::new(|_| {});
    let id = scene.filled();
    let ctx = scene.stage.ctx(&scene.operator);
    for reason in ["ticket 12: card 5555 5555 5555 4444 was declined", "the CVV is 123"] {
        assert_eq!(refused(reveal(&ctx, id, &scene.field(0), reason)), ["reason"], "{reason}");
    }
}
