//! The text that visitors agree to. Its version grows by one whenever its words change, and earlier words are kept with their
//! dates: a chat says which version its visitor agreed to, and somebody may ask years later what that was.

use super::form::Consent;
use super::limits;
use super::site::Site;
use super::text::Notice;
use super::time::Timestamp;

/// Puts other words in force, or none. A version is never used twice, also when the text was taken away meanwhile.
pub fn put(site: &mut Site, text: Option<Notice>, now: Timestamp) {
    if site.consent.as_ref().map(|it| &it.text) == text.as_ref() {
        return;
    }
    site.former_consents.extend(site.consent.take());
    let newest = site.former_consents.last().map_or(0, |it| it.version);
    site.consent = text.map(|text| Consent { text, version: newest.saturating_add(1), since: now });
    let too_many = site.former_consents.len().saturating_sub(limits::FORMER_CONSENTS);
    site.former_consents.drain(..too_many);
}

/// The words were changed in another language than the settings': a new version of the same text.
pub fn reworded(site: &mut Site, now: Timestamp) {
    let text = site.consent.as_ref().map(|it| it.text.clone());
    put(site, None, now);
    put(site, text, now);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::SiteId;
    use crate::domain::text::Name;

    #[test]
    fn a_version_is_never_used_twice() {
        let at = Timestamp::from_millis;
        let mut site = Site::new(SiteId::from_bytes([1; 16]), Name::parse("Clinic Nord").unwrap(), vec![], at(0));
        let words = |text: &str| Some(Notice::parse(text).unwrap());
        put(&mut site, None, at(1));
        assert_eq!((&site.consent, site.former_consents.len()), (&None, 0));
        put(&mut site, words("I agree."), at(2));
        put(&mut site, words("I agree."), at(3));
        assert_eq!(site.consent, Some(Consent { text: words("I agree.").unwrap(), version: 1, since: at(2) }), "the same words");
        put(&mut site, words("I agree to this."), at(4));
        put(&mut site, None, at(5));
        put(&mut site, words("I agree to this."), at(6));
        assert_eq!(site.consent, Some(Consent { text: words("I agree to this.").unwrap(), version: 3, since: at(6) }));
        assert_eq!(site.former_consents.iter().map(|it| (it.version, it.since)).collect::<Vec<_>>(), [(1, at(2)), (2, at(4))]);
        for n in 0..100 {
            put(&mut site, words(&format!("Words {n}.")), at(7));
        }
        assert_eq!((site.consent.unwrap().version, site.former_consents.len()), (103, limits::FORMER_CONSENTS));
    }
}
