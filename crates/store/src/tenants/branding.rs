//! A tenant's branding: how it appears on its credentials and pages, and under which DID.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::database::sql::{self, Executor, Record, Row, exactly_one};
use crate::database::store::{Store, WriteTx};
use crate::error::Result;
use crate::id::TenantId;
use crate::scope::Environment;
use crate::tenants::tenant::{self, Plan, Tenant};

/// The branding that a tenant set for itself. `None`: it never set the value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Branding {
    /// The name of the body that awards its credentials.
    pub awarding_body_name: Option<String>,
    /// That body's site.
    pub awarding_body_url: Option<String>,
    /// That body's logo.
    pub awarding_body_logo: Option<NamedLogo>,
    /// `#RRGGBB`, for the verification page.
    pub accent_color: Option<String>,
    /// The logo on the verification page.
    pub page_logo: Option<NamedLogo>,
    /// The additions to its certificates.
    pub certificate: CertificateBranding,
    /// A DID of its own, under which new credentials are issued while the plan includes that.
    pub own_did: Option<String>,
    /// When the tenant last changed itself what a page shows, in milliseconds since 1970; `None` once the operator
    /// confirmed it.
    pub changed_at: Option<i64>,
    /// The branding that the operator confirmed last, while the tenant's own change waits for that.
    pub confirmed: Option<PublicBranding>,
}

/// The additions of a tenant to its certificates.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CertificateBranding {
    /// The persons who sign: two at most.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub signatures: Vec<NamedSignature>,
    /// Whether a certificate shows its number.
    #[serde(default)]
    pub shows_number: bool,
}

/// A signature as its tenant named it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedSignature {
    /// The name of the person who signs.
    pub name: String,
    /// The person's office.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub title: Option<String>,
    /// The picture of the signature.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub image: Option<NamedLogo>,
}

impl CertificateBranding {
    /// Returns whether it adds nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns it as it is stored: nothing, if it adds nothing.
    fn to_text(&self) -> Option<String> {
        (!self.is_empty()).then(|| json!(self).to_string())
    }

    fn logo_hashes(&self) -> impl Iterator<Item = &String> {
        self.signatures.iter().filter_map(|signature| signature.image.as_ref()).map(|image| &image.hash)
    }
}

/// A logo as its tenant named it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedLogo {
    /// The URL that it was fetched from.
    pub url: String,
    /// The hash under which it is kept.
    pub hash: String,
}

/// The part of a branding that a page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicBranding {
    /// The issuer's name on new credentials.
    pub issuer_name: String,
    /// `#RRGGBB`.
    pub accent_color: Option<String>,
    /// The hash of the logo.
    pub logo_hash: Option<String>,
    /// The additions of the tenant to its certificates.
    pub certificate: CertificateBranding,
}

impl Branding {
    /// Returns the issuer's name on new credentials of a tenant with this display name.
    pub fn issuer_name<'n>(&'n self, display_name: &'n str) -> &'n str {
        self.awarding_body_name.as_deref().unwrap_or(display_name)
    }

    /// Returns what a page shows of a tenant with this display name, confirmed or not. The awarding body's logo takes the place of
    /// a missing logo of the page.
    pub fn public_branding(&self, display_name: &str) -> PublicBranding {
        let logo = self.page_logo.as_ref().or(self.awarding_body_logo.as_ref());
        PublicBranding {
            issuer_name: self.issuer_name(display_name).to_owned(),
            accent_color: self.accent_color.clone(),
            logo_hash: logo.map(|logo| logo.hash.clone()),
            certificate: self.certificate.clone(),
        }
    }

    /// Returns what a page may show of a tenant with this display name: in live what the operator confirmed last, in test the
    /// tenant's own settings.
    pub fn effective_branding(&self, environment: Environment, display_name: &str) -> PublicBranding {
        match (environment, &self.confirmed) {
            (Environment::Live, Some(confirmed)) => confirmed.clone(),
            (Environment::Live, None) | (Environment::Test, _) => self.public_branding(display_name),
        }
    }

    /// Returns the hashes of every logo that must be kept for it.
    pub(crate) fn logo_hashes(&self) -> impl Iterator<Item = &str> {
        let named = [&self.awarding_body_logo, &self.page_logo].into_iter().flatten().map(|logo| &logo.hash);
        let confirmed =
            self.confirmed.as_ref().and_then(|public_branding| public_branding.logo_hash.as_ref());
        let signatures = [Some(&self.certificate), self.confirmed.as_ref().map(|shown| &shown.certificate)];
        let signatures = signatures.into_iter().flatten().flat_map(CertificateBranding::logo_hashes);
        named.chain(confirmed).chain(signatures).map(String::as_str)
    }

    /// Returns the DID of its own that a tenant on this plan issues under. After a downgrade there is none, though the tenant
    /// had named one; after an upgrade it is back.
    pub fn own_did_on(&self, plan: Plan) -> Option<&str> {
        self.own_did.as_deref().filter(|_| plan.allows_own_did())
    }
}

const COLUMNS: &str = "id, awarding_body_name, awarding_body_url, awarding_body_logo_url, awarding_body_logo_hash, \
     accent_color, page_logo_url, page_logo_hash, own_did, branding_changed_at, confirmed_name, confirmed_accent_color, \
     confirmed_logo_hash, certificate, confirmed_certificate";

