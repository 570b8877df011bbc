//! Everything that a visitor sees in the window: questions before a chat, a message instead of one, how it was.

use parlor::domain::form::{Consent, Field, FieldKind, Form};
use parlor::domain::language::Language;
use parlor::domain::text::{FieldId, Label, Notice};
use parlor::domain::time::Timestamp;

use crate::harness::app::{ADMIN, Beginning, PASSWORD, TestApp};
use crate::harness::screen::{Browsers, In};
use crate::harness::world::ManualClock;

use super::pages::{look, nothing};
use super::{accept_first, operator_hears, operator_says, visitor_hears, visitor_says};

const HOSTILE: &str = "\"><img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>";

fn field(id: &str, label: &str, kind: FieldKind, is_required: bool) -> Field {
    Field { id: FieldId::parse(id).unwrap(), label: Label::parse(label).unwrap(), kind, is_required }
}

fn every_kind() -> Form {
    let options = ["Appointment", "Prescription", HOSTILE].map(|option| Label::parse(option).unwrap()).to_vec();
    Form {
        fields: vec![
            Field::name(),
            Field { is_required: true, ..Field::email() },
            field("phone", "Your phone number", FieldKind::Phone, false),
            field("topic", HOSTILE, FieldKind::Choice(options), true),
            field("number", "Patient number", FieldKind::Text, false),
        ],
    }
}

fn consent() -> Option<Consent> {
    let text = Notice::parse("I agree that the clinic reads what I write here, and keeps it until it is deleted.").unwrap();
    Some(Consent { text, version: 3, since: Timestamp::from_millis(0) })
}

async fn app() -> TestApp {
    TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), ..Beginning::default() }).await
}

#[tokio::test]
async fn what_the_site_asks_is_answered_by_keyboard_and_kept_with_the_chat() {
    let app = app().await;
    app.change_site(|site| {
        site.pre_chat = every_kind();
        site.consent = consent();
        site.rating = true;
    });
    let browsers = Browsers::start();
    let mut wrong = Vec::new();
    let origin = app.door.origin();
    let visitor = browsers.open().await;
    visitor.goto(&format!("{origin}/widget/{}", app.site)).await;
    visitor.until_there(In::Page, "#text").await;
    look(&visitor, "panel-questions", In::Page, &mut wrong).await;
    visitor.tab_to(In::Page, "[name=email]").await;
    visitor.write("not an address").await;
    visitor.tab_to(In::Page, "#text").await;
    visitor.write("Good morning").await;
    visitor.key("Enter").await;
    visitor.until_text(In::Page, "#email-error", "does not look like an e-mail address").await;
    visitor.until(In::Page, "the focus in the wrong field", "document.activeElement.name === 'email'").await;
    assert_eq!(visitor.eval(In::Page, "document.querySelector('#text').value").await, "Good morning");
    look(&visitor, "panel-questions-failed", In::Page, &mut wrong).await;
    visitor.fill(In::Page, "[name=email]", "maria@example.org").await;
    visitor.tab_to(In::Page, "[name=topic]").await;
    visitor.key("ArrowDown").await;
    visitor.tab_to(In::Page, "[name=consent]").await;
    visitor.key(" ").await;
    visitor.tab_to(In::Page, "#text").await;
    visitor.key("Enter").await;
    visitor_hears(&visitor, In::Page, "Good morning").await;
    visitor.until_text(In::Page, "#status", "Sent").await;
    look(&visitor, "panel-waiting", In::Page, &mut wrong).await;

    let operator = browsers.open().await;
    operator.sign_in(&origin, ADMIN, PASSWORD).await;
    accept_first(&operator).await;
    operator_hears(&operator, "Good morning").await;
    visitor.until_text(In::Page, "#status", "Seen").await;
    operator_says(&operator, "See https://example.org/a_(b)?c=1. And javascript:alert(1)").await;
    visitor.until_there(In::Page, "#events .bubble a[href='https://example.org/a_(b)?c=1'][target=_blank]").await;
    assert_eq!(visitor.eval(In::Page, "document.querySelectorAll('#log a').length").await, 1);
    assert_eq!(visitor.eval(In::Page, "document.querySelector('#log a').rel").await, "noopener noreferrer nofollow");
    let head = {
        let open = app.app.store.open_conversations().remove(0);
        let open = open.lock();
        open.head.clone()
    };
    assert_eq!(head.visitor.email.as_ref().map(|email| email.as_str()), Some("maria@example.org"));
    assert_eq!(head.visitor.consent.map(|given| given.version), Some(3));
    assert_eq!(head.about.answers.iter().map(|it| it.value.as_str()).collect::<Vec<_>>(), ["Appointment"]);

    // The visitor ends it, asked once, and says how it was; and once more, after it was closed.
    visitor.tab_to(In::Page, "#end").await;
    visitor.key("Enter").await;
    visitor.until(In::Page, "the focus in the question", "document.activeElement.id === 'end-now'").await;
    look(&visitor, "panel-asking", In::Page, &mut wrong).await;
    visitor.key("Enter").await;
    visitor.until_there(In::Page, "#rating").await;
    visitor.tab_to(In::Page, "[name=stars]").await;
    visitor.key("ArrowDown").await;
    visitor.until_text(In::Page, "#rating-word", "Bad").await;
    look(&visitor, "panel-rating", In::Page, &mut wrong).await;
    visitor.tab_to(In::Page, "[name=comment]").await;
    visitor.write(HOSTILE).await;
    visitor.tab_to(In::Page, "#rating .main").await;
    visitor.key("Enter").await;
    visitor.until_there(In::Page, "#rated").await;
    operator.until_text(In::Page, ".event", "rated the chat 2 of 5").await;
    operator
        .eval(In::Page, "[...document.querySelectorAll('[data-act=close]')].find((it) => it.checkVisibility()).click()")
        .await;
    operator.click(In::Page, "#close-dialog[open] [value=yes]").await;
    visitor.until_text(In::Page, "#over-what", "Thank you for the talk").await;
    visitor.refresh().await;
    visitor.until_there(In::Page, "#rated").await;
    look(&visitor, "panel-rated", In::Page, &mut wrong).await;
    visitor.tab_to(In::Page, "#rating-change").await;
    visitor.key("Enter").await;
    visitor.until(In::Page, "the focus in the stars", "document.activeElement.value === '2'").await;
    visitor.key("ArrowDown").await;
    visitor.tab_to(In::Page, "#rating .main").await;
    visitor.key("Enter").await;
    visitor.until_there(In::Page, "#rated").await;
    let rated = app.app.store.conversation(head.id).unwrap().unwrap().about.rating.unwrap();
    assert_eq!(rated.stars.get(), 3);
    for screen in [visitor, operator] {
        assert_ne!(screen.title().await, "owned");
        assert_eq!(screen.complaints(&[]).await, [""; 0]);
        screen.quit().await;
    }
    nothing(&wrong);
}

