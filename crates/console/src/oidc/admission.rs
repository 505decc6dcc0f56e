//! From a verified identity to the member whom it belongs to, and to a session.
//!
//! A known subject is its member, whatever its address is by now. An unknown one is linked, once, to the member whose address the
//! provider verified, unless that member has another identity there. Whom a group grants a right becomes a member.

use learncoin_issuance::Issuance;
use learncoin_store::WriteTx;
use learncoin_store::id::{IdentityId, MemberId, TenantId};
use learncoin_store::members::{GrantedBy, Member, MemberIdentity, Token};

use super::failure::ProviderFailure;
use super::groups::GroupGrants;
use super::identify::VerifiedIdentity;
use super::provider::IdentityProvider;
use super::secrets::FlowSecrets;
use crate::sign_in::{SignedIn, begin_session};

/// A member whom the provider signed in.
pub(crate) struct AdmittedMember {
    /// The member, with the session that began.
    pub(crate) signed_in: SignedIn,
    /// The ids of what changed: the identity if it was linked now, the tenants in which groups gave or took a role.
    pub(crate) changed: Vec<String>,
}

/// A sign-in that failed.
pub(crate) struct Refused {
    /// The reason.
    pub(crate) failure: ProviderFailure,
    /// The member who was deleted, since no group grants them anything any more.
    pub(crate) removed: Option<MemberId>,
}

impl<E: Into<ProviderFailure>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self { failure: error.into(), removed: None }
    }
}

/// The browser that comes back from the provider.
pub(crate) struct ReturningBrowser<'a> {
    /// The code that it brings.
    pub(crate) code: &'a str,
    /// The secret with which the provider sent it back.
    pub(crate) state: &'a Token,
    /// The secret of the browser.
    pub(crate) browser: &'a Token,
    /// The session that it has.
    pub(crate) earlier: Option<&'a SignedIn>,
    /// Its name.
    pub(crate) agent: &'a str,
}

/// Signs in the person whom the provider vouches for.
pub(crate) async fn admit(
    provider: &IdentityProvider,
    issuance: &Issuance,
    returning: &ReturningBrowser<'_>,
) -> Result<AdmittedMember, Refused> {
    let Issuance { store, clock, entropy, .. } = issuance;
    let secrets = FlowSecrets::of(returning.state, returning.browser);
    let identity = provider.identify(returning.code, &secrets, clock.now_ms()).await?;
    let grants = provider.options.groups.grants(&identity.groups);
    let mut tx = store.begin().await?;
    let FoundMember { mut member, linked, is_new } = member_of(&mut tx, issuance, &identity, &grants).await?;
    let mut changed: Vec<String> = linked.iter().map(ToString::to_string).collect();
    let synced = sync_grants(&mut tx, &mut member, &grants, clock.now_ms()).await?;
    let has_nothing = !member.is_operator() && !tx.has_memberships(&member.id).await?;
    if is_new && has_nothing {
        // Nothing is committed: the tenants that the groups name don't exist.
        return Err(ProviderFailure::NoMember.into());
    }
    if synced.took_any && has_nothing {
        tx.delete_member(&member.id).await?;
        tx.commit().await?;
        store.scrub().await?;
        return Err(Refused { failure: ProviderFailure::NoMember, removed: Some(member.id) });
    }
    changed.extend(synced.tenants.iter().map(ToString::to_string));
    if synced.changed_operator {
        changed.push(member.id.to_string());
    }
    let signed_in =
        begin_session(&mut tx, &**clock, &**entropy, member, returning.earlier, returning.agent).await?;
    tx.commit().await?;
    Ok(AdmittedMember { signed_in, changed })
}

/// The member to whom an identity belongs.
struct FoundMember {
    member: Member,
    /// The identity's id, if it was linked now.
    linked: Option<IdentityId>,
    /// Whether the member was added now.
    is_new: bool,
}

