//! Tests of every numbered check of section 11 and every row of section 12's table, each with one fault in an otherwise
//! valid case.

mod case;
mod document;
mod flow;
mod lookups;
mod token;
mod wallet;

use case::Case;
use serde_json::Value as Json;

use super::*;

/// An edit of one thing in a document.
type Edit = fn(&mut Json);
/// An edit with its description or the expected reason of the failure.
type NamedEdit = (&'static str, Edit);
