//! Departments, auditors and clients, as they see it.

use parlor::domain::department::{Department, Members};
use parlor::domain::form::{Field, FieldKind, Form};
use parlor::domain::id::DepartmentId;
use parlor::domain::operator::{Membership, Part, Role};
use parlor::domain::text::{FieldId, Label, Name};
use serde_json::json;

use super::pages::{look, nothing};
use crate::harness::app::{ADMIN, Beginning, PASSWORD, TestApp};
use crate::harness::screen::{Browsers, In};
use crate::harness::world::ManualClock;

const BILLING: DepartmentId = DepartmentId::from_bytes([3; 16]);
const SALES: DepartmentId = DepartmentId::from_bytes([4; 16]);

async fn house() -> TestApp {
    let app = TestApp::begin(Beginning { clock: ManualClock::of_the_machine(), ..Beginning::default() }).await;
    for (id, name) in [(BILLING, "Billing"), (SALES, "Appointments and sales")] {
        app.put_department(&Department {
            id,
            site: app.site_id(),
            name: Name::parse(name).unwrap(),
            members: Members::AllOfSite,
            hours: None,
            routing: None,
            created_at: app.app.now(),
        });
    }
    let field = |id: &str, label: &str, kind| Field {
        id: FieldId::parse(id).unwrap(),
        label: Label::parse(label).unwrap(),
        kind,
        is_required: false,
    };
    let fields = vec![
        Field::name(),
        Field::email(),
        field(Field::PHONE, "Your telephone number", FieldKind::Phone),
        field(Field::DEPARTMENT, "What is it about?", FieldKind::Department),
        field("insurer", "Your health insurance", FieldKind::Text),
    ];
    app.change_site(|site| site.pre_chat = Form { fields });
    app
}

fn employ(app: &TestApp, who: &str, role: Role, membership: Membership) -> String {
    let email = app.employ(who, &[]);
    app.change_operator(&email, |it| (it.role, it.membership) = (role, membership));
    email
}

