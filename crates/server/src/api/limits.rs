//! The limits and enumerations of the API, which its handlers check and its description states.

pub(crate) use learncoin_credential::text::{EARLIEST_YEAR, FRAMEWORKS};
use learncoin_store::events::EventType;

/// The number of objects on a page without the parameter `limit`.
pub(crate) const DEFAULT_LIMIT: u32 = 25;

/// The most objects on a page.
pub(crate) const MAX_LIMIT: u32 = 100;

/// The longest idempotency key, in characters.
pub(crate) const MAX_IDEMPOTENCY_KEY_CHARS: usize = 255;

/// The longest reason of a revocation, in characters.
pub(crate) const MAX_REASON_CHARS: usize = 1_024;

/// The most entries of an array of evidence. An entry may have three bytes, and takes hundreds in the document.
pub(crate) const MAX_EVIDENCE: usize = 256;

/// The most faults that a dry run lists, and the most warnings.
pub(crate) const MAX_FAULTS: usize = 1_000;

/// The longest e-mail address, by the length of a path in SMTP ([RFC 5321](https://www.rfc-editor.org/rfc/rfc5321)
/// section 4.5.3.1.3).
pub(crate) const MAX_EMAIL_CHARS: usize = 254;

/// The text in place of an address in the published documentation, which is no address. It is accepted, so that the
/// documentation's own example is; no mail is sent to it.
pub(crate) const PLACEHOLDER_ADDRESS: &str = "[email protected]";

/// The type of the event that a test sends.
pub(crate) const TEST_EVENT: &str = "webhook.test";

/// Every type of event that an endpoint may ask for.
pub const EVENTS: [&str; 7] = [
    EventType::BatchCreated.as_str(),
    EventType::BatchSigned.as_str(),
    EventType::BatchAnchored.as_str(),
    EventType::BatchFailed.as_str(),
    EventType::CredentialRevoked.as_str(),
    EventType::CredentialErased.as_str(),
    TEST_EVENT,
];

/// The longest description, in characters.
pub(crate) const MAX_DESCRIPTION_CHARS: usize = 1_024;
