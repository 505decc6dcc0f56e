//! The parts that the console's pages share with the public ones: headers, languages, times, and what is recorded of a request.
//!
//! `templates/` is shared too: the console's templates extend `base.html` and use `macros.html`, and its pages load `/assets/page.css`.

pub use crate::middleware::boundary::{RequestRecord, Subject};
pub use crate::middleware::client_address::{ClientAddress, client_network};
pub use crate::public::cross_origin::revalidated;
pub use crate::public::preferred_language::{PreferredLanguage, chosen};
pub use crate::public::response::{HoldsSecrets, apology, page};
pub use crate::public::time::{When, from_ms};

/// The deployment's name and mark, for templates.
pub mod brand {
    pub use crate::public::brand::{mark, mark_type, name};
}
