//! Files in real windows: dropped, pasted and picked, shown as pictures, downloaded, and gone when the chat closes.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};

use crate::harness::app::{ADMIN, Beginning, PASSWORD, TestApp};
use crate::harness::screen::{Browsers, In, Screen};
use crate::harness::world::ManualClock;

use super::pages::{look, nothing};
use super::{accept_first, operator_says, visitor_says};

fn picture(folder: &Path, name: &str) -> PathBuf {
    let drawn = RgbImage::from_fn(320, 200, |x, y| Rgb([(x / 2) as u8, y as u8, 160]));
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(drawn).write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, bytes.into_inner()).unwrap();
    path
}

/// Chooses files as the dialog of the system would.
async fn pick(screen: &Screen, selector: &str, files: &[&Path]) {
    let input = screen.cdp("Runtime.evaluate", json!({"expression": format!("document.querySelector('{selector}')")})).await;
    let chosen = json!({"objectId": input["result"]["objectId"], "files": files});
    screen.cdp("DOM.setFileInputFiles", chosen).await;
}

/// Drags a file from the desktop into the middle of an element and lets it go.
async fn drop_into(screen: &Screen, selector: &str, file: &Path) {
    let middle = screen
        .eval(In::Page, &format!("(({{ x, y, width, height }}) => [x + width / 2, y + height / 2])(document.querySelector('{selector}').getBoundingClientRect())"))
        .await;
    for kind in ["dragEnter", "dragOver", "drop"] {
        let data = json!({"items": [], "files": [file], "dragOperationsMask": 1});
        screen.cdp("Input.dispatchDragEvent", json!({"type": kind, "x": middle[0], "y": middle[1], "data": data})).await;
    }
}

/// Pastes a file that is no text, as a screenshot is.
async fn paste(screen: &Screen, selector: &str, name: &str, text: &str) {
    let event = format!(
        "(() => {{ const data = new DataTransfer(); data.items.add(new File([{}], {}));
           document.querySelector('{selector}').dispatchEvent(new ClipboardEvent('paste', {{ clipboardData: data, bubbles: true, cancelable: true }})); }})()",
        json!(text),
        json!(name)
    );
    screen.run(&event).await;
}

const ARRIVED: &str = "#events .file";

#[tokio::test]
async fn files_are_dropped_pasted_and_picked_and_go_with_the_chat() {
    let app = TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), ..Beginning::default() }).await;
    app.change_site(|site| {
        site.switches.visitor_files = true;
        site.switches.operator_files = true;
    });
    let folder = tempfile::tempdir().unwrap();
    let photo = picture(folder.path(), "garden.jpg");
    let hostile = folder.path().join("<img src=x onerror=alert(1)>.txt");
    std::fs::write(&hostile, "plain words").unwrap();
    let mut wrong = Vec::new();
    let browsers = Browsers::start();
    let visitor = browsers.open().await;
    visitor.goto(&format!("{}/widget/{}", app.door.origin(), app.site)).await;
    visitor.until(In::Page, "no button before there is a chat", "document.getElementById('attach').hidden").await;
    visitor_says(&visitor, In::Page, "I have something to show you").await;
    let operator = browsers.open().await;
    operator.sign_in(&app.door.origin(), ADMIN, PASSWORD).await;
    operator.goto(&format!("{}/console", app.door.origin())).await;
    accept_first(&operator).await;
    visitor.until_there(In::Page, "#attach").await;

    pick(&visitor, "#picker", &[&photo]).await;
    visitor.until(In::Page, "the picture", &format!("document.querySelector('{ARRIVED} img')?.naturalWidth === 320")).await;
    operator.until(In::Page, "the picture", "document.querySelector('.event .file img')?.naturalWidth === 320").await;
    drop_into(&visitor, "#log", &hostile).await;
    operator.until_text(In::Page, ".event .file-name", "_img src=x onerror=alert(1)_.txt").await;
    paste(&visitor, "#text", "notes.txt", "words that were pasted into the chat").await;
    operator.until_text(In::Page, ".event .file-name", "notes.txt").await;
    visitor.until(In::Page, "nothing on its way", "document.getElementById('uploads').childElementCount === 0").await;
    assert_eq!(visitor.eval(In::Page, &format!("document.querySelectorAll('{ARRIVED}').length")).await, 3);

    pick(&operator, ".composer-file", &[&photo]).await;
    visitor.until(In::Page, "the answer", &format!("document.querySelectorAll('{ARRIVED} img').length === 2")).await;
    drop_into(&operator, ".log", &hostile).await;
    visitor.until(In::Page, "the other one", &format!("document.querySelectorAll('{ARRIVED}').length === 5")).await;
    paste(&operator, ".composer textarea", "reply.txt", "words that an operator has pasted").await;
    visitor.until_text(In::Page, &format!("{ARRIVED} span"), "reply.txt").await;
    operator_says(&operator, "That is all I have.").await;

    // One that cannot be taken says so, and can be put away; it never was for the other side.
    let broken = folder.path().join("broken.png");
    std::fs::write(&broken, b"\x89PNG\r\n\x1a\n and nothing behind it").unwrap();
    pick(&visitor, "#picker", &[&broken]).await;
    visitor.until_text(In::Page, "#uploads .failure", "This picture cannot be read").await;
    assert_eq!(visitor.complaints(&["422"]).await, [""; 0]);
    look(&visitor, "panel-files", In::Page, &mut wrong).await;
    visitor.click(In::Page, "#uploads .failure button:last-child").await;
    visitor.until(In::Page, "put away", "document.getElementById('uploads').childElementCount === 0").await;
    pick(&operator, ".composer-file", &[&broken]).await;
    operator.until_text(In::Page, ".event .status", "This picture cannot be read").await;
    assert_eq!(operator.complaints(&["422"]).await, [""; 0]);
    look(&operator, "console-files", In::Page, &mut wrong).await;

    // With the keyboard: the button, a picture and a name are all reached.
    for stop in ["#attach", "#text"] {
        visitor.tab_to(In::Page, stop).await;
    }
    operator.tab_to(In::Page, ".composer-attach").await;
    // After a reload all of it is there again.
    visitor.refresh().await;
    visitor.until(In::Page, "the pictures again", &format!("document.querySelectorAll('{ARRIVED} img').length === 2")).await;

    operator.click(In::Page, ".conversation [data-act=close]").await;
    operator.click(In::Page, "#close-dialog[open] [value=yes]").await;
    let gone = |selector: &str| {
        format!(
            "[...document.querySelectorAll('{selector}')].filter((it) => it.textContent.includes('This file has been deleted.')).length === 6"
        )
    };
    visitor.until(In::Page, "deleted", &gone(ARRIVED)).await;
    operator.until(In::Page, "deleted", &gone(".event[data-seq] .file")).await;
    app.run_due_jobs().await;
    assert_eq!(app.app.store.files_left_behind(), []);
    let pictures: Value = visitor.eval(In::Page, "document.querySelectorAll('#events img').length").await;
    assert_eq!(pictures, 0);
    operator.quit().await;
    visitor.quit().await;
    nothing(&wrong);
}

