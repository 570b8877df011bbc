//! The machine underneath: version, certificate, where the root key is, room on the disk.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;

use crate::app::CertificateInfo;
use crate::domain::access::Action;
use crate::domain::confinement::Confinement;
use crate::domain::space::{Bounds, Reading};
use crate::domain::time::Timestamp;
use crate::web::extract::Overseer;
use crate::web::page::{self, Chrome};
use crate::web::{Answer, App};

/// When the end of a certificate is worth a word.
const SOON: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// Under this it is time to look for more room.
const LITTLE_ROOM: u64 = 1 << 30;

#[derive(Template)]
#[template(path = "admin/system.html")]
struct Page {
    chrome: Chrome,
    version: &'static str,
    certificate: Option<Arc<CertificateInfo>>,
    certificate_ends: Ends,
    key: Key,
    confinement: Confinement,
    data_dir: String,
    disk: Option<Disk>,
    trouble: Option<String>,
}

/// Where the root key is; never the key.
struct Key {
    in_words: String,
    since: Option<Timestamp>,
    /// What the settings say, when that is no longer true.
    settings: Option<String>,
}

impl Key {
    fn of(app: &App) -> Self {
        let place = app.root_key_place.lock();
        let settings = (place.to_string() != app.config.root_key.to_string()).then(|| app.config.root_key.to_string());
        Self { in_words: place.in_words(), since: app.root_key_since(), settings }
    }
}

#[derive(PartialEq)]
enum Ends {
    Later,
    Soon,
    Past,
}

/// The disk in words.
struct Disk {
    free: String,
    /// Under this new chats are declined.
    floor: String,
    /// What is held back; none while it is given up.
    ballast: Option<String>,
    is_tight: bool,
}

impl Disk {
    fn new(bounds: Bounds, reading: Reading) -> Self {
        Self {
            free: in_words(reading.free_bytes),
            floor: in_words(bounds.floor_bytes),
            ballast: (reading.ballast_bytes > 0).then(|| in_words(reading.ballast_bytes)),
            is_tight: reading.free_bytes < LITTLE_ROOM,
        }
    }
}

pub async fn show(app: App, Overseer(staff): Overseer) -> Answer {
    staff.look(&app, |ctx| Ok(ctx.authorize(Action::ReadSystem)?))?;
    let store = app.store.clone();
    let reading = page::aside(move || store.space().measure().ok()).await?;
    let certificate = app.certificate.load_full();
    let certificate_ends = certificate.as_ref().map_or(Ends::Later, |certificate| ends(certificate.not_after, app.now()));
    page::show(&Page {
        chrome: Chrome::new(&app, &staff, "system"),
        version: env!("CARGO_PKG_VERSION"),
        certificate,
        certificate_ends,
        key: Key::of(&app),
        confinement: app.confinement.get().copied().unwrap_or_default(),
        data_dir: app.config.data_dir.display().to_string(),
        disk: reading.map(|reading| Disk::new(app.store.space().bounds(), reading)),
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

pub(super) fn in_words(bytes: u64) -> String {
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
