//! The query for one of a credential's documents: `?redacted=true`, `?layout=open-badges`, `?format=json`, `?form=wallet`.

use learncoin_credential::{DocumentForm, Layout};
use url::form_urlencoded;

use super::negotiate::{FORMAT, FORMAT_JSON, SIGNED_FORM, WALLET};
use crate::error::{ApiError, ErrorCode};

/// The form and the layout asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RequestedDocument {
    /// With or without the name.
    pub(crate) form: DocumentForm,
    /// In which of the layouts. The wallet form has one alone.
    pub(crate) layout: Layout,
    /// The signed form.
    pub(crate) signed: SignedForm,
}

/// The signed forms of a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum SignedForm {
    /// The form whose proof is an anchor.
    #[default]
    Anchored,
    /// The form for wallets, whose proof is a signature.
    Wallet,
}

impl RequestedDocument {
    /// Reads the query. Parameters that mean nothing here are passed over: people and programs add their own to
    /// links, and [`super::parameters`] has refused what is almost one of ours. A parameter of ours must have a value that
    /// we know, and may be there once.
    ///
    /// # Errors
    /// 400 `invalid_field_format`, which names the parameter and what it may be.
    pub(crate) fn read(query: Option<&str>) -> Result<Self, ApiError> {
        let (mut form, mut layout, mut format, mut signed) = (None, None, None, None);
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let first = match &*name {
                "redacted" => form.replace(redacted(&value)?).is_none(),
                "layout" => layout.replace(read_layout(&value)?).is_none(),
                FORMAT if value != FORMAT_JSON => return Err(refused("format: expected `json`")),
                FORMAT => format.replace(()).is_none(),
                SIGNED_FORM => signed.replace(read_signed_form(&value)?).is_none(),
                _ => true,
            };
            if !first {
                return Err(refused(format!("{name}: expected one value")));
            }
        }
        let signed = signed.unwrap_or_default();
        if signed == SignedForm::Wallet && layout.is_some() {
            return Err(refused("layout: the wallet form has one layout alone"));
        }
        Ok(Self {
            form: form.unwrap_or(DocumentForm::Full),
            layout: layout.unwrap_or(Layout::Default),
            signed,
        })
    }

    /// Returns the part of a file's name that the form adds.
    pub(crate) fn form_suffix(self) -> &'static str {
        match self.form {
            DocumentForm::Full => "",
            DocumentForm::Redacted => "-redacted",
        }
    }

    /// Returns the name of the file in which the document is saved.
    pub(crate) fn file_name(self, id: &str) -> String {
        let form = self.form_suffix();
        let layout = match (self.signed, self.layout) {
            (SignedForm::Wallet, _) => "-wallet",
            (SignedForm::Anchored, Layout::Default) => "",
            (SignedForm::Anchored, Layout::OpenBadges) => "-open-badges",
            (SignedForm::Anchored, Layout::DataIntegrity) => "-data-integrity",
        };
        format!("{id}{form}{layout}.json")
    }
}

/// The query for a file that is drawn: `?plain=true`, and everything that may be in a query for a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RequestedFile {
    /// The document that is drawn and put inside.
    pub(crate) document: RequestedDocument,
    /// Whether only the picture is meant, without the document inside.
    pub(crate) is_plain: bool,
}

impl RequestedFile {
    /// Reads the query, as [`RequestedDocument::read`] does.
    ///
    /// # Errors
    /// 400 `invalid_field_format`, which names the parameter and what it may be.
    pub(crate) fn read(query: Option<&str>) -> Result<Self, ApiError> {
        let wanted = Self::read_any(query)?;
        match wanted.document.signed {
            SignedForm::Anchored => Ok(wanted),
            SignedForm::Wallet => Err(refused("form: files hold the anchored form")),
        }
    }

    /// Checks the parameters that all addresses of a credential take, also those that change nothing at one of them.
    ///
    /// # Errors
    /// As [`RequestedFile::read`].
    pub(crate) fn check(query: Option<&str>) -> Result<(), ApiError> {
        Self::read_any(query).map(drop)
    }

    fn read_any(query: Option<&str>) -> Result<Self, ApiError> {
        let document = RequestedDocument::read(query)?;
        let mut plain = None;
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            if name == "plain" && plain.replace(read_plain(&value)?).is_some() {
                return Err(refused("plain: expected one value"));
            }
        }
        Ok(Self { document, is_plain: plain.unwrap_or(false) })
    }
}

fn read_plain(value: &str) -> Result<bool, ApiError> {
    match value {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(refused("plain: expected `true` or `false`")),
    }
}

