//! A site says it in its own words: an administrator writes them, visitors read them, and what would not read well is refused.

use crate::harness::app::TestApp;

#[tokio::test]
async fn an_administrators_words_stand_in_the_window_of_that_language_alone() {
    let app = TestApp::start().await;
    let texts = format!("/admin/sites/{}/texts", app.site);
    let admin = app.admin().await;
    let page = admin.browser.get(&format!("{texts}?language=de")).await.expect(200);
    assert!(page.body.contains("{ $name } ist jetzt im Chat"), "the built-in text stands beside");
    let typed = [
        ("language", "de"),
        ("fallback", "nl"),
        ("text.event-joined", "Hier ist { $name } von der Praxis"),
        ("text.welcome", "Moin {Moin}"),
        ("text.send", ""),
    ];
    let saved = admin.browser.submit(&texts, &texts, &typed).await.expect_done();
    assert_eq!(saved.location(), format!("{texts}?language=de&saved"));
    let page = admin.browser.get(saved.location()).await.expect(200);
    assert!(page.body.contains("Hier ist { $name } von der Praxis"), "{}", page.gist());

    let visitor = app.stranger().browser;
    let german = visitor.get(&format!("/widget/{}?lang=de", app.site)).await.expect(200);
    assert!(german.body.contains("Hier ist {name} von der Praxis") && german.body.contains("Moin {Moin}"));
    let english = visitor.get(&format!("/widget/{}?lang=en", app.site)).await.expect(200);
    assert!(!english.body.contains("Hier ist") && !english.body.contains("Moin"));
    let all = visitor.get(&format!("/widget/{}/texts?lang=de", app.site)).await.expect(200).json();
    assert_eq!(all["texts"]["event-joined"], "Hier ist {name} von der Praxis");
    assert_eq!(all["texts"]["send"], "Senden");
    let nobody_asks = visitor.get(&format!("/widget/{}", app.site)).await.expect(200);
    assert!(nobody_asks.body.contains("<html lang=\"nl\""), "the language of the site");

    // Emptied, the built-in text is back.
    admin.browser.submit(&texts, &texts, &[("language", "de"), ("fallback", "nl")]).await.expect_done();
    let all = visitor.get(&format!("/widget/{}/texts?lang=de", app.site)).await.expect(200).json();
    assert_eq!(all["texts"]["event-joined"], "{name} ist jetzt im Chat");
}

#[tokio::test]
async fn words_that_would_not_read_well_are_refused_beside_their_field_and_nothing_is_saved() {
    let app = TestApp::start().await;
    let texts = format!("/admin/sites/{}/texts", app.site);
    let admin = app.admin().await;
    let typed = [
        ("language", "en"),
        ("fallback", "tlh"),
        ("text.event-joined", "{ $who } is <here>"),
        ("text.send", "Send { it"),
        ("text.sent", "Gone"),
    ];
    let again = admin.browser.submit(&texts, &texts, &typed).await.expect(422);
    assert!(again.body.contains("{ $who } is not known here. This text knows { $name }."), "{}", again.gist());
    assert!(again.body.contains("This cannot be read.") && again.body.contains("Choose one of these languages."));
    assert!(again.body.contains("{ $who } is &#60;here&#62;"), "what was typed stands there");
    let page = admin.browser.get(&texts).await.expect(200);
    assert!(!page.body.contains(">\nGone<"), "nothing of it was saved");
}
