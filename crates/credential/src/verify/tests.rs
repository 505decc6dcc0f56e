//! Every numbered check of section 11 and every row of section 12's table, each as a world in which all is well but
//! for one thing.

mod document;
mod flow;
mod lookups;
mod world;

use serde_json::Value as Json;
use world::World;

use super::*;

/// Changes one thing in a document.
type Spoil = fn(&mut Json);
/// What it is, or the reason for which it is refused; and the change.
type Spoiled = (&'static str, Spoil);
