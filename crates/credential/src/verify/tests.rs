//! Every numbered check of section 11 and every row of section 12's table, each as a world in which all is well but
//! for one thing.

mod flow;
mod forged;
mod world;

use world::World;

use super::*;
