//! `learncoin`: configuration, wiring and commands.
//!
//! Results go to standard output as JSON, messages and logs to standard error. Begin reading at `cli.rs`, then
//! `server.rs` for what a running deployment consists of.

mod background;
mod browser_nodes;
mod cli;
mod commands;
mod config;
mod connections;
mod data_dir;
mod deployment;
mod environment;
mod files;
mod key_service;
mod listener;
mod mail;
mod master_key;
mod operators;
mod operator_log;
mod output;
mod privacy;
mod server;
mod system;

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    privacy::protect_process();
    cli::run()
}
