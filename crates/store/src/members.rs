//! Members: the people who sign in to the console, what they may do, their links and their sessions.

pub(crate) mod email;
pub(crate) mod link;
pub(crate) mod member;
pub(crate) mod membership;
pub(crate) mod role;
pub(crate) mod session;
pub(crate) mod sign_in_windows;
pub(crate) mod token;

pub use email::{Email, EmailError};
pub use link::{LinkPurpose, MemberLink};
pub use member::Member;
pub use membership::{Membership, TenantMember};
pub use role::{Role, RoleError};
pub use session::MemberSession;
pub use token::{Token, TokenHash};
