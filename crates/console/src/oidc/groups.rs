//! The rights that groups at the provider grant.

use std::collections::BTreeMap;

use learncoin_store::id::TenantId;
use learncoin_store::members::Role;

/// The right that makes an operator.
const OPERATOR: &str = "operator";

/// The rights that groups grant, as the operator's settings list them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupRoles(Vec<(String, GroupRight)>);

/// A right that a group grants.
#[derive(Debug, Clone, PartialEq, Eq)]
enum GroupRight {
    Operator,
    Tenant(TenantId, Role),
}

/// A text that maps no group to a right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?}: expected GROUP=operator or GROUP=TENANT:ROLE, such as registrars=tnt_01…:issuer")]
pub struct GroupRolesError(String);

/// The rights that a person has by their groups.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct GroupGrants {
    /// Whether they are an operator.
    pub(super) operator: bool,
    /// Their role in each tenant: the one that may do most.
    pub(super) roles: BTreeMap<String, (TenantId, Role)>,
}

impl GroupRoles {
    /// Parses the settings, a text for each group and right. A group's name may contain `=`.
    ///
    /// # Errors
    /// [`GroupRolesError`], which repeats the text.
    pub fn parse(texts: &[String]) -> Result<Self, GroupRolesError> {
        texts
            .iter()
            .map(|text| parse_one(text).ok_or_else(|| GroupRolesError(text.clone())))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Returns whether no group grants anything.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the rights of a person in these groups.
    pub(super) fn grants(&self, groups: &[String]) -> GroupGrants {
        let mut grants = GroupGrants::default();
        for (_, right) in self.0.iter().filter(|(group, _)| groups.contains(group)) {
            match right {
                GroupRight::Operator => grants.operator = true,
                GroupRight::Tenant(tenant_id, role) => {
                    let known = grants.roles.entry(tenant_id.to_string());
                    let known = known.or_insert_with(|| (tenant_id.clone(), *role));
                    known.1 = known.1.max(*role);
                }
            }
        }
        grants
    }
}

impl GroupGrants {
    /// Returns whether they grant nothing.
    pub(super) fn is_empty(&self) -> bool {
        !self.operator && self.roles.is_empty()
    }
}

fn parse_one(text: &str) -> Option<(String, GroupRight)> {
    let (group, right) = text.rsplit_once('=')?;
    let (group, right) = (group.trim(), right.trim());
    if group.is_empty() {
        return None;
    }
    let right = match right.split_once(':') {
        None if right == OPERATOR => GroupRight::Operator,
        None => return None,
        Some((tenant_id, role)) => GroupRight::Tenant(tenant_id.parse().ok()?, role.parse().ok()?),
    };
    Some((group.to_owned(), right))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: &str = "tnt_01KPX3C6PJZZZZZZZZZZZZZZZZ";

    #[test]
    fn a_person_has_the_role_that_may_do_most_of_all_their_groups() {
        let texts = [
            "it=operator".to_owned(),
            format!("staff={TENANT}:auditor"),
            format!("cn=registrars,dc=example={TENANT}:owner"),
        ];
        let roles = GroupRoles::parse(&texts).unwrap();
        let grants = |groups: &[&str]| {
            roles.grants(&groups.iter().map(|group| (*group).to_owned()).collect::<Vec<_>>())
        };
        assert!(grants(&[]).is_empty() && grants(&["other"]).is_empty());
        assert!(grants(&["it"]).operator && grants(&["it"]).roles.is_empty());
        let role = |groups: &[&str]| grants(groups).roles.get(TENANT).map(|(_, role)| *role);
        assert_eq!(role(&["staff"]), Some(Role::Auditor));
        assert_eq!(role(&["cn=registrars,dc=example", "staff"]), Some(Role::Owner));
        assert_eq!(role(&["staff", "cn=registrars,dc=example"]), Some(Role::Owner));
    }

    #[test]
    fn what_maps_no_group_to_a_right_is_refused() {
        for text in ["", "it", "=operator", "it=owner", "it=tnt_1:owner", "it=operator:owner"] {
            assert!(GroupRoles::parse(&[text.to_owned()]).is_err(), "{text}");
        }
        assert!(GroupRoles::parse(&[format!("it={TENANT}:operator")]).is_err());
    }
}
