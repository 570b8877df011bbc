//! What a start was like, remembered until the next: so that what has changed in between is on record.

/// The version that ran, and the settings from outside that it was given: each by its name, with a keyed hash of its value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Start {
    pub version: String,
    pub settings: Vec<(String, [u8; 16])>,
}

impl Start {
    /// The names of the settings that are not the same in both, in order.
    #[must_use]
    pub fn changed_since(&self, before: &Self) -> Vec<String> {
        let is_in = |it: &Self, setting: &(String, [u8; 16])| it.settings.contains(setting);
        let gone = before.settings.iter().filter(|setting| !is_in(self, setting));
        let new = self.settings.iter().filter(|setting| !is_in(before, setting));
        let mut names: Vec<_> = gone.chain(new).map(|(name, _)| name.clone()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_changed_or_taken_away_is_named_once() {
        let start = |settings: &[(&str, u8)]| Start {
            version: String::new(),
            settings: settings.iter().map(|(name, value)| ((*name).to_owned(), [*value; 16])).collect(),
        };
        let before = start(&[("mail.server", 1), ("log.level", 1), ("network.listen", 1)]);
        let now = start(&[("network.listen", 1), ("log.level", 2), ("backup.keep", 1)]);
        assert_eq!(now.changed_since(&before), ["backup.keep", "log.level", "mail.server"]);
        assert_eq!(now.changed_since(&now), [""; 0]);
    }
}