#[tokio::test]
async fn a_message_is_left_where_nobody_is_there() {
    let app = app().await;
    app.change_site(|site| {
        site.offline = every_kind();
        site.consent = consent();
        site.routing.leave_message_after_seconds = Some(60);
    });
    let browsers = Browsers::start();
    let mut wrong = Vec::new();
    let visitor = browsers.open().await;
    visitor.goto(&format!("{}/widget/{}", app.door.origin(), app.site)).await;
    visitor.until_there(In::Page, "#leave").await;
    look(&visitor, "panel-leave", In::Page, &mut wrong).await;
    visitor.tab_to(In::Page, "#leave .main").await;
    visitor.key("Enter").await;
    visitor.until_text(In::Page, "#leave-text-error", "Please fill this in").await;
    look(&visitor, "panel-leave-failed", In::Page, &mut wrong).await;
    visitor.fill(In::Page, "#leave [name=email]", "maria@example.org").await;
    visitor.eval(In::Page, "document.querySelector('#leave [name=topic]').selectedIndex = 2").await;
    visitor.click(In::Page, "#leave [name=consent]").await;
    visitor.fill(In::Page, "#leave [name=text]", "Please call me back tomorrow.").await;
    visitor.tab_to(In::Page, "#leave .main").await;
    visitor.key("Enter").await;
    visitor_hears(&visitor, In::Page, "Please call me back tomorrow.").await;
    visitor.until_text(In::Page, "#presence", "Your message is with us").await;
    look(&visitor, "panel-left", In::Page, &mut wrong).await;
    let open = app.app.store.open_conversations().remove(0);
    assert_eq!(open.lock().head.about.channel, parlor::domain::about::Channel::Message);
    assert_eq!(visitor.complaints(&[]).await, [""; 0]);
    visitor.quit().await;
    nothing(&wrong);
}

#[tokio::test]
async fn the_window_in_other_languages_and_dark() {
    let app = app().await;
    app.change_site(|site| {
        site.pre_chat = Form { fields: vec![Field::name(), Field::email()] };
        site.look.scheme = parlor::domain::look::Scheme::Dark;
        site.switches.sneak_peek = true;
        site.rating = true;
    });
    let browsers = Browsers::start();
    let mut wrong = Vec::new();
    for language in [Language::German, Language::Arabic] {
        let visitor = browsers.open().await;
        let tag = language.tag();
        visitor.goto(&format!("{}/widget/{}?lang={tag}", app.door.origin(), app.site)).await;
        visitor.until_there(In::Page, "#text").await;
        look(&visitor, &format!("panel-{tag}"), In::Page, &mut wrong).await;
        visitor_says(&visitor, In::Page, "Guten Morgen, مرحبا https://example.org").await;
        visitor_hears(&visitor, In::Page, "Guten Morgen").await;
        look(&visitor, &format!("panel-{tag}-waiting"), In::Page, &mut wrong).await;
        visitor.click(In::Page, "#cancel").await;
        visitor.until_there(In::Page, "#over").await;
        look(&visitor, &format!("panel-{tag}-over"), In::Page, &mut wrong).await;
        assert_eq!(visitor.complaints(&[]).await, [""; 0]);
        visitor.quit().await;
    }
    nothing(&wrong);
}
