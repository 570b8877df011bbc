//! How long things are kept, as an administrator sets it: clocks, presets and holds with something in them, and what is refused.

use parlor::domain::retention::PurgePolicy;
use serde_json::json;

use super::pages::{look, nothing};
use crate::harness::app::{ADMIN, Beginning, PASSWORD, TestApp};
use crate::harness::screen::{Browsers, In};
use crate::harness::world::ManualClock;

#[tokio::test]
async fn clocks_presets_and_holds() {
    let app = TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), ..Beginning::default() }).await;
    app.change_site(|site| site.clocks.messages = Some(PurgePolicy::DaysAfterClose(730)));
    app.add_site("Pharmacy with a rather long name that has to be broken somewhere");
    let mut maria = app.visitor("maria").await;
    let it = maria.start_with("a chat that a court asks for", json!({"answers": {"name": "Maria"}})).await.unwrap().conversation;
    let mut admin = app.admin().await;
    admin.connect().await;
    admin.accept(&it).await;
    admin.close(&it).await;

    let browsers = Browsers::start();
    let screen = browsers.open().await;
    let mut wrong = Vec::new();
    let origin = app.door.origin();
    screen.sign_in(&origin, ADMIN, PASSWORD).await;
    // From the chat to its hold.
    screen.goto(&format!("{origin}/console/conversations/{it}")).await;
    screen.until_there(In::Page, "a[href*='privacy/holds?chat=']").await;
    screen.goto(&format!("{origin}/admin/privacy/holds?chat={it}")).await;
    screen.click(In::Page, "#place button").await;
    screen.until_text(In::Page, "#errors", "Please write something here").await;
    look(&screen, "privacy-holds-refused", In::Page, &mut wrong).await;
    screen.fill(In::Page, "#reason", "The court of Kiel asks for it, until the end of the year").await;
    screen.click(In::Page, "#place button").await;
    screen.until_text(In::Page, "main", "Nothing of it is erased").await;
    look(&screen, "privacy-holds-listed", In::Page, &mut wrong).await;
    screen.goto(&format!("{origin}/console/conversations/{it}")).await;
    screen.until_text(In::Page, "main", "not before its legal hold is lifted").await;
    look(&screen, "console-held", In::Page, &mut wrong).await;

    screen.goto(&format!("{origin}/admin/privacy")).await;
    screen.click(In::Page, "#presets button").await;
    screen.until_text(In::Page, "#errors", "Choose one of these").await;
    look(&screen, "privacy-preset-refused", In::Page, &mut wrong).await;
    screen.click(In::Page, "#confirm").await;
    screen.click(In::Page, "#erase button").await;
    screen.until_text(In::Page, "main", "1 chat was not erased: a legal hold keeps it").await;
    look(&screen, "privacy-kept-held", In::Page, &mut wrong).await;
    screen.size(1440, 3600).await;
    screen.shot("privacy-kept-whole").await;
    screen.size(360, 6400).await;
    screen.shot("privacy-kept-whole-narrow").await;
    screen.goto(&format!("{origin}/admin/sites/{}/privacy", app.site)).await;
    screen.shot("site-privacy-whole-narrow").await;
    screen.size(1440, 2600).await;
    screen.shot("site-privacy-whole").await;
    look(&screen, "site-privacy", In::Page, &mut wrong).await;
    screen.quit().await;
    // The browser says in its own log that what was refused was refused.
    wrong.retain(|it| !it.contains("status of 422"));
    nothing(&wrong);
}