/// Returns the member to whom an identity belongs. One who is added now, or whose identity is linked now, is so in this transaction.
async fn member_of(
    tx: &mut WriteTx,
    issuance: &Issuance,
    identity: &VerifiedIdentity,
    grants: &GroupGrants,
) -> Result<FoundMember, ProviderFailure> {
    let (issuer, subject) = (identity.issuer.as_str(), identity.subject.as_str());
    if let Some(id) = tx.find_member_id_by_identity(issuer, subject).await? {
        let member = tx.hold_member(&id).await?.ok_or(ProviderFailure::NoMember)?;
        return Ok(FoundMember { member, linked: None, is_new: false });
    }
    let email = identity.email.as_ref().ok_or(ProviderFailure::Unverified)?;
    let (clock, entropy, now) = (&*issuance.clock, &*issuance.entropy, issuance.clock.now_ms());
    let (member, is_new) = match tx.find_member_by_email(email).await? {
        Some(found) => {
            let member = tx.hold_member(&found.id).await?.ok_or(ProviderFailure::NoMember)?;
            // The address belonged to someone else there before, or does now: it says nothing about who this is.
            if tx.has_identity(&member.id, issuer).await? {
                return Err(ProviderFailure::NoMember);
            }
            (member, false)
        }
        None if grants.is_empty() => return Err(ProviderFailure::NoMember),
        None => {
            let id = MemberId::generate(clock, entropy);
            let member = Member { id, email: email.clone(), created_at: now, operator_since: None };
            tx.insert_member(&member, entropy).await?;
            (member, true)
        }
    };
    let linked = MemberIdentity {
        id: IdentityId::generate(clock, entropy),
        issuer: issuer.to_owned(),
        member_id: member.id.clone(),
        created_at: now,
    };
    tx.insert_member_identity(&linked, subject).await?;
    Ok(FoundMember { member, linked: Some(linked.id), is_new })
}

/// The changes that keep a member's rights in step with their groups.
#[derive(Default)]
struct SyncedGrants {
    /// The tenants in which a role was given, changed or taken.
    tenants: Vec<TenantId>,
    /// Whether the member became an operator, or is none any more.
    changed_operator: bool,
    /// Whether anything was taken.
    took_any: bool,
}

/// Brings a member's rights in step with their groups: adds those that groups grant, and takes those that groups granted and don't any
/// more. A person's grants stay.
async fn sync_grants(
    tx: &mut WriteTx,
    member: &mut Member,
    grants: &GroupGrants,
    now_ms: i64,
) -> Result<SyncedGrants, ProviderFailure> {
    let mut synced = SyncedGrants::default();
    let current = tx.list_roles(&member.id).await?;
    for (tenant_id, role) in grants.roles.values() {
        match current.iter().find(|one| one.tenant_id == *tenant_id) {
            Some(one) if one.granted_by == GrantedBy::Hand || one.role == *role => continue,
            None if tx.find_tenant(tenant_id).await?.is_none() => {
                tracing::warn!(tenant.id = %tenant_id, "oidc.groups names a tenant that does not exist");
                continue;
            }
            _ => {}
        }
        tx.put_membership(&member.id, tenant_id, *role, GrantedBy::Groups, now_ms).await?;
        synced.tenants.push(tenant_id.clone());
    }
    for one in current.into_iter().filter(|one| one.granted_by == GrantedBy::Groups) {
        if grants.roles.values().all(|(tenant_id, _)| *tenant_id != one.tenant_id) {
            tx.delete_membership(&member.id, &one.tenant_id).await?;
            synced.tenants.push(one.tenant_id);
            synced.took_any = true;
        }
    }
    if grants.operator && !member.is_operator() {
        member.operator_since = Some(now_ms);
        tx.set_operator(&member.id, member.operator_since, GrantedBy::Groups).await?;
        synced.changed_operator = true;
    } else if !grants.operator && member.is_operator() && tx.is_operator_by_groups(&member.id).await? {
        member.operator_since = None;
        tx.set_operator(&member.id, None, GrantedBy::Hand).await?;
        synced.changed_operator = true;
        synced.took_any = true;
    }
    Ok(synced)
}
