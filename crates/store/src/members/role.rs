//! The role of a member in a tenant.

use std::fmt;
use std::str::FromStr;

/// The rights of a member in a tenant. Each role may do what those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Reads.
    Auditor,
    /// Issues, revokes and erases.
    Issuer,
    /// Manages keys, webhooks, branding and members.
    Owner,
}

/// None of the roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected `owner`, `issuer` or `auditor`")]
pub struct RoleError;

impl Role {
    /// Every role, the one that may do least first.
    pub const ALL: [Role; 3] = [Role::Auditor, Role::Issuer, Role::Owner];

    /// Returns the role's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Auditor => "auditor",
            Role::Issuer => "issuer",
            Role::Owner => "owner",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, RoleError> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(RoleError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_may_do_what_those_before_it_may() {
        assert!(Role::Owner > Role::Issuer && Role::Issuer > Role::Auditor);
        assert!(Role::ALL.into_iter().all(|role| role.as_str().parse() == Ok(role)));
        assert_eq!("Owner".parse::<Role>(), Err(RoleError));
    }
}
