//! What a mail tells: read anew from the store each time it is about to be sent.

use jiff::Timestamp;
use learncoin_credential::document::{Document, DocumentError};
use learncoin_credential::proof::AnchorChain;
use learncoin_credential::{json, text};
use learncoin_language::Language;
use learncoin_store::Store;
use learncoin_store::mails::{MailLease, MailToken};
use learncoin_store::tenants::Logo;

/// The largest logo that is sent along, in bytes: a mail is read on telephones.
const LARGEST_LOGO_BYTES: usize = 64 * 1024;
/// What mail readers show. They show no SVG.
const SHOWN_MEDIA_TYPES: [&str; 3] = ["image/png", "image/jpeg", "image/gif"];

/// Where a credential is anchored that certifies nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// On the test network.
    Test,
    /// On a development chain.
    Development,
}

impl Mark {
    /// The word, the same in every language, as it stands in the verdict.
    pub(super) fn word(self) -> &'static str {
        match self {
            Mark::Test => "TEST",
            Mark::Development => "DEVELOPMENT",
        }
    }
}

/// What a mail tells.
pub(super) struct Letter {
    pub(super) token: MailToken,
    pub(super) edition: u64,
    pub(super) address: String,
    pub(super) language: Language,
    pub(super) recipient_name: String,
    /// The name that is signed, whatever the tenant calls itself by now.
    pub(super) issuer_name: String,
    pub(super) achievement_name: String,
    pub(super) issued: Option<Timestamp>,
    pub(super) expires: Option<Timestamp>,
    /// The credential's page.
    pub(super) link: String,
    pub(super) mark: Option<Mark>,
    /// `#RRGGBB`.
    pub(super) accent_color: Option<String>,
    pub(super) logo: Option<Logo>,
    pub(super) reply_to: Option<String>,
}

/// Why there is no letter.
#[derive(Debug, thiserror::Error)]
pub(super) enum LetterError {
    /// What is stored is damaged.
    #[error("the stored document can't be read")]
    Json(#[from] json::Error),
    /// What is stored is damaged.
    #[error("the stored document can't be read")]
    Document(#[from] DocumentError),
    /// What is stored is damaged.
    #[error("unreadable {0}")]
    Unreadable(&'static str),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] learncoin_store::Error),
}

/// Reads what the mail tells. `None` where there is nobody to tell any more, or nothing: erased, revoked.
pub(super) async fn read(store: &Store, lease: &MailLease) -> Result<Option<Letter>, LetterError> {
    let Some(credential) = store.credential_by_id(&lease.credential_id).await? else { return Ok(None) };
    let Some(person) = credential.personal.filter(|_| credential.revocation.is_none()) else {
        return Ok(None);
    };
    let Some(address) = person.email else { return Ok(None) };
    let batch = store.batch_by_id(&credential.batch_id).await?.ok_or(LetterError::Unreadable("batch"))?;
    let mark = match AnchorChain::from_chain_id(batch.chain_id) {
        Some(AnchorChain::BaseMainnet) => None,
        Some(AnchorChain::BaseSepolia) => Some(Mark::Test),
        Some(AnchorChain::Development) => Some(Mark::Development),
        None => return Err(LetterError::Unreadable("chain id")),
    };
    let document = Document::from_json(&json::parse(credential.document.as_bytes())?)?;
    let tenant_id = &credential.scope.tenant_id;
    let tenant = store.find_tenant(tenant_id).await?.ok_or(LetterError::Unreadable("tenant"))?;
    let shown =
        store.get_branding(tenant_id).await?.effective_branding(credential.scope.environment, &tenant.name);
    let settings = store.get_mail_settings(tenant_id).await?;
    let logo = match &shown.logo_hash {
        Some(hash) => store.find_logo(hash).await?,
        None => None,
    };
    let moment = |text: &str| text::parse_timestamp(text).ok();
    Ok(Some(Letter {
        token: lease.token.clone(),
        edition: lease.edition,
        address,
        language: settings.language.as_deref().and_then(Language::from_tag).unwrap_or_default(),
        recipient_name: person.name,
        issuer_name: document.issuer.name,
        achievement_name: document.subject.achievement.name,
        issued: moment(&document.issuance_date),
        expires: document.expiration_date.as_deref().and_then(moment),
        link: document.id,
        mark,
        accent_color: shown.accent_color,
        logo: logo.filter(is_shown_in_mails),
        reply_to: settings.reply_to,
    }))
}

fn is_shown_in_mails(logo: &Logo) -> bool {
    SHOWN_MEDIA_TYPES.contains(&logo.media_type.as_str()) && logo.bytes.len() <= LARGEST_LOGO_BYTES
}
