//! The fields of a form as they were typed.

use std::collections::HashMap;

/// The fields of an urlencoded body, in order; a name may come more than once, as check boxes do.
#[derive(Clone, Default)]
pub struct Fields(HashMap<String, Vec<String>>);

/// A form that can be read from fields. Nothing is judged here: a field that is missing is empty.
pub trait FromFields {
    fn from_fields(fields: &mut Fields) -> Self;
}

impl Fields {
    #[must_use]
    pub fn parse(body: &[u8]) -> Self {
        let mut fields: HashMap<String, Vec<String>> = HashMap::new();
        for (name, value) in url::form_urlencoded::parse(body) {
            fields.entry(name.into_owned()).or_default().push(value.into_owned());
        }
        Self(fields)
    }

    /// The value of a field, taken out; empty when it was not sent.
    pub fn take(&mut self, name: &str) -> String {
        self.0.get_mut(name).and_then(Vec::pop).unwrap_or_default()
    }

    pub fn take_all(&mut self, name: &str) -> Vec<String> {
        self.0.remove(name).unwrap_or_default()
    }

    /// What follows the prefix in the names of all fields that begin with it.
    #[must_use]
    pub fn names(&self, prefix: &str) -> Vec<String> {
        self.0.keys().filter_map(|name| name.strip_prefix(prefix)).map(str::to_owned).collect()
    }

    #[must_use]
    pub fn ticked(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

/// A form without fields of its own, such as a button.
impl FromFields for () {
    fn from_fields(_: &mut Fields) {}
}

impl FromFields for Fields {
    fn from_fields(fields: &mut Fields) -> Self {
        std::mem::take(fields)
    }
}

#[cfg(test)]
mod tests {
    use super::Fields;

    #[test]
    fn fields_are_what_was_typed() {
        let mut fields = Fields::parse("name=Anna+M%C3%BCller&site=a&site=b&demo=on".as_bytes());
        assert_eq!(fields.take("name"), "Anna Müller");
        assert_eq!(fields.take_all("site"), ["a", "b"]);
        assert!(fields.ticked("demo") && !fields.ticked("consent"));
        assert_eq!(fields.take("missing"), "");
    }
}
