//! The machine underneath: version, certificate, room on the disk.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;

use crate::app::CertificateInfo;
use crate::domain::access::Action;
use crate::domain::time::Timestamp;
use crate::web::extract::Admin;
use crate::web::page::{self, Chrome};
use crate::web::{Answer, App};

/// When the end of a certificate is worth a word.
const SOON: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// Under this there is hardly room to write down that something was purged.
const LITTLE_ROOM: u64 = 1 << 30;

#[derive(Template)]
#[template(path = "admin/system.html")]
struct Page {
    chrome: Chrome,
    version: &'static str,
    certificate: Option<Arc<CertificateInfo>>,
    certificate_ends: Ends,
    data_dir: String,
    free: Option<u64>,
    trouble: Option<String>,
}

#[derive(PartialEq)]
enum Ends {
    Later,
    Soon,
    Past,
}

impl Page {
    fn free_words(&self) -> String {
        self.free.map_or_else(|| "not known".to_owned(), in_words)
    }

    fn little_room(&self) -> bool {
        self.free.is_some_and(|free| free < LITTLE_ROOM)
    }
}

pub async fn show(app: App, Admin(staff): Admin) -> Answer {
    let data_dir = app.config.data_dir.clone();
    staff.look(&app, |ctx| Ok(ctx.authorize(Action::ReadSystem)?))?;
    let free = page::aside(move || free_bytes(&data_dir)).await?;
    let certificate = app.certificate.load_full();
    let certificate_ends = certificate.as_ref().map_or(Ends::Later, |certificate| ends(certificate.not_after, app.now()));
    page::show(&Page {
        chrome: Chrome::new(&app, &staff, "system"),
        version: env!("CARGO_PKG_VERSION"),
        certificate,
        certificate_ends,
        data_dir: app.config.data_dir.display().to_string(),
        free,
        trouble: app.store.not_writable(),
    })
}

fn ends(not_after: Timestamp, now: Timestamp) -> Ends {
    if not_after <= now {
        Ends::Past
    } else if not_after <= now.plus(SOON) {
        Ends::Soon
    } else {
        Ends::Later
    }
}

/// What this process may still write, which is less than what root sees as free.
fn free_bytes(path: &std::path::Path) -> Option<u64> {
    let stat = rustix::fs::statvfs(path).ok()?;
    stat.f_bavail.checked_mul(stat.f_frsize)
}

fn in_words(bytes: u64) -> String {
    let units = [(1_u64 << 40, "TB"), (1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")];
    let found = units.into_iter().find(|(size, _)| bytes >= *size);
    found.map_or_else(|| format!("{bytes} bytes"), |(size, unit)| format!("{}.{} {unit}", bytes / size, bytes % size * 10 / size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_reads_as_people_say_it() {
        assert_eq!(in_words(512), "512 bytes");
        assert_eq!(in_words(3 << 29), "1.5 GB");
    }

    #[test]
    fn a_certificate_is_spoken_of_in_time() {
        let now = Timestamp::from_millis(0);
        assert!(
            ends(now.plus(SOON * 2), now) == Ends::Later
                && ends(now.plus(SOON / 2), now) == Ends::Soon
                && ends(now, now) == Ends::Past
        );
    }
}
