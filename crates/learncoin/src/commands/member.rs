//! `learncoin member`: the people who sign in to the console. Works beside a running server, which sees a change at once.

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{ArgGroup, Subcommand};
use learncoin_console::accounts::{Grant, LastOwner, MemberAccounts};
use learncoin_console::invitations::{InvitationOutcome, invite};
use learncoin_console::sign_in::{LINK_MS, create_link};
use learncoin_delivery::mail::MailFolder;
use learncoin_delivery::mail::member_mail::MemberMailer;
use learncoin_issuance::Issuance;
use learncoin_issuance::time::iso8601;
use learncoin_language::Language;
use learncoin_store::id::TenantId;
use learncoin_store::members::{Email, Member, Role};
use serde_json::{Value, json};

use crate::config::Config;
use crate::data_dir::DataDir;
use crate::deployment;
use crate::mail;
use crate::operator_log::{self, OperatorCommand};
use crate::output::{self, Form};
use crate::table::Column;

const COLUMNS: [Column; 5] = [
    ("ID", "/id"),
    ("E-MAIL", "/email"),
    ("OPERATOR", "/operator"),
    ("ROLES", "/roles"),
    ("ADDED", "/created_at"),
];

/// The commands on members.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Add a person to a tenant, or as an operator; or give a member another role
    #[command(group = ArgGroup::new("what").required(true).multiple(true).args(["tenant", "operator"]))]
    Add {
        /// The person's mail address
        email: Email,
        /// The tenant's id, tnt_…
        #[arg(long, value_name = "ID", requires = "role")]
        tenant: Option<TenantId>,
        /// owner, issuer or auditor
        #[arg(long, requires = "tenant")]
        role: Option<Role>,
        /// An operator: all tenants, plans and signing keys
        #[arg(long)]
        operator: bool,
        /// Mail them an invitation, which leads to the page that signs in. A member who has the role already gets one too
        #[arg(long)]
        invite: bool,
    },
    /// List the members, of one tenant or all
    List {
        /// The tenant's id, tnt_…
        #[arg(long, value_name = "ID")]
        tenant: Option<TenantId>,
    },
    /// Change a member's role in a tenant
    Role {
        /// The member's mail address
        email: Email,
        /// The tenant's id, tnt_…
        #[arg(long, value_name = "ID")]
        tenant: TenantId,
        /// owner, issuer or auditor
        #[arg(long)]
        role: Role,
    },
    /// Remove a member from a tenant, or for good. The sessions of one who is gone end at once. Without --yes it only reports what
    /// would be removed
    Remove {
        /// The member's mail address
        email: Email,
        /// The tenant's id, tnt_…; without it, the member goes for good
        #[arg(long, value_name = "ID")]
        tenant: Option<TenantId>,
        /// Do it
        #[arg(long)]
        yes: bool,
    },
    /// Print a link that signs a member in, once, within 15 minutes. Hand it over in a way that you trust
    Link {
        /// The member's mail address
        email: Email,
    },
}

