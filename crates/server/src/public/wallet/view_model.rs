//! The contents of the page that adds a credential to a wallet, as plain values.

use askama::Template;
use learncoin_badge::LinkCode;
use learncoin_language::words::WalletWords;
use learncoin_language::{Language, fill};
use url::form_urlencoded;

use crate::public::credential_page::view_model::NoticeView;

/// The page that adds a credential to a wallet.
#[derive(Template)]
#[template(path = "wallet.html")]
pub(super) struct WalletPage {
    /// The language that it speaks.
    pub(super) language: Language,
    /// That language's texts.
    pub(super) words: &'static WalletWords,
    /// The credential's id.
    pub(super) id: String,
    /// The tenant's color, as six hexadecimal digits.
    pub(super) accent: Option<String>,
    /// The notice above everything else.
    pub(super) notice: Option<NoticeView>,
    /// The achievement's name.
    pub(super) achievement: String,
    /// The issuer's name.
    pub(super) issuer: String,
    /// Sentences about the state of the credential.
    pub(super) notes: Vec<&'static str>,
    /// The ways into a wallet, if the credential is offered.
    pub(super) ways: Option<Ways>,
    /// The offer that was just made.
    pub(super) made: Option<MadeOffer>,
}

/// The ways into a wallet that need no code.
pub(super) struct Ways {
    /// The link that opens Learner Credential Wallet.
    pub(super) opening: String,
    /// The interaction URL.
    pub(super) interaction: CodedLink,
    /// The address of the document.
    pub(super) document: CodedLink,
}

/// An offer that was just made.
pub(super) struct MadeOffer {
    /// The link that opens it in a wallet.
    pub(super) link: CodedLink,
    /// The transaction code.
    pub(super) tx_code: Option<String>,
    /// When it ends, in a sentence.
    pub(super) ends: String,
}

/// A link with its QR code.
pub(super) struct CodedLink {
    /// The link.
    pub(super) link: String,
    /// The code, unless the link is too long for one.
    pub(super) code: Option<LinkCode>,
    /// The description of the code.
    pub(super) name: String,
}

impl CodedLink {
    /// Draws a link.
    pub(super) fn new(words: &WalletWords, link: String) -> Self {
        Self { code: LinkCode::of(&link), name: fill(&words.code_of, &[("link", &link)]), link }
    }
}

impl Ways {
    /// Returns the ways of a credential with this page.
    pub(super) fn new(words: &WalletWords, page: &str) -> Self {
        // The scheme stays on the device: an address of the wallet's own site would get to know the credential's.
        let message = serde_json::json!({ "protocols": { "vcapi": format!("{page}/exchange") } }).to_string();
        let encoded: String = form_urlencoded::byte_serialize(message.as_bytes()).collect();
        Self {
            opening: format!("dccrequest://request?request={encoded}"),
            interaction: CodedLink::new(words, format!("{page}/wallet?iuv=1")),
            document: CodedLink::new(words, format!("{page}?form=wallet")),
        }
    }
}

/// Returns the link that opens an offer in a wallet: it names the address where the wallet reads it.
pub(super) fn offer_link(address: &str) -> String {
    let encoded: String = form_urlencoded::byte_serialize(address.as_bytes()).collect();
    format!("openid-credential-offer://?credential_offer_uri={encoded}")
}
