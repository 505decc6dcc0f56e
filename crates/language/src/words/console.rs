//! The texts of the console, in files of their own: `words/console/`.

mod account;
mod audit;
mod batches;
mod branding;
mod credential;
mod credentials;
mod achievement;
mod frame;
mod health;
mod issue;
mod keys;
mod mails;
mod members;
mod operators;
mod overview;
mod uploads;
mod templates;
mod webhooks;

use std::sync::LazyLock;

use serde::Deserialize;

pub use account::{AccountWords, HomeWords, MemberMailWords, SignInWords};
pub use achievement::AchievementFormWords;
pub use audit::AuditWords;
pub use batches::BatchesWords;
pub use branding::BrandingWords;
pub use credential::CredentialWords;
pub use credentials::CredentialsWords;
pub use frame::{DoneWords, FrameWords, RefusalWords, RoleWords};
pub use health::HealthWords;
pub use issue::{CorrectWords, IssueWords};
pub use keys::KeysWords;
pub use mails::MailsWords;
pub use members::MembersWords;
pub use operators::OperatorWords;
pub use overview::OverviewWords;
pub use templates::TemplatesWords;
pub use uploads::UploadsWords;
pub use webhooks::WebhooksWords;

use super::per_language::PerLanguage;
use crate::Language;

/// All texts of the console in a language.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsoleWords {
    /// The texts around every page.
    pub frame: FrameWords,
    /// The names of the roles.
    pub roles: RoleWords,
    /// The messages after something was done.
    pub done: DoneWords,
    /// The pages of requests that are refused.
    pub refusals: RefusalWords,
    /// Signing in.
    pub sign_in: SignInWords,
    /// The mails to members.
    pub mail: MemberMailWords,
    /// The page that lists the member's tenants.
    pub home: HomeWords,
    /// The member's own account.
    pub account: AccountWords,
    /// The overview of a tenant.
    pub overview: OverviewWords,
    /// The list of credentials.
    pub credentials: CredentialsWords,
    /// The page of one credential.
    pub credential: CredentialWords,
    /// The list of batches, and one batch.
    pub batches: BatchesWords,
    /// Spreadsheets of recipients.
    pub uploads: UploadsWords,
    /// The fields of an achievement.
    pub achievement_form: AchievementFormWords,
    /// The templates.
    pub templates: TemplatesWords,
    /// Issuing by hand.
    pub issue: IssueWords,
    /// Correcting a credential.
    pub correct: CorrectWords,
    /// The list of API keys, and one key.
    pub keys: KeysWords,
    /// The list of webhook endpoints, and one endpoint.
    pub webhooks: WebhooksWords,
    /// The audit log.
    pub audit: AuditWords,
    /// The members of a tenant.
    pub members: MembersWords,
    /// The pages for operators.
    pub operators: OperatorWords,
    /// The mails.
    pub mails: MailsWords,
    /// The health of the deployment.
    pub health: HealthWords,
    /// The branding.
    pub branding: BrandingWords,
}

/// The files, in the order of [`Language::ALL`].
pub(super) const FILES: [&str; 5] = [
    include_str!("../../words/console/en.toml"),
    include_str!("../../words/console/es.toml"),
    include_str!("../../words/console/fr.toml"),
    include_str!("../../words/console/de.toml"),
    include_str!("../../words/console/ar.toml"),
];

static WORDS: LazyLock<PerLanguage<ConsoleWords>> = LazyLock::new(|| PerLanguage::read(FILES));

impl Language {
    /// Returns the texts of the console in the language.
    pub fn console(self) -> &'static ConsoleWords {
        WORDS.of(self)
    }
}
