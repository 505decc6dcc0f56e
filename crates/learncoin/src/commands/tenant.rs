//! `learncoin tenant`: the accounts of schools. Works beside a running server.

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Subcommand;
use learncoin_delivery::mail;
use learncoin_issuance::Issuance;
use learncoin_issuance::names::issuer_did;
use learncoin_issuance::tenant::branding::MOST_SIGNATURES;
use learncoin_issuance::tenant::provision::TenantUpdate;
use learncoin_issuance::time::iso8601;
use learncoin_language::Language;
use learncoin_store::id::TenantId;
use learncoin_store::tenants::{NamedLogo, NamedSignature, Plan, Tenant};
use serde_json::{Value, json};

use crate::config::Config;
use crate::data_dir::DataDir;
use crate::deployment;
use crate::operator_log::{self, OperatorCommand};
use crate::output::Form;
use crate::table::Column;

const COLUMNS: [Column; 6] = [
    ("ID", "/id"),
    ("NAME", "/name"),
    ("PLAN", "/plan"),
    ("CREDENTIALS A MONTH", "/credentials_per_month"),
    ("CREATED", "/created_at"),
    ("UNCONFIRMED SINCE", "/unconfirmed_since"),
];

/// The commands on tenants.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Create a tenant
    Create {
        /// The name, which is the issuer's name on its credentials
        #[arg(long)]
        name: String,
        /// developer, starter, institution or industry
        #[arg(long)]
        plan: Plan,
    },
    /// List all tenants
    List,
    /// Change a tenant, at once
    Update {
        /// The tenant's id, tnt_…
        id: TenantId,
        /// The name. A name set by the operator is confirmed
        #[arg(long)]
        name: Option<String>,
        /// developer, starter, institution or industry
        #[arg(long)]
        plan: Option<Plan>,
        /// Credentials per month and environment: a number, or `plan` for the plan's limit
        #[arg(long, value_name = "N")]
        quota: Option<Exception>,
        /// Requests per minute: a number, or `plan` for the plan's limit
        #[arg(long, value_name = "N")]
        rate: Option<Exception>,
        /// Mails per day and environment: a number, or `plan` for the plan's limit
        #[arg(long, value_name = "N")]
        mails_per_day: Option<Exception>,
        /// Confirm the tenant's own changes to its branding: its live pages show them from then on
        #[arg(long)]
        confirm: bool,
        /// Confirm a name that the tenant had before, for the credentials that were signed with it. Names that were confirmed since
        /// this release stay confirmed without it
        #[arg(long, value_name = "NAME")]
        confirm_earlier_name: Option<String>,
        /// Whether recipients get mails about their credentials: `on` or `off`. Mails about live credentials are held until this
        /// is first `on`; `off` cancels those that were not sent
        #[arg(long, value_name = "ON|OFF")]
        mail: Option<Switch>,
        /// The language of those mails: en, es, fr, de or ar
        #[arg(long, value_name = "TAG")]
        language: Option<Tag>,
        /// The address for replies to those mails, or `none`
        #[arg(long, value_name = "ADDRESS")]
        mail_reply_to: Option<ReplyTo>,
        /// A person who signs certificates, with the office after a semicolon; twice for two lines, or `none`
        #[arg(long, value_name = "NAME;OFFICE")]
        signature: Vec<SignatureArgument>,
        /// Whether certificates show their number: `on` or `off`
        #[arg(long, value_name = "ON|OFF")]
        certificate_number: Option<Switch>,
        /// Whether wallet forms carry the recipient's address, salted and hashed: `on` or `off`. Some checkers compare it with the
        /// address of whoever presents the credential
        #[arg(long, value_name = "ON|OFF")]
        wallet_email: Option<Switch>,
    },
}

/// A person who signs, or none.
#[derive(Debug, Clone)]
pub(crate) struct SignatureArgument(Option<NamedSignature>);

impl std::str::FromStr for SignatureArgument {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "none" {
            return Ok(Self(None));
        }
        let (name, title) = text.split_once(';').map_or((text, None), |(name, title)| (name, Some(title)));
        let title = title.map(|title| title.trim().to_owned()).filter(|title| !title.is_empty());
        match name.trim() {
            "" => Err("expected a name, with the office after a semicolon, or `none`"),
            name => Ok(Self(Some(NamedSignature { name: name.to_owned(), title, image: None }))),
        }
    }
}

/// Returns the signatures that the arguments name; `None` if there are no arguments.
fn signatures(arguments: Vec<SignatureArgument>) -> Result<Option<Vec<NamedSignature>>> {
    if arguments.is_empty() {
        return Ok(None);
    }
    let count = arguments.len();
    let named: Vec<_> = arguments.into_iter().filter_map(|argument| argument.0).collect();
    if named.len() > MOST_SIGNATURES || (named.len() < count && count > 1) {
        bail!("--signature: expected one or two persons, or `none` alone");
    }
    Ok(Some(named))
}

/// On or off.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Switch(bool);

impl std::str::FromStr for Switch {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "on" => Ok(Self(true)),
            "off" => Ok(Self(false)),
            _ => Err("expected `on` or `off`"),
        }
    }
}

/// A supported language.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tag(Language);

impl std::str::FromStr for Tag {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Language::from_tag(text).map(Self).ok_or("expected en, es, fr, de or ar")
    }
}

