//! Files as people and programs make them: each is read right, or its fault names the cell and what to do.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that can't go on has failed"
)]

mod csv_files;
mod mutations;
mod oracle;
mod results;
mod rows;
mod support;
mod workbooks;
