//! Cursors: where the next page of a list begins, in a form that a caller can keep but not make.
//!
//! A cursor is base64url over a small JSON text: the last id of the page before, when it was handed out, and a tag
//! over both and over the list it belongs to (tenant, environment, filter). Only the one spelling that
//! [`List::cursor_after`] writes is read.

use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use learncoin_store::deadlines::is_due;
use learncoin_store::scope::TenantScope;
use learncoin_store::seal::Sealer;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use crate::error::{ApiError, ErrorCode};

/// The lifetime of a cursor, in milliseconds.
const GOOD_FOR_MS: i64 = 24 * 60 * 60 * 1000;

/// The list that a cursor belongs to.
pub(super) struct List<'a> {
    /// Whose list.
    pub(super) scope: &'a TenantScope,
    /// Of what kind of object.
    pub(super) kind: &'static str,
    /// Under which filter; empty where there is none.
    pub(super) filter: &'a str,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    last_id: String,
    issued_at: i64,
    tag: String,
}

impl List<'_> {
    fn tag(&self, sealer: &Sealer, last_id: &str, issued_at: i64) -> [u8; 32] {
        sealer.cursor_mac(&[
            self.kind.as_bytes(),
            self.scope.tenant_id.as_str().as_bytes(),
            self.scope.environment.as_str().as_bytes(),
            self.filter.as_bytes(),
            last_id.as_bytes(),
            &issued_at.to_be_bytes(),
        ])
    }

    /// Returns the cursor of the page after `last`.
    pub(super) fn cursor_after(&self, last: &str, sealer: &Sealer, now_ms: i64) -> Result<String, ApiError> {
        let tag = BASE64.encode(self.tag(sealer, last, now_ms));
        let content = Content { last_id: last.to_owned(), issued_at: now_ms, tag };
        Ok(BASE64.encode(serde_json::to_vec(&content).map_err(ApiError::internal)?))
    }

    /// Returns the id after which the page begins.
    ///
    /// # Errors
    /// `invalid_field_format` for anything but a cursor of this very list that is younger than 24 hours.
    pub(super) fn read_cursor<Id: FromStr>(
        &self,
        cursor: &str,
        sealer: &Sealer,
        now_ms: i64,
    ) -> Result<Id, ApiError> {
        self.content(cursor, sealer, now_ms).ok_or_else(|| {
            ApiError::new(
                ErrorCode::InvalidFieldFormat,
                "cursor: expected the next_cursor of a page of the same list, with the same filter and key \
                 environment, received within the last 24 hours",
            )
        })
    }

    fn content<Id: FromStr>(&self, cursor: &str, sealer: &Sealer, now_ms: i64) -> Option<Id> {
        let content: Content = serde_json::from_slice(&BASE64.decode(cursor).ok()?).ok()?;
        let tag = self.tag(sealer, &content.last_id, content.issued_at);
        let right: bool = tag.as_slice().ct_eq(&BASE64.decode(&content.tag).ok()?).into();
        let young = !is_due(content.issued_at.saturating_add(GOOD_FOR_MS), now_ms, GOOD_FOR_MS);
        let only_spelling = BASE64.encode(serde_json::to_vec(&content).ok()?) == cursor;
        if right && young && only_spelling { content.last_id.parse().ok() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use learncoin_store::id::BatchId;
    use learncoin_store::scope::Environment;
    use learncoin_store::seal::MasterKey;

    use super::*;

    const NOW: i64 = 1_776_945_601_234;

    fn scope(tenant: char, environment: Environment) -> TenantScope {
        let tenant_id = format!("tnt_01KPX4MRGJZZZZZZZZZZZZZZZ{tenant}").parse().unwrap();
        TenantScope { tenant_id, environment }
    }

    fn sealer(byte: u8) -> Sealer {
        Sealer::new(&MasterKey::from_bytes([byte; 32]))
    }

    fn batch_id() -> BatchId {
        "bat_01KPX4MRGJZZZZZZZZZZZZZZZZ".parse().unwrap()
    }

    #[test]
    fn a_cursor_opens_for_its_own_list_for_a_day() {
        let own = scope('A', Environment::Test);
        let list = List { scope: &own, kind: "batches", filter: "failed" };
        let cursor = list.cursor_after(batch_id().as_str(), &sealer(1), NOW).unwrap();
        assert!(cursor.starts_with("eyJsYXN0X2lkIjoi"));
        assert_eq!(list.read_cursor::<BatchId>(&cursor, &sealer(1), NOW).unwrap(), batch_id());
        assert_eq!(
            list.read_cursor::<BatchId>(&cursor, &sealer(1), NOW + GOOD_FOR_MS - 1).unwrap(),
            batch_id()
        );
        assert!(list.read_cursor::<BatchId>(&cursor, &sealer(1), NOW + GOOD_FOR_MS).is_err());
        let ahead = list.cursor_after(batch_id().as_str(), &sealer(1), NOW + GOOD_FOR_MS).unwrap();
        assert!(list.read_cursor::<BatchId>(&ahead, &sealer(1), NOW).is_err(), "from a clock that was wrong");
        assert!(list.read_cursor::<BatchId>(&cursor, &sealer(2), NOW).is_err());
        let (foreign, live) = (scope('B', Environment::Test), scope('A', Environment::Live));
        for other in [
            List { scope: &foreign, kind: "batches", filter: "failed" },
            List { scope: &live, kind: "batches", filter: "failed" },
            List { scope: &own, kind: "webhooks", filter: "failed" },
            List { scope: &own, kind: "batches", filter: "" },
        ] {
            assert!(other.read_cursor::<BatchId>(&cursor, &sealer(1), NOW).is_err());
        }
    }

    #[test]
    fn every_changed_byte_of_a_cursor_is_noticed() {
        let own = scope('A', Environment::Test);
        let list = List { scope: &own, kind: "batches", filter: "" };
        let cursor = list.cursor_after(batch_id().as_str(), &sealer(1), NOW).unwrap();
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ %";
        for position in 0..cursor.len() {
            for byte in alphabet {
                let mut changed = cursor.clone().into_bytes();
                changed[position] = *byte;
                let changed = String::from_utf8(changed).unwrap();
                if changed != cursor {
                    assert!(list.read_cursor::<BatchId>(&changed, &sealer(1), NOW).is_err(), "{changed}");
                }
            }
            assert!(list.read_cursor::<BatchId>(&cursor[..position], &sealer(1), NOW).is_err());
        }
    }

    #[test]
    fn another_spelling_of_the_same_content_is_refused() {
        let own = scope('A', Environment::Test);
        let list = List { scope: &own, kind: "batches", filter: "" };
        let cursor = list.cursor_after(batch_id().as_str(), &sealer(1), NOW).unwrap();
        let text = String::from_utf8(BASE64.decode(&cursor).unwrap()).unwrap();
        let spaced = BASE64.encode(text.replacen(':', ": ", 1));
        for other in [format!("{cursor}="), format!(" {cursor}"), spaced] {
            assert!(list.read_cursor::<BatchId>(&other, &sealer(1), NOW).is_err());
        }
    }
}
