//! `learncoin`: configuration, wiring and commands.
//!
//! Results go to standard output, as JSON or on a terminal as tables; messages and logs go to standard error. Begin reading at `cli.rs`, then
//! `server.rs` for what a running deployment consists of.

mod background;
mod balances;
mod browser_nodes;
mod cli;
mod commands;
mod config;
mod connections;
mod data_dir;
mod database_memory;
mod deployment;
mod environment;
mod files;
mod fonts;
mod identity_provider;
mod key_service;
mod listener;
mod mail;
mod master_key;
mod operators;
mod operator_log;
mod outage;
mod output;
mod privacy;
mod server;
mod server_file;
mod summary;
mod system;
mod table;

use std::process::ExitCode;

use mimalloc::MiMalloc;
use zeroizing_alloc::ZeroAlloc;

/// Overwrites what is freed, so that no text of a person who is erased remains where a request, a page or a mail was.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<MiMalloc> = ZeroAlloc(MiMalloc);

fn main() -> ExitCode {
    privacy::protect_process();
    cli::run()
}
