//! The fields of a form as they were typed.

use std::collections::HashMap;

use memchr::memchr;
use zeroize::Zeroizing;

/// The fields of an urlencoded body, in order; a name may come more than once, as check boxes do. Any of them may be a password: each is
/// decoded once, in its place, and what nobody takes is wiped.
#[derive(Clone, Default)]
pub struct Fields(HashMap<String, Vec<Zeroizing<String>>>);

/// A form that can be read from fields. Nothing is judged here: a field that is missing is empty.
pub trait FromFields {
    fn from_fields(fields: &mut Fields) -> Self;
}

impl Fields {
    #[must_use]
    pub fn parse(body: &[u8]) -> Self {
        let mut fields: HashMap<String, Vec<Zeroizing<String>>> = HashMap::new();
        for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            let (name, value) = match memchr(b'=', pair) {
                Some(at) => (&pair[..at], &pair[at + 1..]),
                None => (pair, &[][..]),
            };
            fields.entry(decoded(name).as_str().to_owned()).or_default().push(decoded(value));
        }
        Self(fields)
    }

    /// The value of a field, taken out; empty when it was not sent.
    pub fn take(&mut self, name: &str) -> String {
        self.0.get_mut(name).and_then(Vec::pop).map(|mut value| std::mem::take(&mut *value)).unwrap_or_default()
    }

    pub fn take_all(&mut self, name: &str) -> Vec<String> {
        let values = self.0.remove(name).unwrap_or_default();
        values.into_iter().map(|mut value| std::mem::take(&mut *value)).collect()
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

/// What was typed (URL Standard, application/x-www-form-urlencoded parsing). No part of it stays behind in memory.
fn decoded(raw: &[u8]) -> Zeroizing<String> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(raw.len()));
    let digit = |at: usize| raw.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut at = 0;
    while let Some(byte) = raw.get(at) {
        let (byte, length) = match (byte, digit(at + 1), digit(at + 2)) {
            (b'+', ..) => (b' ', 1),
            (b'%', Some(high), Some(low)) => (u8::try_from(high * 16 + low).unwrap_or(b'?'), 3),
            (other, ..) => (*other, 1),
        };
        bytes.push(byte);
        at += length;
    }
    match String::from_utf8(std::mem::take(&mut *bytes)) {
        Ok(text) => Zeroizing::new(text),
        Err(error) => {
            let bytes = Zeroizing::new(error.into_bytes());
            Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned())
        }
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

    #[test]
    fn whatever_comes_is_read_as_browsers_mean_it() {
        for body in
            ["a=b", "a=b=c&&d", "=x&y", "a=%41%4a%zz%4&%61=2", "a=%e4%f6&b=%C3%BC", "a+b=c%2Bd%26%3D%25", "%", "a=%00%0a\u{fc}"]
        {
            let mut ours = Fields::parse(body.as_bytes());
            let mut theirs: std::collections::HashMap<String, Vec<String>> = std::collections::HashMap::new();
            for (name, value) in url::form_urlencoded::parse(body.as_bytes()) {
                theirs.entry(name.into_owned()).or_default().push(value.into_owned());
            }
            for (name, values) in theirs {
                assert_eq!(ours.take_all(&name), values, "{name} of {body}");
            }
            assert!(ours.0.is_empty(), "{body}");
        }
    }
}
