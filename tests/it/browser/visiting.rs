//! Live visitors and invitations, in real browsers: who browses is seen while they do, and comes when they are asked.

use parlor::domain::access::Actor;
use parlor::domain::id::SiteId;
use parlor::service::sites::{self, InvitationsForm, PrivacyForm, RuleForm, Section};
use serde_json::json;

use crate::harness::app::{ADMIN, PASSWORD, TestApp};
use crate::harness::screen::{Browsers, In};

use super::pages::look;
use super::{operator_hears, operator_says, visitor_hears, visitor_says};

/// Hostile words wherever a website or its visitor can put some.
const HOSTILE: &str = "<img src=x onerror=\"document.title='owned'\"></script><script>document.title='owned'</script>";

fn watch(app: &TestApp) -> SiteId {
    let site = app.site.parse().unwrap();
    let ctx = app.app.ctx(&Actor::Host);
    let mut privacy = PrivacyForm::of(&sites::get(&ctx, site).unwrap());
    privacy.monitoring = true;
    sites::change(&ctx, site, &privacy).unwrap();
    site
}

#[tokio::test]
async fn an_operator_sees_who_browses_and_invites_them() {
    let app = TestApp::start().await;
    watch(&app);
    let browsers = Browsers::start();
    let origin = app.door.origin();
    let operator = browsers.open().await;
    operator.sign_in(&origin, ADMIN, PASSWORD).await;
    let mut wrong = Vec::new();
    operator.goto(&format!("{origin}/console/visitors")).await;
    operator.until_text(In::Page, "main", "Nobody is browsing").await;
    look(&operator, "visitors-empty", In::Page, &mut wrong).await;

    let visitor = browsers.open().await;
    let hostile = format!("document.addEventListener('DOMContentLoaded', () => (document.title = {}))", json!(HOSTILE));
    visitor.cdp("Page.addScriptToEvaluateOnNewDocument", json!({"source": hostile})).await;
    visitor.goto(&format!("{origin}/demo?secret=1")).await;
    operator.until_text(In::Page, "main table", "New visitor").await;
    operator.until_text(In::Page, "main table", "<img src=x").await;
    operator.until_text(In::Page, "main table", &format!("{origin}/demo")).await;
    assert!(!operator.texts(In::Page, "main").await.concat().contains("secret"), "what follows ? stays with the website");
    look(&operator, "visitors", In::Page, &mut wrong).await;

    operator.tab_to(In::Page, "main table .button").await;
    operator.key("Enter").await;
    operator.fill(In::Page, "#text", &format!("May I help you? {HOSTILE}")).await;
    look(&operator, "invite", In::Page, &mut wrong).await;
    operator.click(In::Page, "main form .button-primary").await;
    operator.until_text(In::Page, "main", "Invited.").await;
    visitor.until_text(In::Invitation, "#bubble #text", "May I help you? <img").await;
    visitor.shot("invitation").await;
    operator.until_text(In::Page, "main table", "Invited").await;
    assert_eq!(visitor.violations(In::Invitation).await, [""; 0]);
    visitor.click(In::Invitation, "#accept").await;
    visitor.until_text(In::Panel, "#log .bubble", "May I help you?").await;
    visitor_says(&visitor, In::Panel, "Yes, with the fern").await;
    visitor_hears(&visitor, In::Panel, "Yes, with the fern").await;
    operator.until_text(In::Page, "main table", "In a chat").await;
    operator.click(In::Page, "main table a[href*=conversations]").await;
    operator_hears(&operator, "Yes, with the fern").await;
    operator_hears(&operator, "May I help you?").await;
    operator.until_text(In::Page, ".visitor", "Pages seen").await;
    // The chat is the inviter's already.
    operator_says(&operator, "It likes shade").await;
    visitor_hears(&visitor, In::Panel, "It likes shade").await;

    for screen in [&operator, &visitor] {
        assert_eq!(screen.run("document.querySelectorAll('main table img, .log img, #log img').length").await, 0);
        assert_ne!(screen.title().await, "owned");
        assert_eq!(screen.complaints(&[]).await, [""; 0]);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    // Whoever leaves is not seen any more.
    visitor.quit().await;
    operator.quit().await;
}

#[tokio::test]
async fn a_rule_invites_once_and_nothing_is_kept_where_the_policy_says_so() {
    let app = TestApp::start().await;
    let site = watch(&app);
    let rule = RuleForm {
        name: "Demo".to_owned(),
        text: "Any question about plants?".to_owned(),
        page: "/demo".to_owned(),
        scrolled: "90".to_owned(),
        ..RuleForm::blank()
    };
    sites::change(&app.app.ctx(&Actor::Host), site, &InvitationsForm { rules: vec![rule] }).unwrap();
    let browsers = Browsers::start();
    let origin = app.door.origin();
    let operator = browsers.open().await;
    operator.sign_in(&origin, ADMIN, PASSWORD).await;
    operator.until_there(In::Page, ".queue").await;
    let visitor = browsers.open().await;
    visitor.goto(&format!("{origin}/demo")).await;
    visitor.until(In::Page, "the chat's button", "document.querySelector('parlor-chat')").await;
    visitor.until(In::Invitation, "the frame that watches", "document.documentElement.dataset.rules.includes('plants')").await;
    assert_eq!(visitor.eval(In::Invitation, "document.getElementById('bubble').hidden").await, true, "not before they scroll");
    visitor.run("scrollTo(0, document.documentElement.scrollHeight)").await;
    visitor.until_text(In::Invitation, "#bubble #text", "Any question about plants?").await;
    let kept = "[localStorage.length, sessionStorage.length].join()";
    assert_eq!(visitor.run(kept).await, "0,0", "nothing is kept before a chat");
    visitor.click(In::Invitation, "#dismiss").await;
    visitor.until(In::Invitation, "it is gone", "document.getElementById('bubble').hidden").await;
    let mut wrong = Vec::new();
    operator.goto(&format!("{origin}/admin/sites/{site}/invitations")).await;
    look(&operator, "invitations", In::Page, &mut wrong).await;
    assert!(wrong.is_empty(), "{wrong:#?}");
    for screen in [operator, visitor] {
        assert_eq!(screen.complaints(&[]).await, [""; 0]);
        screen.quit().await;
    }
}
