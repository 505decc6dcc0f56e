//! Members: the people who sign in to the console, what they may do, their links and their sessions.

pub(crate) mod email;
pub(crate) mod granted_by;
pub(crate) mod identity;
pub(crate) mod link;
pub(crate) mod member;
pub(crate) mod membership;
pub(crate) mod role;
pub(crate) mod session;
pub(crate) mod sign_in_attempt;
pub(crate) mod sign_in_windows;
pub(crate) mod token;

pub use email::{Email, EmailError};
pub use granted_by::GrantedBy;
pub use identity::MemberIdentity;
pub use link::{LinkPurpose, MemberLink};
pub use member::Member;
pub use membership::{MemberRole, Membership, TenantMember};
pub use role::{Role, RoleError};
pub use session::MemberSession;
pub use sign_in_attempt::SignInAttempt;
pub use token::{Token, TokenHash};
