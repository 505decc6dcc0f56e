//! Files as people and programs make them: each is read right, or its fault names the cell and what to do.

mod csv_files;
mod mutations;
mod oracle;
mod results;
mod rows;
mod support;
mod workbooks;
