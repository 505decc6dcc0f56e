//! Every numbered check of section 11 and every row of section 12's table, each as a case in which all is well but
//! for one thing.

mod case;
mod document;
mod flow;
mod lookups;

use case::Case;
use serde_json::Value as Json;

use super::*;

/// Changes one thing in a document.
type Edit = fn(&mut Json);
/// What it is, or the reason for which it is refused; and the change.
type NamedEdit = (&'static str, Edit);