/// An address, or none.
#[derive(Debug, Clone)]
pub(crate) struct ReplyTo(Option<String>);

impl std::str::FromStr for ReplyTo {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "none" => Ok(Self(None)),
            _ => mail::address(text)
                .map(|address| Self(Some(address.to_string())))
                .map_err(|error| format!("expected a mail address, or `none`: {error}")),
        }
    }
}

/// A limit for the tenant, or none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Exception(Option<u64>);

impl std::str::FromStr for Exception {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "plan" => Ok(Self(None)),
            _ => text
                .parse()
                .map(|number| Self(Some(number)))
                .map_err(|_| "expected a whole number, or `plan`"),
        }
    }
}

/// Runs the command.
pub(crate) async fn run(config: &Config, command: Command, form: Form) -> Result<ExitCode> {
    let data_dir = match command {
        Command::Create { .. } => DataDir::open(&config.data_dir)?,
        Command::List | Command::Update { .. } => DataDir::existing(config)?,
    };
    let issuance = match command {
        Command::Create { .. } => deployment::open_for_first_command(config, &data_dir).await?,
        Command::List | Command::Update { .. } => deployment::open_for_command(config, &data_dir).await?,
    };
    match command {
        Command::Create { name, plan } => {
            let tenant = issuance.tenants.create_tenant(&name, plan).await?;
            record(&issuance, "tenant create", &tenant.id).await?;
            form.record(&tenant_json(&issuance, &tenant).await?)?;
        }
        Command::Update {
            id,
            name,
            plan,
            quota,
            rate,
            mails_per_day,
            confirm,
            confirm_earlier_name,
            mail,
            language,
            mail_reply_to,
            signature,
            certificate_number,
            wallet_email,
        } => {
            let update = TenantUpdate {
                name,
                plan,
                credentials_per_month: quota.map(|quota| quota.0),
                requests_per_minute: rate.map(|rate| rate.0),
                mails_per_day: mails_per_day.map(|limit| limit.0),
                confirm_face: confirm,
                earlier_name: confirm_earlier_name,
                mails: mail.map(|switch| switch.0),
                language: language.map(|tag| tag.0.tag().to_owned()),
                mail_reply_to: mail_reply_to.map(|reply_to| reply_to.0),
                signatures: signatures(signature)?,
                certificate_number: certificate_number.map(|switch| switch.0),
                wallet_email: wallet_email.map(|switch| switch.0),
            };
            let tenant = issuance.tenants.update_tenant(&id, update).await?;
            record(&issuance, "tenant update", &tenant.id).await?;
            form.record(&tenant_json(&issuance, &tenant).await?)?;
        }
        Command::List => {
            let tenants = issuance.store.list_tenants().await?;
            let mut all = Vec::with_capacity(tenants.len());
            for tenant in &tenants {
                all.push(tenant_json(&issuance, tenant).await?);
            }
            form.list(all, &COLUMNS)?;
        }
    }
    issuance.store.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn record(issuance: &Issuance, command: &'static str, id: &TenantId) -> Result<()> {
    let subjects = vec![id.to_string()];
    operator_log::record(&issuance.store, OperatorCommand { command, tenant_id: Some(id), subjects }).await
}

/// Returns a tenant as commands print it. `unconfirmed_since` is the time of the tenant's own change that waits for the
/// operator, and `confirmed` is what its live pages show until then. `confirmed_names` are all the names that were ever confirmed.
async fn tenant_json(issuance: &Issuance, tenant: &Tenant) -> Result<Value> {
    let limits = issuance.plans.limits(tenant);
    let branding = issuance.store.get_branding(&tenant.id).await?;
    let mail = issuance.store.get_mail_settings(&tenant.id).await?;
    let url = |logo: &Option<NamedLogo>| logo.as_ref().map(|logo| logo.url.clone());
    let confirmed = branding.confirmed.as_ref().map(|shown| {
        json!({ "issuer_name": shown.issuer_name, "accent_color": shown.accent_color, "logo": shown.logo_hash })
    });
    Ok(json!({
        "id": tenant.id,
        "name": tenant.name,
        "did": issuer_did(&issuance.host, tenant, &branding),
        "plan": tenant.plan.as_str(),
        "credentials_per_month": limits.credentials_per_month,
        "requests_per_minute": limits.requests_per_minute,
        "mails_per_day": limits.mails_per_day,
        "created_at": iso8601(tenant.created_at),
        "awarding_body": {
            "name": branding.awarding_body_name,
            "url": branding.awarding_body_url,
            "logo_url": url(&branding.awarding_body_logo),
        },
        "verify_page_branding": { "accent_color": branding.accent_color, "logo_url": url(&branding.page_logo) },
        "certificate": {
            "signatures": branding.certificate.signatures.iter().map(|signature| json!({
                "name": signature.name, "title": signature.title, "image_url": url(&signature.image),
            })).collect::<Vec<_>>(),
            "number": branding.certificate.shows_number,
        },
        "mail": {
            "on": mail.off_since.is_none(),
            "on_in_live": mail.off_since.is_none() && mail.live_since.is_some(),
            "language": mail.language.as_deref().unwrap_or(Language::default().tag()),
            "reply_to": mail.reply_to,
        },
        "unconfirmed_since": branding.changed_at.map(iso8601),
        "confirmed": confirmed,
        "confirmed_names": issuance.store.list_confirmed_names(&tenant.id).await?,
    }))
}
