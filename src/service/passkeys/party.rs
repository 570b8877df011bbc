//! Whom a passkey is made for: the name under which staff reach the appliance. It works there and nowhere else, which is what
//! makes it worthless to a page that only looks like ours.

use url::Url;
use webauthn_rs::prelude::{Webauthn, WebauthnBuilder};

use crate::domain::limits;

pub struct Party(Webauthn);

impl Party {
    /// `address` is the origin under which our pages are reached. `None` where that has no name: for mere addresses of a network,
    /// browsers make no passkeys.
    #[must_use]
    pub fn at(address: &str, organisation: &str) -> Option<Self> {
        let origin = Url::parse(address).ok()?;
        let id = origin.domain()?;
        let name = if organisation.is_empty() { id } else { organisation };
        let builder = WebauthnBuilder::new(id, &origin).ok()?;
        builder.rp_name(name).timeout(limits::PASSKEY_CHALLENGE_LIFE).build().ok().map(Self)
    }

    pub(super) const fn library(&self) -> &Webauthn {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_passkeys_and_an_address_has_none() {
        assert!(Party::at("https://chat.example.org", "Clinic Nord").is_some());
        assert!(Party::at("https://localhost:8443", "").is_some());
        for nameless in ["https://127.0.0.1:8443", "https://[::1]:8443", "", "chat.example.org"] {
            assert!(Party::at(nameless, "Clinic Nord").is_none(), "{nameless}");
        }
    }
}