fn redacted(value: &str) -> Result<DocumentForm, ApiError> {
    match value {
        "true" => Ok(DocumentForm::Redacted),
        "false" => Ok(DocumentForm::Full),
        _ => Err(refused("redacted: expected `true` or `false`")),
    }
}

fn read_signed_form(value: &str) -> Result<SignedForm, ApiError> {
    match value {
        "anchored" => Ok(SignedForm::Anchored),
        WALLET => Ok(SignedForm::Wallet),
        _ => Err(refused("form: expected `anchored` or `wallet`")),
    }
}

fn read_layout(value: &str) -> Result<Layout, ApiError> {
    match value {
        "default" => Ok(Layout::Default),
        "open-badges" => Ok(Layout::OpenBadges),
        "data-integrity" => Ok(Layout::DataIntegrity),
        _ => Err(refused("layout: expected `default`, `open-badges` or `data-integrity`")),
    }
}

fn refused(message: impl Into<String>) -> ApiError {
    ApiError::new(ErrorCode::InvalidFieldFormat, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> (DocumentForm, Layout) {
        let wanted = RequestedDocument::read(Some(query)).unwrap();
        (wanted.form, wanted.layout)
    }

    #[test]
    fn without_parameters_the_full_document_in_the_default_layout_is_meant() {
        assert_eq!(
            RequestedDocument::read(None).unwrap(),
            RequestedDocument {
                form: DocumentForm::Full,
                layout: Layout::Default,
                signed: SignedForm::Anchored
            }
        );
        assert_eq!(read(""), (DocumentForm::Full, Layout::Default));
        assert_eq!(read("utm_source=mail&fbclid=yes"), (DocumentForm::Full, Layout::Default));
    }

    #[test]
    fn form_and_layout_are_chosen_by_name() {
        assert_eq!(read("redacted=true"), (DocumentForm::Redacted, Layout::Default));
        assert_eq!(read("redacted=false&layout=default"), (DocumentForm::Full, Layout::Default));
        assert_eq!(read("layout=open-badges&redacted=true"), (DocumentForm::Redacted, Layout::OpenBadges));
        assert_eq!(read("layout=data%2Dintegrity"), (DocumentForm::Full, Layout::DataIntegrity));
    }

    #[test]
    fn values_that_mean_nothing_are_refused_in_words() {
        for (query, message) in [
            ("redacted=yes", "redacted: expected `true` or `false`"),
            ("redacted", "redacted: expected `true` or `false`"),
            ("redacted=TRUE", "redacted: expected `true` or `false`"),
            ("layout=ob", "layout: expected `default`, `open-badges` or `data-integrity`"),
            ("layout=", "layout: expected `default`, `open-badges` or `data-integrity`"),
            ("redacted=true&redacted=false", "redacted: expected one value"),
            ("format=xml", "format: expected `json`"),
            ("form=jwt", "form: expected `anchored` or `wallet`"),
            ("form=wallet&form=wallet", "form: expected one value"),
            ("form=wallet&layout=default", "layout: the wallet form has one layout alone"),
        ] {
            let error = RequestedDocument::read(Some(query)).unwrap_err();
            assert_eq!(
                (error.code, error.message.as_str()),
                (ErrorCode::InvalidFieldFormat, message),
                "{query}"
            );
        }
    }

    #[test]
    fn a_file_is_asked_for_with_its_document_or_as_a_picture_alone() {
        let wanted = RequestedFile::read(Some("plain=true&redacted=true&utm=x")).unwrap();
        assert_eq!((wanted.is_plain, wanted.document.form), (true, DocumentForm::Redacted));
        assert!(!RequestedFile::read(None).unwrap().is_plain);
        for (query, message) in [
            ("plain=1", "plain: expected `true` or `false`"),
            ("plain=true&plain=true", "plain: expected one value"),
            ("redacted=1", "redacted: expected `true` or `false`"),
            ("form=wallet", "form: files hold the anchored form"),
        ] {
            assert_eq!(RequestedFile::read(Some(query)).unwrap_err().message, message);
        }
    }

    #[test]
    fn the_name_of_the_file_tells_form_and_layout() {
        let name = |query| RequestedDocument::read(Some(query)).unwrap().file_name("crd_1");
        assert_eq!(name(""), "crd_1.json");
        assert_eq!(name("redacted=true&layout=open-badges"), "crd_1-redacted-open-badges.json");
        assert_eq!(name("layout=data-integrity"), "crd_1-data-integrity.json");
        assert_eq!(name("form=wallet&redacted=true"), "crd_1-redacted-wallet.json");
        assert_eq!(name("form=anchored"), "crd_1.json");
    }
}
