//! `parlor restore`, the command itself, over a house in which profiles are enforced: an older backup is no way around a lock.

use std::path::{Path, PathBuf};

use parlor::domain::posture::Profile;

use super::{PROFILES, as_script, press};
use crate::harness::actors::Operator;
use crate::harness::http::Answer;
use crate::harness::process::{self, ADMIN, PASSWORD, Server, parlor, said};
use crate::sign_in;

struct House {
    folder: tempfile::TempDir,
    data: PathBuf,
    site: String,
    /// Each is good once.
    codes: Vec<String>,
}

impl House {
    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn backup(&self, name: &str) -> String {
        let file = self.file(name);
        let (code, told) = run(&self.data, &["backup", "--to", &file]);
        assert_eq!(code, Some(0), "{told}");
        file
    }

    async fn admin(&mut self, server: &Server) -> Operator {
        let who = Operator::at_the_door(&server.door().await, ADMIN, None);
        who.sign_in(PASSWORD).await.expect_done();
        if let Some(code) = self.codes.pop() {
            let fields = [("code", code.as_str()), ("next", "/console")];
            who.browser.submit("/login/code?next=/console", "/login/code", &fields).await.expect_done();
        }
        who
    }

    /// Whether operators may see what is typed, as a script would try to have it.
    async fn let_peek(&self, admin: &Operator) -> Answer {
        let page = format!("/admin/sites/{}/privacy", self.site);
        let shown = admin.browser.get(&page).await.expect(200);
        let consent = shown.body.split("name=\"consent\"").nth(1).and_then(|rest| rest.split(">\n").nth(1));
        let consent = consent.and_then(|rest| rest.split("</textarea>").next()).unwrap_or_default();
        let fields = [
            ("csrf", shown.field("csrf").unwrap()),
            ("consent", consent.to_owned()),
            ("before_consent", "nothing".to_owned()),
            ("address", "shortened".to_owned()),
            ("purge", "days".to_owned()),
            ("purge_days", "1".to_owned()),
            ("messages", "same".to_owned()),
            ("submissions", "same".to_owned()),
            ("idle_close_minutes", "60".to_owned()),
            ("sneak_peek", "on".to_owned()),
        ];
        as_script(admin, &page, &fields).await
    }
}

fn run(data: &Path, words: &[&str]) -> (Option<i32>, String) {
    let output = parlor().args(words).arg("--data-dir").arg(data).output().unwrap();
    (output.status.code(), said(&output))
}

async fn says_enforced(admin: &Operator, profile: Profile) -> bool {
    let page = admin.browser.get(&format!("{PROFILES}/{}", profile.tag())).await.expect(200);
    page.body.contains("Enforced since") && !page.body.contains("id=\"open\"")
}

#[tokio::test]
async fn an_older_backup_brings_no_older_settings_into_an_enforced_house() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let site = process::set_up(&data).site;
    let mut house = House { folder, data, site, codes: Vec::new() };
    let server = Server::start(&house.data, &[]);
    let admin = house.admin(&server).await;
    // With a second factor, and nothing else that a profile asks for.
    house.codes = sign_in::enrol_now(&admin).await;
    house.let_peek(&admin).await.expect_done();
    let careless = house.backup("careless.parlor");
    admin.browser.submit("/admin/security", "/admin/security", &[("networks", "127.0.0.0/8")]).await.expect_done();
    let listed = house.backup("listed.parlor");
    press(&admin, "hipaa", "enforcement", &[]).await.expect_done();
    press(&admin, "gdpr", "enforcement", &[]).await.expect_done();
    house.let_peek(&admin).await.expect(409);
    assert!(server.stop().success());

    // Nobody but people can bring back the networks of the staff: refused, named, and nothing is touched.
    let (code, told) = run(&house.data, &["restore", &careless]);
    assert_eq!(code, Some(1), "{told}");
    for words in
        ["HIPAA and GDPR are enforced here", "Staff come in from known networks only", "--data-dir", "Nothing was changed"]
    {
        assert!(told.contains(words), "{words}: {told}");
    }
    let left = std::fs::read_dir(house.folder.path()).unwrap().map(|it| it.unwrap().path()).filter(|it| it.is_dir());
    assert_eq!(left.collect::<Vec<_>>(), [house.data.clone()], "nothing is left lying about");
    let server = Server::start(&house.data, &[]);
    let admin = house.admin(&server).await;
    assert!(says_enforced(&admin, Profile::Hipaa).await && says_enforced(&admin, Profile::Gdpr).await);
    assert!(server.stop().success());

    // What a click puts right is put right on the way.
    let (code, told) = run(&house.data, &["restore", &listed]);
    assert_eq!(code, Some(0), "{told}");
    let server = Server::start(&house.data, &[]);
    let admin = house.admin(&server).await;
    assert!(says_enforced(&admin, Profile::Hipaa).await && says_enforced(&admin, Profile::Gdpr).await);
    let refused = house.let_peek(&admin).await.expect(409);
    assert_eq!(refused.json()["code"], "locked_by_profile");
    let audit = admin.browser.get("/admin/audit").await.expect(200);
    assert!(audit.body.contains("Operators do not see what is typed"), "what was put right is on record: {}", audit.gist());
    assert!(server.stop().success());
}
