//! The mails that invite those who were added.
//!
//! An invitation holds no secret: it leads to the page that signs in, where the person asks for a link. A mail is read by programs on its
//! way, is forwarded, and lies in a mailbox for years; a link that signed in from there would have to work long, and in any browser. The
//! one that the page mails works for minutes, in the browser that asked.
//!
//! A tenant chooses whom they go to, so they are few, and show no text that leads elsewhere.

use std::time::Duration;

use learncoin_delivery::mail::holds_link;
use learncoin_delivery::mail::member_mail::{MemberMail, MemberMailer};
use learncoin_issuance::Issuance;
use learncoin_language::{Language, fill};
use learncoin_store::Error as StoreError;
use learncoin_store::id::TenantId;
use learncoin_store::members::Member;
use learncoin_store::scope::Environment;

use crate::access::SIGN_IN;
use crate::accounts::Grant;
use crate::pages::home::role_name;

/// The time within which invitations are counted, in milliseconds: a day.
const WINDOW_MS: i64 = 24 * 60 * 60 * 1000;
/// The most invitations that an address gets within that time.
const MOST_BY_ADDRESS: i64 = 3;
/// The most invitations that go out in a tenant's name within that time, or for operators.
const MOST_BY_TENANT: i64 = 100;
/// The longest wait for the mail server.
const WAIT: Duration = Duration::from_secs(15);

/// The fate of an invitation. Adding a person never fails because of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitationOutcome {
    /// The mail server took it.
    Mailed,
    /// It may not have been sent: the mail server did not take it in time, or there were too many.
    NotMailed,
    /// The deployment sends no mails.
    Off,
}

impl InvitationOutcome {
    /// Returns the name of the message about a member who was added.
    pub(crate) fn done(self) -> &'static str {
        match self {
            Self::Mailed => "member-invited",
            Self::NotMailed => "member-uninvited",
            Self::Off => "member-added",
        }
    }
}

/// Mails a member who was added: who added them, and where they sign in. `language` is that of the mail, if the tenant chose none.
pub async fn invite(
    issuance: &Issuance,
    mailer: Option<&MemberMailer>,
    member: &Member,
    grant: &Grant,
    language: Language,
) -> InvitationOutcome {
    let Some(mailer) = mailer else { return InvitationOutcome::Off };
    match tokio::time::timeout(WAIT, mail(issuance, mailer, member, grant, language)).await {
        Ok(Ok(true)) => return InvitationOutcome::Mailed,
        Ok(Ok(false)) => tracing::warn!(member.id = %member.id, "an invitation was above the limits"),
        Ok(Err(error)) => tracing::warn!(member.id = %member.id, error, "an invitation was not mailed"),
        Err(_) => tracing::warn!(member.id = %member.id, "the mail server took an invitation too slowly"),
    }
    InvitationOutcome::NotMailed
}

/// Mails an invitation. Returns whether it was within the limits.
async fn mail(
    issuance: &Issuance,
    mailer: &MemberMailer,
    member: &Member,
    grant: &Grant,
    language: Language,
) -> Result<bool, String> {
    let text = |error: StoreError| error.to_string();
    if !is_within_limits(issuance, member, grant).await.map_err(text)? {
        return Ok(false);
    }
    let host = issuance.host.origin();
    let name = host.split_once("://").map_or(host, |(_, name)| name);
    let (lead, language) = lead(issuance, grant, name, language).await.map_err(text)?;
    let words = &language.console().mail;
    let mail = MemberMail {
        to: member.email.as_str(),
        subject: &fill(&words.invitation_subject, &[("host", name)]),
        text: format!(
            "{lead}\n\n{}\n\n{host}{SIGN_IN}\n\n{}\n",
            words.invitation_sign_in, words.invitation_after
        ),
    };
    let sent = mailer.send(mail, &*issuance.entropy, issuance.clock.now_ms()).await;
    sent.map(|()| true).map_err(|error| error.to_string())
}

/// Counts an invitation by its address and by its tenant. Returns whether both are within their limits.
async fn is_within_limits(issuance: &Issuance, member: &Member, grant: &Grant) -> Result<bool, StoreError> {
    let inviter = match grant {
        Grant::Tenant(tenant_id, _) => tenant_id.as_str(),
        Grant::Operator => "operators",
    };
    let sealer = issuance.store.sealer();
    let by_address = sealer.member_mac(&format!("invited {}", member.email.as_str()));
    let by_tenant = sealer.member_mac(&format!("invited by {inviter}"));
    let now = issuance.clock.now_ms();
    let mut tx = issuance.store.begin().await?;
    let of_tenant = tx.count_sign_in_request(&by_tenant, WINDOW_MS, now).await?;
    let of_address = tx.count_sign_in_request(&by_address, WINDOW_MS, now).await?;
    tx.commit().await?;
    Ok(of_tenant <= MOST_BY_TENANT && of_address <= MOST_BY_ADDRESS)
}

/// Returns the beginning of the text, with the language that it is in.
async fn lead(
    issuance: &Issuance,
    grant: &Grant,
    host: &str,
    language: Language,
) -> Result<(String, Language), StoreError> {
    let Grant::Tenant(tenant_id, role) = grant else {
        return Ok((fill(&language.console().mail.invitation_operator, &[("host", host)]), language));
    };
    let settings = issuance.store.get_mail_settings(tenant_id).await?;
    let language = settings.language.as_deref().and_then(Language::from_tag).unwrap_or(language);
    let words = language.console();
    let organization = Organization::find(issuance, tenant_id).await?;
    let named = organization.as_ref().filter(|one| one.is_confirmed || !holds_link(&one.name));
    let values = [
        ("organization", named.map_or(words.mail.invitation_unnamed.as_str(), |one| one.name.as_str())),
        ("host", host),
        ("role", role_name(&words.roles, *role)),
    ];
    let mut lead = fill(&words.mail.invitation, &values);
    if named.is_some_and(|one| !one.is_confirmed) {
        lead = format!("{lead}\n{}", fill(&language.words().mail.unconfirmed, &values));
    }
    Ok((lead, language))
}

/// The organization that invites.
struct Organization {
    name: String,
    /// Whether the operator confirmed the name.
    is_confirmed: bool,
}

impl Organization {
    async fn find(issuance: &Issuance, tenant_id: &TenantId) -> Result<Option<Self>, StoreError> {
        let store = &issuance.store;
        let Some((tenant, branding)) = store.find_branded_tenant(tenant_id).await? else { return Ok(None) };
        // The mail is sent in the deployment's name, so the name counts as it would on a live page.
        let is_confirmed =
            store.is_confirmed_name(Environment::Live, &tenant, &branding, &tenant.name).await?;
        Ok(Some(Self { name: tenant.name, is_confirmed }))
    }
}
