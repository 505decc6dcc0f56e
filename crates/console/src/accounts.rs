//! Members: the rules of adding, changing and removing people, for the console and for `learncoin member`.

use std::sync::Arc;

use learncoin_store::clock::{Clock, Entropy};
use learncoin_store::id::{MemberId, TenantId};
use learncoin_store::members::{Email, GrantedBy, Member, Role};
use learncoin_store::{Error as StoreError, Store, WriteTx};

/// A right of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grant {
    /// A role in a tenant.
    Tenant(TenantId, Role),
    /// The operation of the deployment.
    Operator,
}

/// The reason why a member was not changed. Nothing was stored.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// No tenant has this id.
    #[error("no tenant has the id {0}")]
    NoTenant(TenantId),
    /// There is no such member.
    #[error("there is no such member")]
    NoMember,
    /// The tenant would be left without an owner.
    #[error("the tenant needs another owner first")]
    LastOwner,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether the last owner of a tenant may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastOwner {
    /// A member acts, who can't leave the tenant to no one.
    Stays,
    /// An operator acts, who can add another one.
    MayGo,
}

/// A member who was added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddedMember {
    /// The member.
    pub member: Member,
    /// Whether they had a role in the tenant, which is replaced.
    pub had_role: bool,
}

/// Adds, changes and removes members.
#[derive(Clone)]
pub struct MemberAccounts {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The randomness.
    pub entropy: Arc<dyn Entropy>,
}

impl MemberAccounts {
    /// Adds a role to a person, and adds them as a member if they are none. A role that they had in the tenant is replaced.
    ///
    /// # Errors
    /// See [`AccountError`].
    pub async fn add(
        &self,
        email: &Email,
        grant: &Grant,
        last_owner: LastOwner,
    ) -> Result<AddedMember, AccountError> {
        let mut tx = match grant {
            Grant::Tenant(tenant_id, _) => self.store.begin_for(tenant_id).await?,
            Grant::Operator => self.store.begin().await?,
        };
        let now = self.clock.now_ms();
        let mut member = match tx.find_member_by_email(email).await? {
            Some(member) => member,
            None => {
                let member = Member {
                    id: MemberId::generate(&*self.clock, &*self.entropy),
                    email: email.clone(),
                    created_at: now,
                    operator_since: None,
                };
                tx.insert_member(&member, &*self.entropy).await?;
                member
            }
        };
        let mut had_role = false;
        match grant {
            Grant::Tenant(tenant_id, role) => {
                if tx.find_tenant(tenant_id).await?.is_none() {
                    return Err(AccountError::NoTenant(tenant_id.clone()));
                }
                let current = tx.hold_role(&member.id, tenant_id).await?;
                if current == Some(Role::Owner) && *role != Role::Owner {
                    keep_an_owner(&mut tx, &member.id, tenant_id, last_owner).await?;
                }
                had_role = current.is_some();
                tx.put_membership(&member.id, tenant_id, *role, GrantedBy::Hand, now).await?;
            }
            Grant::Operator => {
                // Also one whom groups had made an operator stays one from now on.
                member.operator_since = member.operator_since.or(Some(now));
                tx.set_operator(&member.id, member.operator_since, GrantedBy::Hand).await?;
            }
        }
        tx.commit().await?;
        Ok(AddedMember { member, had_role })
    }

    /// Changes a member's role in a tenant.
    ///
    /// # Errors
    /// See [`AccountError`].
    pub async fn set_role(
        &self,
        member_id: &MemberId,
        tenant_id: &TenantId,
        role: Role,
        last_owner: LastOwner,
    ) -> Result<(), AccountError> {
        let mut tx = self.store.begin_for(tenant_id).await?;
        let current = tx.hold_role(member_id, tenant_id).await?.ok_or(AccountError::NoMember)?;
        if current == Role::Owner && role != Role::Owner {
            keep_an_owner(&mut tx, member_id, tenant_id, last_owner).await?;
        }
        tx.put_membership(member_id, tenant_id, role, GrantedBy::Hand, self.clock.now_ms()).await?;
        Ok(tx.commit().await?)
    }

    /// Takes a member out of a tenant. A member who belongs to no tenant then, and is no operator, is deleted, and their sessions
    /// end at once.
    ///
    /// # Errors
    /// See [`AccountError`].
    pub async fn remove_from_tenant(
        &self,
        member_id: &MemberId,
        tenant_id: &TenantId,
        last_owner: LastOwner,
    ) -> Result<(), AccountError> {
        let mut tx = self.store.begin_for(tenant_id).await?;
        let member = tx.hold_member(member_id).await?.ok_or(AccountError::NoMember)?;
        let role = tx.hold_role(member_id, tenant_id).await?.ok_or(AccountError::NoMember)?;
        if role == Role::Owner {
            keep_an_owner(&mut tx, member_id, tenant_id, last_owner).await?;
        }
        tx.delete_membership(member_id, tenant_id).await?;
        if !member.is_operator() && !tx.has_memberships(member_id).await? {
            tx.delete_member(member_id).await?;
        }
        tx.commit().await?;
        self.store.scrub().await?;
        Ok(())
    }

    /// Deletes a member with every role. Their sessions end at once.
    ///
    /// # Errors
    /// See [`AccountError`].
    pub async fn remove(&self, member_id: &MemberId) -> Result<(), AccountError> {
        let mut tx = self.store.begin().await?;
        if !tx.delete_member(member_id).await? {
            return Err(AccountError::NoMember);
        }
        tx.commit().await?;
        self.store.scrub().await?;
        Ok(())
    }
}

/// Checks that a tenant has an owner without this one, unless the last owner may go.
async fn keep_an_owner(
    tx: &mut WriteTx,
    member_id: &MemberId,
    tenant_id: &TenantId,
    last_owner: LastOwner,
) -> Result<(), AccountError> {
    if last_owner == LastOwner::Stays && !tx.has_other_owner(tenant_id, member_id).await? {
        return Err(AccountError::LastOwner);
    }
    Ok(())
}
