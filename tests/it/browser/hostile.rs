//! Whatever a visitor feeds, wherever it is shown: it stays text. Each field holds markup that would leave a mark on the page, and
//! each view is looked at in a browser: no mark, no injected node, no complaint of the page's policy, and the words themselves there.

use serde_json::json;

use parlor::domain::form::{Field, FieldKind};
use parlor::domain::switches::AddressPolicy;
use parlor::domain::text::{FieldId, Label};

use crate::harness::app::{ADMIN, PASSWORD, TestApp};
use crate::harness::screen::{Browsers, In, Screen};

/// Markup that marks the page, around a word that tells which field it was.
fn hostile(field: &str) -> String {
    format!("<img src=x onerror=document.documentElement.dataset.owned=1><b class=owned>{field}</b>\"'{{{{7*7}}}}")
}

/// Nodes and marks that only markup of a visitor could have made.
const INJECTED: &str = "[...document.querySelectorAll('[onerror], [onload], b.owned, img[src=\"x\"], iframe[srcdoc], base')].length \
     + (document.documentElement.dataset.owned ? 1 : 0)";

async fn stays_text(screen: &Screen, view: &str, fields: &[&str]) {
    for field in fields {
        let word = format!("document.documentElement.textContent.includes({})", json!(format!(">{field}</b>")));
        screen.until(In::Page, &format!("the {field} in {view}"), &word).await;
    }
    assert_eq!(screen.eval(In::Page, INJECTED).await, 0, "{view}");
    assert_eq!(screen.complaints(&[]).await, [""; 0], "{view}");
    screen.shot(&format!("hostile-{view}")).await;
}

#[tokio::test]
async fn nothing_that_a_visitor_feeds_becomes_markup_anywhere() {
    let app = TestApp::start().await;
    app.change_site(|site| {
        let (id, label) = (FieldId::parse("order").unwrap(), Label::parse("Order").unwrap());
        site.pre_chat.fields.push(Field { id, label, kind: FieldKind::Text, is_required: false });
        site.switches.address = AddressPolicy::Full;
        site.switches.sneak_peek = true;
        site.rating = true;
    });

    let mut eve = app.visitor("eve").await;
    let visit = json!({"t": "visit", "page": format!("https://shop.example/{}", hostile("page")), "title": hostile("title"),
        "referrer": format!("https://search.example/{}", hostile("referrer"))});
    eve.send_frame(&visit).await;
    eve.send_frame(&json!({"t": "set", "attributes": {"plan": hostile("attribute")}})).await;
    // A name has no room for more.
    let answers = json!({"answers": {"name": "<b class=owned>name</b><img src=x>", "order": hostile("answer")}});
    let it = eve.start_with(&hostile("message"), answers).await.unwrap().conversation;

    let browsers = Browsers::start();
    let desk = browsers.open().await;
    desk.sign_in(&app.door.origin(), ADMIN, PASSWORD).await;
    stays_text(&desk, "list", &["name"]).await;
    desk.goto(&format!("{}/console/conversations/{it}", app.door.origin())).await;
    stays_text(&desk, "conversation", &["message", "answer", "title", "attribute"]).await;
    // What arrives while the page is open is drawn by the script.
    desk.click(In::Page, "[data-act=accept]").await;
    desk.until_there(In::Page, ".composer textarea").await;
    eve.send(&it, &hostile("live")).await;
    eve.send_frame(&json!({"t": "peek", "conversation": it, "text": hostile("peek")})).await;
    stays_text(&desk, "live", &["live", "peek"]).await;
    for page in ["block", "colleagues"] {
        desk.goto(&format!("{}/console/conversations/{it}/{page}", app.door.origin())).await;
        stays_text(&desk, page, &[]).await;
    }

    eve.end(&it).await;
    desk.goto(&format!("{}/console/conversations/{it}", app.door.origin())).await;
    stays_text(&desk, "ended", &["message", "live"]).await;
    let mut admin = crate::harness::actors::Operator::signed_in(&app.door, ADMIN, PASSWORD).await;
    admin.connect().await;
    admin.close(&it).await;
    desk.goto(&format!("{}/console/closed", app.door.origin())).await;
    stays_text(&desk, "closed", &[]).await;
    desk.fill(In::Page, "[name=words]", ">live</b>").await;
    desk.key("Enter").await;
    stays_text(&desk, "matches", &["live"]).await;
    for page in ["/console/blocks", "/console/reports", "/admin/privacy"] {
        desk.goto(&format!("{}{page}", app.door.origin())).await;
        stays_text(&desk, page.rsplit('/').next().unwrap(), &[]).await;
    }
    desk.quit().await;
}
