//! The letter: the contents of a mail, read from the store anew for each attempt.

use jiff::Timestamp;
use learncoin_credential::document::Document;
use learncoin_credential::proof::AnchorChain;
use learncoin_credential::text;
use learncoin_language::Language;
use learncoin_store::Store;
use learncoin_store::credentials::StoredDocumentError;
use learncoin_store::mails::{MailLease, MailToken};
use learncoin_store::scope::Environment;
use learncoin_store::tenants::{Logo, Tenant};

use super::links::has_link;

/// The largest logo that is attached, in bytes: mails are read on telephones.
const LARGEST_LOGO_BYTES: usize = 64 * 1024;
/// The media types that mail readers show. They do not show SVG.
const SHOWN_MEDIA_TYPES: [&str; 3] = ["image/png", "image/jpeg", "image/gif"];

/// The mark of a credential that certifies nothing, by the chain that it is anchored on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// The test network.
    Test,
    /// A development chain.
    Development,
}

impl Mark {
    /// Returns the word for it, the same in every language and in the verdict.
    pub(super) fn word(self) -> &'static str {
        match self {
            Mark::Test => "TEST",
            Mark::Development => "DEVELOPMENT",
        }
    }
}

/// The issuer of a credential, as its mail names it.
pub(super) struct Issuer {
    /// The signed name, even if the tenant has another name by now.
    pub(super) name: String,
    /// Whether the operator has confirmed that name, now or earlier.
    pub(super) is_confirmed: bool,
}

/// The contents of a mail.
pub(super) struct Letter {
    pub(super) token: MailToken,
    pub(super) edition: u64,
    pub(super) address: String,
    pub(super) language: Language,
    /// `None` if it holds a link.
    pub(super) recipient_name: Option<String>,
    pub(super) issuer: Issuer,
    /// `None` if it holds a link.
    pub(super) achievement_name: Option<String>,
    /// The document without the person, which the badge is drawn from. `None` if the achievement's name is left out.
    pub(super) document: Option<Document>,
    pub(super) chain: AnchorChain,
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

/// Why a letter can't be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum LetterError {
    /// The stored data is damaged.
    #[error("the stored document can't be read")]
    Document(#[from] StoredDocumentError),
    /// The stored data is damaged.
    #[error("unreadable {0}")]
    Unreadable(&'static str),
    /// The issuer's name would lead readers away, and the operator has not confirmed it.
    #[error("issuer.name holds a link or a domain, and the operator has not confirmed it")]
    IssuerName,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] learncoin_store::Error),
}

/// Reads the letter. Returns `None` if there is no mail to send any more: the credential was erased or revoked, or has no
/// address.
pub(super) async fn read(store: &Store, lease: &MailLease) -> Result<Option<Letter>, LetterError> {
    let Some(issued) = store.issued_credential_by_id(&lease.credential_id).await? else { return Ok(None) };
    let (credential, batch) = (issued.credential, issued.batch);
    let Some(person) = credential.personal.as_ref().filter(|_| credential.revocation.is_none()) else {
        return Ok(None);
    };
    let Some(address) = person.email.clone() else { return Ok(None) };
    let chain = AnchorChain::from_chain_id(batch.chain_id).ok_or(LetterError::Unreadable("chain id"))?;
    let mark = match chain {
        AnchorChain::BaseMainnet => None,
        AnchorChain::BaseSepolia => Some(Mark::Test),
        AnchorChain::Development => Some(Mark::Development),
    };
    let document = credential.redacted()?;
    let tenant_id = &credential.scope.tenant_id;
    let (tenant, branding) =
        store.find_branded_tenant(tenant_id).await?.ok_or(LetterError::Unreadable("tenant"))?;
    // A mail is sent in the deployment's name, so it shows what the operator confirmed, in test too.
    let shown = branding.effective_branding(Environment::Live, &tenant.name);
    let name = document.issuer.name.clone();
    let is_confirmed = store.is_confirmed_name(Environment::Live, &tenant, &branding, &name).await?;
    let issuer = Issuer { is_confirmed, name };
    if !issuer.is_confirmed && has_link(&issuer.name) {
        return Err(LetterError::IssuerName);
    }
    let settings = store.get_mail_settings(tenant_id).await?;
    let logo = match &shown.logo_hash {
        Some(hash) => store.find_logo(hash).await?,
        None => None,
    };
    let moment = |text: &str| text::parse_timestamp(text).ok();
    let achievement_name =
        without_link("achievement.name", document.subject.achievement.name.clone(), &tenant);
    Ok(Some(Letter {
        token: lease.token.clone(),
        edition: lease.edition,
        address,
        language: settings.language.as_deref().and_then(Language::from_tag).unwrap_or_default(),
        recipient_name: without_link("recipient.name", person.name.clone(), &tenant),
        issuer,
        issued: moment(&document.issuance_date),
        expires: document.expiration_date.as_deref().and_then(moment),
        link: document.id.clone(),
        // The badge shows the title, so it is left out with it.
        document: Some(document).filter(|_| achievement_name.is_some()),
        achievement_name,
        chain,
        mark,
        accent_color: shown.accent_color,
        logo: logo.filter(is_shown_in_mails),
        reply_to: settings.reply_to,
    }))
}

/// Returns the text of a field if it holds no link.
fn without_link(field: &'static str, text: String, tenant: &Tenant) -> Option<String> {
    if has_link(&text) {
        tracing::warn!(tenant.id = %tenant.id, field, "a mail leaves out a text that holds a link or a domain");
        return None;
    }
    Some(text)
}

fn is_shown_in_mails(logo: &Logo) -> bool {
    SHOWN_MEDIA_TYPES.contains(&logo.media_type.as_str()) && logo.bytes.len() <= LARGEST_LOGO_BYTES
}

/// The letter that tests send.
#[cfg(test)]
pub(super) mod testing {
    use super::*;

    /// Creates a letter about an achievement, without pictures.
    pub(in crate::mail) fn letter(issuer_name: &str, achievement_name: Option<&str>) -> Letter {
        Letter {
            token: "0123456789abcdef0123456789abcdef".parse().unwrap(),
            edition: 1,
            address: "ada@example.edu".to_owned(),
            language: Language::default(),
            recipient_name: Some("Ada".to_owned()),
            issuer: Issuer { name: issuer_name.to_owned(), is_confirmed: true },
            achievement_name: achievement_name.map(str::to_owned),
            document: None,
            chain: AnchorChain::BaseMainnet,
            issued: None,
            expires: None,
            link: "https://learncoin.example/c/crd".to_owned(),
            mark: None,
            accent_color: None,
            logo: None,
            reply_to: None,
        }
    }
}