/// Runs the command.
pub(crate) async fn run(config: &Config, command: Command, form: Form) -> Result<ExitCode> {
    let data_dir = DataDir::existing(config)?;
    let issuance = deployment::open_for_command(config, &data_dir).await?;
    let accounts = MemberAccounts {
        store: issuance.store.clone(),
        clock: issuance.clock.clone(),
        entropy: issuance.entropy.clone(),
    };
    match command {
        Command::Add { email, tenant, role, operator, invite: is_invited } => {
            let in_tenant = tenant.zip(role).map(|(tenant, role)| Grant::Tenant(tenant, role));
            let grants: Vec<Grant> =
                in_tenant.into_iter().chain(operator.then_some(Grant::Operator)).collect();
            for grant in &grants {
                let member = accounts.add(&email, grant, LastOwner::MayGo).await?.member;
                let tenant = match grant {
                    Grant::Tenant(tenant, _) => Some(tenant),
                    Grant::Operator => None,
                };
                record(&issuance, "member add", tenant, &member).await?;
            }
            let member = known(&issuance, &email).await?;
            let mut added = member_json(&issuance, &member).await?;
            if let Some(grant) = grants.first().filter(|_| is_invited) {
                let outcome = send_invitation(config, &data_dir, &issuance, &member, grant).await?;
                if let Value::Object(fields) = &mut added {
                    fields.insert("invitation".to_owned(), outcome.into());
                }
            }
            form.record(&added)?;
        }
        Command::List { tenant } => form.list(list(&issuance, tenant.as_ref()).await?, &COLUMNS)?,
        Command::Role { email, tenant, role } => {
            let member = known(&issuance, &email).await?;
            accounts.set_role(&member.id, &tenant, role, LastOwner::MayGo).await?;
            record(&issuance, "member role", Some(&tenant), &member).await?;
            form.record(&member_json(&issuance, &member).await?)?;
        }
        Command::Remove { email, tenant, yes } => {
            let member = known(&issuance, &email).await?;
            if !yes {
                let from =
                    tenant.as_ref().map_or("for good, with every role".to_owned(), |id| format!("from {id}"));
                output::message(&format!(
                    "The member {} would be removed {from}. Repeat the command with --yes to do it",
                    member.id
                ));
                issuance.store.close().await;
                return Ok(ExitCode::FAILURE);
            }
            match &tenant {
                Some(tenant) => accounts.remove_from_tenant(&member.id, tenant, LastOwner::MayGo).await?,
                None => accounts.remove(&member.id).await?,
            }
            record(&issuance, "member remove", tenant.as_ref(), &member).await?;
            form.record(&json!({ "id": member.id, "removed": true }))?;
        }
        Command::Link { email } => {
            let member = known(&issuance, &email).await?;
            let now = issuance.clock.now_ms();
            let token =
                create_link(&issuance.store, &*issuance.clock, &*issuance.entropy, &member.id, None).await?;
            record(&issuance, "member link", None, &member).await?;
            form.record(&json!({
                "id": member.id,
                "link": format!("{}/console/link/{}", issuance.host.origin(), token.expose()),
                "works_until": iso8601(now.saturating_add(LINK_MS)),
            }))?;
        }
    }
    issuance.store.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Mails an invitation, in the language of the tenant's mails. Returns the fate of it.
async fn send_invitation(
    config: &Config,
    data_dir: &DataDir,
    issuance: &Issuance,
    member: &Member,
    grant: &Grant,
) -> Result<&'static str> {
    let folder = MailFolder::new(data_dir.mails());
    let way_out = mail::way_out(&config.mail, issuance, &folder, &config.brand.open()?)?;
    let mailer = way_out.map(|(sender, transport)| MemberMailer { sender, transport });
    Ok(match invite(issuance, mailer.as_ref(), member, grant, Language::English).await {
        InvitationOutcome::Mailed => "mailed",
        InvitationOutcome::NotMailed => "not mailed",
        InvitationOutcome::Off => "off",
    })
}

/// Records a change of a member in the audit log, which names the member's id and never the address.
async fn record(
    issuance: &Issuance,
    command: &'static str,
    tenant_id: Option<&TenantId>,
    member: &Member,
) -> Result<()> {
    let change = OperatorCommand { command, tenant_id, subjects: vec![member.id.to_string()] };
    operator_log::record(&issuance.store, change).await
}

async fn known(issuance: &Issuance, email: &Email) -> Result<Member> {
    match issuance.store.find_member_by_email(email).await? {
        Some(member) => Ok(member),
        None => bail!("no member has this address: `learncoin member add` adds one"),
    }
}

async fn list(issuance: &Issuance, tenant: Option<&TenantId>) -> Result<Vec<Value>> {
    let members: Vec<Member> = match tenant {
        Some(tenant) => {
            if issuance.store.find_tenant(tenant).await?.is_none() {
                bail!("no tenant has the id {tenant}");
            }
            issuance.store.list_tenant_members(tenant).await?.into_iter().map(|one| one.member).collect()
        }
        None => issuance.store.list_members().await?,
    };
    let mut list = Vec::with_capacity(members.len());
    for member in &members {
        list.push(member_json(issuance, member).await?);
    }
    Ok(list)
}

async fn member_json(issuance: &Issuance, member: &Member) -> Result<Value> {
    let memberships = issuance.store.list_memberships(&member.id).await?;
    let roles: Vec<String> =
        memberships.iter().map(|one| format!("{}:{}", one.tenant_id, one.role)).collect();
    Ok(json!({
        "id": member.id,
        "email": member.email.as_str(),
        "operator": member.is_operator(),
        "roles": roles,
        "created_at": iso8601(member.created_at),
    }))
}