#[tokio::test]
async fn the_pages_of_roles() {
    let app = house().await;
    app.add_site("A practice by the sea");
    let of_billing = Membership::Sites([(app.site_id(), Part::Departments([BILLING].into()))].into());
    let bea = employ(&app, "bea", Role::Operator, of_billing);
    let auditor = employ(&app, "ada", Role::Auditor, Membership::AllSites);
    let client = employ(&app, "clara", Role::Client, Membership::of_sites([app.site_id()]));
    let nell = Membership::Sites([(app.site_id(), Part::Departments([].into()))].into());
    let nell = employ(&app, "nell", Role::Operator, nell);

    let browsers = Browsers::start();
    let mut wrong = Vec::new();
    let origin = app.door.origin();
    let screen = browsers.open().await;
    screen.sign_in(&origin, &client, PASSWORD).await;
    screen.until_text(In::Page, "h1", "Leads").await;
    screen.until_text(In::Page, ".empty", "Nobody left an address").await;
    look(&screen, "leads-empty", In::Page, &mut wrong).await;
    let people = [
        ("maria", json!({"name": "Maria Lindqvist", "email": "maria@example.org", "insurer": "Nordic Mutual"})),
        ("omar", json!({"name": "عمر", "phone": "+49 30 1234567", "department": BILLING.to_string()})),
        ("eve", json!({"email": "a.very.long.address.of.somebody@an-even-longer-subdomain.example.org"})),
    ];
    for (who, answers) in people {
        let mut visitor = app.visitor(who).await;
        visitor.start_with("words that a client never reads", json!({"answers": answers})).await.unwrap();
    }
    screen.goto(&format!("{origin}/leads")).await;
    screen.until_text(In::Page, "table", "Maria Lindqvist").await;
    assert_eq!(screen.eval(In::Page, "document.body.textContent.includes('never reads')").await, false);
    assert_eq!(screen.eval(In::Page, "[...document.querySelectorAll('.topbar-links a')].length").await, 2, "leads, account");
    look(&screen, "leads", In::Page, &mut wrong).await;
    screen.quit().await;

    let screen = browsers.open().await;
    screen.sign_in(&origin, &auditor, PASSWORD).await;
    for (name, path) in [
        ("auditor-checklist", "/admin"),
        ("auditor-security", "/admin/security"),
        ("auditor-permissions", "/admin/people/permissions"),
        ("auditor-receipts", "/admin/privacy/receipts"),
        ("auditor-limits", "/admin/security/limits"),
        ("auditor-system", "/admin/system"),
    ] {
        screen.goto(&format!("{origin}{path}")).await;
        let forms =
            "document.querySelectorAll('main form button:not([hidden]), main input:not([type=hidden]), main textarea').length";
        assert_eq!(screen.eval(In::Page, forms).await, 0, "{path} is to be read alone");
        // Whatever is linked is there.
        let links = "[...new Set([...document.querySelectorAll('a[href^=\"/\"]')].map((it) => it.getAttribute('href')))]";
        for link in screen.eval(In::Page, links).await.as_array().unwrap() {
            let link = link.as_str().unwrap();
            let status = screen.eval(In::Page, &format!("fetch({}).then((it) => it.status)", json!(link))).await;
            assert_eq!(status, 200, "{path} leads to {link}");
        }
        look(&screen, name, In::Page, &mut wrong).await;
    }
    screen.quit().await;

    let screen = browsers.open().await;
    screen.sign_in(&origin, ADMIN, PASSWORD).await;
    screen.goto(&format!("{origin}/admin/people/permissions")).await;
    look(&screen, "permissions", In::Page, &mut wrong).await;
    for (name, who) in [("person-confined", &bea), ("person-left-out", &nell)] {
        screen.goto(&format!("{origin}/admin/people/{}", app.operator_id(who))).await;
        screen.eval(In::Page, "document.querySelector('#sites').scrollIntoView({block: 'center'})").await;
        look(&screen, name, In::Page, &mut wrong).await;
    }
    screen.click(In::Page, "main form .button-primary").await;
    screen.until_text(In::Page, "main", "Choose at least one department").await;
    let _ = screen.complaints(&[]).await;
    look(&screen, "person-departments-failed", In::Page, &mut wrong).await;
    screen.click(In::Page, &format!("#department-{SALES}")).await;
    screen.click(In::Page, "main form .button-primary").await;
    screen.until_text(In::Page, "[role=status]", "Saved").await;
    let sales = Membership::Sites([(app.site_id(), Part::Departments([SALES].into()))].into());
    assert_eq!(app.app.store.house().operators[&app.operator_id(&nell)].membership, sales);
    screen.quit().await;
    nothing(&wrong);
}

#[tokio::test]
async fn a_chat_that_is_handed_to_others_leaves_the_page_at_once() {
    let app = house().await;
    let of_billing = Membership::Sites([(app.site_id(), Part::Departments([BILLING].into()))].into());
    let bea = employ(&app, "bea", Role::Operator, of_billing);
    let mut whole = app.operator("wim").await;
    let mut maria = app.visitor("maria").await;
    let answers = json!({"answers": {"department": BILLING.to_string()}});
    let talk = maria.start_with("a question about a bill", answers).await.unwrap().conversation;
    let browsers = Browsers::start();
    let screen = browsers.open().await;
    let origin = app.door.origin();
    screen.sign_in(&origin, &bea, PASSWORD).await;
    screen.goto(&format!("{origin}/console/conversations/{talk}")).await;
    screen.until_text(In::Page, ".log", "a question about a bill").await;
    screen.until(In::Page, "the row", &format!("document.querySelector('.queue-row[data-conversation={}]')", json!(talk))).await;
    // The page follows it by now: what its visitor writes comes by itself.
    maria.send(&talk, "and one more").await;
    screen.until_text(In::Page, ".log", "and one more").await;
    whole.does("transfer", &talk, json!({"to": SALES.to_string()})).await;
    screen.until_text(In::Page, ".panes", "This chat is not shown to you any more").await;
    let has_row = format!("document.querySelectorAll('.queue-row[data-conversation={}]').length", json!(talk));
    assert_eq!(screen.eval(In::Page, &has_row).await, 0);
    screen.quit().await;
}