#[tokio::test]
async fn who_is_asked_for_a_file_gets_a_button_for_it() {
    let app = TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), ..Beginning::default() }).await;
    app.change_site(|site| site.switches.operator_files = true);
    let folder = tempfile::tempdir().unwrap();
    let photo = picture(folder.path(), "garden.jpg");
    let browsers = Browsers::start();
    let visitor = browsers.open().await;
    visitor.goto(&format!("{}/widget/{}", app.door.origin(), app.site)).await;
    visitor_says(&visitor, In::Page, "Where shall I send the picture?").await;
    let operator = browsers.open().await;
    operator.sign_in(&app.door.origin(), ADMIN, PASSWORD).await;
    operator.goto(&format!("{}/console", app.door.origin())).await;
    accept_first(&operator).await;
    operator_says(&operator, "Right here.").await;
    visitor.until_text(In::Page, "#log .bubble", "Right here.").await;
    assert_eq!(visitor.eval(In::Page, "document.getElementById('attach').hidden").await, true);
    operator.click(In::Page, ".composer-ask").await;
    visitor.until_text(In::Page, "#log .note", "asks you for a file").await;
    visitor.until_there(In::Page, "#attach").await;
    pick(&visitor, "#picker", &[&photo]).await;
    operator.until_there(In::Page, ".event .file img").await;
    visitor.until(In::Page, "no button any more", "document.getElementById('attach').hidden").await;
    operator.quit().await;
    visitor.quit().await;
}

#[tokio::test]
async fn an_upload_can_be_stopped_and_one_whose_line_drops_goes_on() {
    let app = TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), ..Beginning::default() }).await;
    app.change_site(|site| site.switches.visitor_files = true);
    let folder = tempfile::tempdir().unwrap();
    let large = folder.path().join("large.bin");
    std::fs::write(&large, vec![7_u8; 3_000_000]).unwrap();
    let browsers = Browsers::start();
    let visitor = browsers.open().await;
    visitor.goto(&format!("{}/widget/{}", app.door.origin(), app.site)).await;
    visitor_says(&visitor, In::Page, "This will take a while").await;
    visitor.until_there(In::Page, "#attach").await;
    visitor.cdp("Network.enable", json!({})).await;
    let slow = json!({"offline": false, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 200_000});
    visitor.cdp("Network.emulateNetworkConditions", slow).await;
    pick(&visitor, "#picker", &[&large]).await;
    visitor.until(In::Page, "that it moves", "document.querySelector('#uploads progress').value > 0").await;
    visitor.click(In::Page, "#uploads .stop").await;
    visitor.until(In::Page, "nothing left", "document.getElementById('uploads').childElementCount === 0").await;

    pick(&visitor, "#picker", &[&large]).await;
    visitor.until(In::Page, "that it moves", "document.querySelector('#uploads progress').value > 0").await;
    visitor.offline(true).await;
    visitor.until_text(In::Page, "#banner", "No connection").await;
    visitor.offline(false).await;
    visitor.until_text(In::Page, ARRIVED, "large.bin").await;
    visitor.until(In::Page, "nothing left", "document.getElementById('uploads').childElementCount === 0").await;
    assert_eq!(visitor.eval(In::Page, &format!("document.querySelectorAll('{ARRIVED}').length")).await, 1);
    visitor.quit().await;
}