fn branding(row: &Row) -> Result<Branding> {
    let record = Record { table: "tenants", row };
    let logo = |url, hash| -> Result<Option<NamedLogo>> {
        let (url, hash) = (record.maybe_text(url)?, record.maybe_text(hash)?);
        Ok(url.zip(hash).map(|(url, hash)| NamedLogo { url, hash }))
    };
    let certificate = |column| -> Result<CertificateBranding> {
        let Some(text) = record.maybe_text(column)? else { return Ok(CertificateBranding::default()) };
        serde_json::from_str(&text).map_err(|_| record.unreadable(column))
    };
    let confirmed = match record.maybe_text("confirmed_name")? {
        Some(issuer_name) => Some(PublicBranding {
            issuer_name,
            accent_color: record.maybe_text("confirmed_accent_color")?,
            logo_hash: record.maybe_text("confirmed_logo_hash")?,
            certificate: certificate("confirmed_certificate")?,
        }),
        None => None,
    };
    Ok(Branding {
        awarding_body_name: record.maybe_text("awarding_body_name")?,
        awarding_body_url: record.maybe_text("awarding_body_url")?,
        awarding_body_logo: logo("awarding_body_logo_url", "awarding_body_logo_hash")?,
        accent_color: record.maybe_text("accent_color")?,
        page_logo: logo("page_logo_url", "page_logo_hash")?,
        certificate: certificate("certificate")?,
        own_did: record.maybe_text("own_did")?,
        changed_at: record.maybe_int("branding_changed_at")?,
        confirmed,
    })
}

async fn get(executor: impl Executor, id: &TenantId) -> Result<Branding> {
    let row = sql::query(format!("SELECT {COLUMNS} FROM tenants WHERE id = $1"))
        .bind(id.as_str())
        .fetch_one(executor)
        .await?;
    branding(&row)
}

impl Store {
    /// Returns the tenant's branding.
    pub async fn get_branding(&self, id: &TenantId) -> Result<Branding> {
        get(&self.pool, id).await
    }

    /// Returns the tenant with this id, with its branding.
    pub async fn find_branded_tenant(&self, id: &TenantId) -> Result<Option<(Tenant, Branding)>> {
        let sql = format!("SELECT {}, {COLUMNS} FROM tenants WHERE id = $1", tenant::COLUMNS);
        let found = sql::query(sql).bind(id.as_str()).fetch_optional(&self.pool).await?;
        let Some(mut row) = found else { return Ok(None) };
        let of_branding = row.split_off(tenant::COLUMNS);
        Ok(Some((tenant::tenant(&row)?, branding(&of_branding)?)))
    }

    /// Returns whether a name that the tenant signed counts as confirmed: it is one that the operator has confirmed, now or
    /// earlier. In test the tenant's current name counts too.
    pub async fn is_confirmed_name(
        &self,
        environment: Environment,
        tenant: &Tenant,
        branding: &Branding,
        name: &str,
    ) -> Result<bool> {
        let current = branding.effective_branding(environment, &tenant.name).issuer_name;
        Ok(current == name || self.was_name_confirmed(&tenant.id, name).await?)
    }
}

impl WriteTx {
    /// Returns the tenant's branding as this transaction sees it.
    pub async fn get_branding(&mut self, id: &TenantId) -> Result<Branding> {
        get(self.connection(), id).await
    }

    /// Writes the tenant's display name and branding, in place of `old`. Logos that it no longer shows are not kept.
    pub async fn put_branding(
        &mut self,
        id: &TenantId,
        name: &str,
        old: &Branding,
        branding: &Branding,
    ) -> Result<()> {
        let url = |logo: &Option<NamedLogo>| logo.as_ref().map(|logo| logo.url.clone());
        let hash = |logo: &Option<NamedLogo>| logo.as_ref().map(|logo| logo.hash.clone());
        let confirmed = branding.confirmed.as_ref();
        let done = sql::query(
            "UPDATE tenants SET name = $2, awarding_body_name = $3, awarding_body_url = $4,
                    awarding_body_logo_url = $5, awarding_body_logo_hash = $6, accent_color = $7, page_logo_url = $8,
                    page_logo_hash = $9, own_did = $10, branding_changed_at = $11, confirmed_name = $12,
                    confirmed_accent_color = $13, confirmed_logo_hash = $14, certificate = $15, confirmed_certificate = $16
             WHERE id = $1",
        )
        .bind(id.as_str())
        .bind(name)
        .bind(&branding.awarding_body_name)
        .bind(&branding.awarding_body_url)
        .bind(url(&branding.awarding_body_logo))
        .bind(hash(&branding.awarding_body_logo))
        .bind(&branding.accent_color)
        .bind(url(&branding.page_logo))
        .bind(hash(&branding.page_logo))
        .bind(&branding.own_did)
        .bind(branding.changed_at)
        .bind(confirmed.map(|public_branding| public_branding.issuer_name.clone()))
        .bind(confirmed.and_then(|public_branding| public_branding.accent_color.clone()))
        .bind(confirmed.and_then(|public_branding| public_branding.logo_hash.clone()))
        .bind(branding.certificate.to_text())
        .bind(confirmed.and_then(|public_branding| public_branding.certificate.to_text()))
        .execute(self.connection())
        .await?;
        exactly_one(done.rows_affected(), "the tenant")?;
        for hash in old.logo_hashes() {
            self.release_logo(hash).await?;
        }
        Ok(())
    }
}
