//! Identifiers: a prefix that names the kind, and a ULID in upper case.
//!
//! Each id carries 80 fresh random bits, never the next value of a monotonic generator: a credential's id is
//! the capability to see it, so one id must reveal nothing about another.

use std::fmt;
use std::str::FromStr;

use crate::clock::{Clock, Entropy, random_bytes};

/// A text that comes after every id.
pub(crate) const AFTER_EVERY_ID: &str = "~";

/// An identifier that is not of the expected form, which `expected` names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an identifier of the form {expected}")]
pub struct IdError {
    /// The form, for instance `bat_` followed by a ULID.
    pub expected: &'static str,
}

fn new_ulid(clock: &dyn Clock, entropy: &dyn Entropy) -> String {
    let random = random_bytes::<10>(entropy).iter().fold(0u128, |bits, byte| (bits << 8) | u128::from(*byte));
    let milliseconds = u64::try_from(clock.now_ms()).unwrap_or(0);
    ulid::Ulid::from_parts(milliseconds, random).to_string()
}

fn is_ulid(text: &str) -> bool {
    let crockford = |b: u8| b.is_ascii_digit() || (b.is_ascii_uppercase() && !b"ILOU".contains(&b));
    text.len() == 26 && text.bytes().all(crockford)
}

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The prefix of every id of this kind.
            pub const PREFIX: &'static str = $prefix;

            /// Creates a fresh id: the clock's milliseconds and 80 random bits.
            pub fn generate(clock: &dyn Clock, entropy: &dyn Entropy) -> Self {
                Self(format!("{}{}", $prefix, new_ulid(clock, entropy)))
            }

            /// Returns the whole id, prefix included.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Returns the ULID without the prefix.
            pub fn ulid(&self) -> &str {
                self.0.strip_prefix($prefix).unwrap_or_default()
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                match text.strip_prefix($prefix) {
                    Some(ulid) if is_ulid(ulid) => Ok(Self(text.to_owned())),
                    _ => Err(IdError { expected: concat!("`", $prefix, "` followed by a ULID in upper case") }),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
    };
}

id_type!(
    /// An anchor: a root over batches that were signed together. It is internal.
    AnchorId, "anc_"
);
id_type!(
    /// A batch: credentials that were accepted together.
    BatchId, "bat_"
);
id_type!(
    /// A credential. A person who knows it may see the credential.
    CredentialId, "crd_"
);
id_type!(
    /// A tenant: the account of a school.
    TenantId, "tnt_"
);
id_type!(
    /// An event of the outbox.
    EventId, "evt_"
);
id_type!(
    /// A webhook endpoint.
    WebhookId, "whk_"
);
id_type!(
    /// One request to the API, as its audit row, its log lines and its answer name it.
    RequestId, "req_"
);
id_type!(
    /// An API key's public name; the key itself is a secret.
    KeyId, "key_"
);

id_type!(
    /// A member: a person who signs in to the console.
    MemberId, "mbr_"
);
id_type!(
    /// A session of a member. It is no secret.
    SessionId, "ses_"
);
id_type!(
    /// An achievement that a tenant keeps and issues again.
    TemplateId, "tpl_"
);
id_type!(
    /// A spreadsheet of recipients.
    UploadId, "upl_"
);
id_type!(
    /// An identity of a member at an identity provider.
    IdentityId, "idt_"
);

impl BatchId {
    /// Returns the first id that a batch of this time, in milliseconds since 1970, may have: ids follow the time. A time that no id
    /// has becomes the nearest one.
    pub fn first_at(ms: i64) -> Self {
        let latest = (1_u64 << 48) - 1;
        let milliseconds = u64::try_from(ms).unwrap_or(0).min(latest);
        Self(format!("bat_{}", ulid::Ulid::from_parts(milliseconds, 0)))
    }
}

impl CredentialId {
    /// Returns the address of the page that shows and proves the credential, at a public URL.
    pub fn page_url(&self, public_url: &str) -> String {
        format!("{public_url}/c/{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed;
    impl Clock for Fixed {
        fn now_ms(&self) -> i64 {
            1_776_945_601_234
        }
    }
    impl Entropy for Fixed {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(0xff);
        }
    }

    #[test]
    fn an_id_is_its_prefix_and_a_ulid_of_time_and_randomness() {
        let id = BatchId::generate(&Fixed, &Fixed);
        assert_eq!(id.as_str(), "bat_01KPX3C6PJZZZZZZZZZZZZZZZZ");
        assert_eq!(id.as_str().parse::<BatchId>().unwrap(), id);
        assert_eq!(id.ulid().len(), 26);
    }

    #[test]
    fn the_ids_of_a_time_come_after_its_first_one() {
        let id = BatchId::generate(&Fixed, &Fixed);
        assert!(BatchId::first_at(1_776_945_601_234) <= id && id < BatchId::first_at(1_776_945_601_235));
        for ms in [i64::MIN, -1, 0, i64::MAX] {
            let bound = BatchId::first_at(ms);
            assert_eq!(bound.as_str().parse(), Ok(bound.clone()), "{ms}");
            assert_eq!(bound < id, ms <= 0);
        }
    }

    #[test]
    fn ids_of_another_kind_or_form_are_refused() {
        for text in [
            "",
            "bat_",
            "crd_01KPX4MRGJZZZZZZZZZZZZZZZZ",
            "bat_01kpx4mrgjzzzzzzzzzzzzzzzz",
            "bat_01KPX4MRGJZZZZZZZZZZZZZZZI",
            "bat_01KPX4MRGJZZZZZZZZZZZZZZZZZ",
            " bat_01KPX3C6PJZZZZZZZZZZZZZZZZ",
        ] {
            assert!(text.parse::<BatchId>().is_err(), "{text:?}");
        }
    }
}
