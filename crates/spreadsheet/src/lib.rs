//! Spreadsheets of recipients: from the bytes of an upload to credential requests, and back to a file with the results.
//!
//! In: a file's bytes and name, what a person decided about its columns, an achievement's template, the day. Out: a table, the faults
//! of the file and of its rows, the bodies of `POST /v1/batches`, the result file. Not here: files, clocks, random numbers, databases and
//! HTTP; and the rules of the API's fields. A [`rows::PersonRow`] becomes the JSON that a caller of the API would send, the API's own
//! validation judges it, and [`refusal::refused`] finds the cell of each fault.
//!
//! One way through, in the order of a dry run:
//! 1. [`read::read`]: bytes → [`Table`], or the [`FileFault`] that keeps it from being read.
//! 2. [`columns::guess`] and [`columns::check`]: headers → [`columns::ColumnMap`], and what is wrong with it.
//! 3. [`rows::check`]: table, map, template and day → [`rows::CheckedRows`] with faults and warnings.
//! 4. [`batches::split`]: rows → batches of 500 with their idempotency keys; [`fingerprint`] recognizes the same upload.
//! 5. [`result_file::write`]: the upload with the columns of the results.
//!
//! - Invariant: no bytes make it panic, and memory is bounded whatever a file unpacks to (`tests/memory.rs`).
//! - Invariant: nothing is changed in silence. What is not the text of a cell (the value of a formula, the day of a number) is what the
//!   person saw in their program; what can't be known is a fault with what to write in its place.

pub mod batches;
pub mod columns;
mod cell;
mod fault;
mod field;
mod file_fault;
pub mod fingerprint;
pub mod form;
pub mod read;
pub mod refusal;
mod result_columns;
pub mod result_file;
pub mod rows;
mod sentences;
mod table;
mod template;
pub mod template_file;

pub use cell::{Cell, CellRef, column_letters};
pub use fault::{CellFault, ColumnName, Problem, Rule, Warning, WarningKind};
pub use field::{Field, SkillNumber, SkillPart, UnknownField};
pub use file_fault::{FileFault, ForeignFile};
pub use table::{Note, Separator, Table, TableRow, TableSource};
pub use template::{AchievementTemplate, TemplateSkill};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
