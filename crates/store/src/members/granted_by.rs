//! The one who granted a right.

/// The one who granted a right to a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantedBy {
    /// A person: an owner, an operator, a command.
    Hand,
    /// A group that the member is in at the identity provider. It is taken away when the member leaves the group.
    Groups,
}

impl GrantedBy {
    /// Returns the value in the database.
    pub(crate) fn as_column(self) -> i64 {
        match self {
            GrantedBy::Hand => 0,
            GrantedBy::Groups => 1,
        }
    }

    /// Returns the one that a value in the database names.
    pub(crate) fn of_column(value: i64) -> Self {
        if value == GrantedBy::Groups.as_column() { GrantedBy::Groups } else { GrantedBy::Hand }
    }
}
