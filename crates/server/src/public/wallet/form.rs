//! Forms as wallets and browsers send them: `application/x-www-form-urlencoded`, each member at most once.

use url::form_urlencoded;

/// The members of a form.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a body.
    pub(super) fn read(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// Returns the member of this name; `None` if there is none, `Some(None)` if there are several.
    pub(super) fn member(&self, name: &str) -> Option<Option<&str>> {
        let mut values = self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let first = values.next()?;
        Some(values.next().is_none().then_some(first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_that_is_there_twice_has_no_value() {
        let form = Form::read(b"a=1%202&b=x&b=y&c=");
        assert_eq!(form.member("a"), Some(Some("1 2")));
        assert_eq!(form.member("b"), Some(None));
        assert_eq!(form.member("c"), Some(Some("")));
        assert_eq!(form.member("d"), None);
    }
}
