//! From the printed address to a purged chat, with two browsers; with the keyboard alone; and with hostile text.

use crate::harness::app::{ADMIN, PASSWORD, TestApp};
use crate::harness::process::Server;
use crate::harness::screen::{Browsers, In};

use super::{accept_first, operator_hears, operator_says, visitor_hears, visitor_says};

#[tokio::test]
async fn a_newcomer_sets_up_chats_with_themselves_and_sees_it_purged() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut server = Server::start(&data, &[]);
    let line = server.says("Setup: ");
    let address = line.split_whitespace().last().unwrap().to_owned();
    let origin = format!("https://127.0.0.1:{}", server.port);
    let browsers = Browsers::start();

    let operator = browsers.open().await;
    operator.goto(&address).await;
    for (field, text) in [
        ("organisation", "Clinic Nord"),
        ("admin_name", "Anna Admin"),
        ("admin_email", ADMIN),
        ("password", PASSWORD),
        ("site_name", "Clinic Nord website"),
    ] {
        operator.fill(In::Page, &format!("[name={field}]"), text).await;
    }
    operator.click(In::Page, "main form .button-primary").await;
    operator.until_text(In::Page, "main", "widget.js").await;
    operator.until_there(In::Page, "a[href^='/demo']").await;

    // The policy they choose: nothing is kept after the chat is closed.
    operator.goto(&format!("{origin}/admin/sites")).await;
    operator.click(In::Page, "main a[href*='/admin/sites/sit_']").await;
    operator.until_there(In::Page, ".tabs").await;
    operator.click(In::Page, ".tabs a[href$='/privacy']").await;
    operator.click(In::Page, "[name=purge][value=at_close]").await;
    operator.click(In::Page, "main form .button-primary").await;
    operator.until_text(In::Page, "main", "Saved").await;

    let visitor = browsers.open().await;
    visitor.goto(&format!("{origin}/demo")).await;
    visitor.press_launcher(1440.0, 900.0).await;
    visitor_says(&visitor, In::Panel, "Good morning, do you have time for me today?").await;

    operator.goto(&format!("{origin}/console")).await;
    accept_first(&operator).await;
    operator_hears(&operator, "do you have time for me today?").await;
    operator_says(&operator, "Yes, at three in the afternoon.").await;
    visitor_hears(&visitor, In::Panel, "Yes, at three in the afternoon.").await;
    visitor_says(&visitor, In::Panel, "Then I will come at three.").await;
    operator_hears(&operator, "Then I will come at three.").await;

    operator.click(In::Page, ".conversation [data-act=close]").await;
    operator.click(In::Page, "#close-dialog[open] [value=yes]").await;
    visitor.until_there(In::Panel, "#over").await;
    // It is gone: from the list, from the closed ones, and for whoever knows its address.
    operator.until(In::Page, "an empty list", "document.querySelectorAll('.queue-row').length === 0").await;
    operator.goto(&format!("{origin}/console/closed")).await;
    operator.until_text_after_reload("main", "No closed chats").await;
    operator.goto(&format!("{origin}/admin/privacy")).await;
    operator.until_text(In::Page, "main", "Clinic Nord website").await;

    assert_eq!(operator.complaints(&[]).await, [""; 0]);
    assert_eq!(visitor.complaints(&[]).await, [""; 0]);
    operator.quit().await;
    visitor.quit().await;
    server.stop();
    let leaks = crate::harness::disk::places(&data, "Then I will come at three.");
    assert!(leaks.is_empty(), "{leaks:?}");
}

#[tokio::test]
async fn a_whole_chat_with_the_keyboard_alone() {
    let app = TestApp::start().await;
    let browsers = Browsers::start();
    let visitor = browsers.open().await;
    visitor.goto(&format!("{}/widget/{}", app.door.origin(), app.site)).await;
    visitor.tab_to(In::Page, "#text").await;
    visitor.write("written without any mouse").await;
    visitor.key("Enter").await;
    visitor_hears(&visitor, In::Page, "written without any mouse").await;

    let operator = browsers.open().await;
    operator.sign_in(&app.door.origin(), ADMIN, PASSWORD).await;
    operator.until_there(In::Page, ".console[data-ready] .queue-link").await;
    operator.tab_to(In::Page, "[data-group=waiting] .queue-link").await;
    operator.key("Enter").await;
    operator.until_there(In::Page, ".console[data-ready] [data-act=accept]").await;
    operator.tab_to(In::Page, "[data-act=accept]").await;
    operator.key("Enter").await;
    operator.until(In::Page, "the focus in the reply", "document.activeElement?.matches('.composer textarea')").await;
    operator.write("answered without any mouse").await;
    operator.key("Enter").await;
    visitor_hears(&visitor, In::Page, "answered without any mouse").await;
    visitor.until(In::Page, "the focus in the message", "document.activeElement?.matches('#text')").await;
    visitor.write("and so is this one as well").await;
    visitor.key("Enter").await;
    operator_hears(&operator, "and so is this one as well").await;

    operator.tab_to(In::Page, ".conversation-head [data-act=close]").await;
    operator.key("Enter").await;
    operator.until_there(In::Page, "#close-dialog[open]").await;
    operator.tab_to(In::Page, "#close-dialog [value=yes]").await;
    operator.key("Enter").await;
    visitor.until_there(In::Page, "#over").await;
    for screen in [operator, visitor] {
        assert_eq!(screen.complaints(&[]).await, [""; 0]);
        screen.quit().await;
    }
}

#[tokio::test]
async fn hostile_text_stays_text() {
    let app = TestApp::start().await;
    let browsers = Browsers::start();
    let hostile = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>\"'</textarea>{{7*7}}";
    let visitor = browsers.open().await;
    visitor.goto(&format!("{}/widget/{}", app.door.origin(), app.site)).await;
    visitor.fill(In::Page, "[name=name]", "<b>Eve</b><img src=x onerror=alert(1)>").await;
    visitor_says(&visitor, In::Page, hostile).await;
    visitor_hears(&visitor, In::Page, hostile).await;

    let operator = browsers.open().await;
    operator.sign_in(&app.door.origin(), ADMIN, PASSWORD).await;
    accept_first(&operator).await;
    operator_hears(&operator, hostile).await;
    operator.until_text(In::Page, ".queue-name", "<b>Eve</b>").await;
    operator_says(&operator, hostile).await;
    visitor.until(In::Page, "both messages", "document.querySelectorAll('#events .bubble').length >= 2").await;
    // A message that comes live, and the same after the page was loaded again.
    visitor_says(&visitor, In::Page, &format!("again {hostile}")).await;
    operator_hears(&operator, &format!("again {hostile}")).await;
    operator.refresh().await;
    operator_hears(&operator, &format!("again {hostile}")).await;
    for screen in [&operator, &visitor] {
        let odd =
            "document.querySelectorAll('#log img, #events script, .log img, .log script, .queue img, .queue b, .log b').length";
        assert_eq!(screen.eval(In::Page, odd).await, 0);
        assert_ne!(screen.title().await, "owned");
        assert_eq!(screen.complaints(&[]).await, [""; 0]);
    }
    operator.quit().await;
    visitor.quit().await;
}
