//! The command line.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::commands::{
    audit, backup, copy, demo, doctor, document_key, erasures, health, host_key, key, mail, master_key,
    member, migrate, restore, serve, signing_key, tenant, unbake, verify, webhook,
};
use crate::config::{Config, Flags};
use crate::environment::{names, variable};
use crate::output::{self, Form};

/// The exit status of usage errors and of everything that could not be checked or done.
const EXIT_FAILURE: u8 = 2;

/// The heading of the options that every command has.
const COMMON: &str = "Common options";

/// Issues digital credentials that can't be forged and that anyone can verify.
#[derive(Parser)]
#[command(name = "learncoin", version, max_term_width = 100)]
struct Cli {
    /// The directory of all data [default: learncoin-data]
    #[arg(long, global = true, value_name = "DIR", help_heading = COMMON)]
    data_dir: Option<PathBuf>,
    /// The file of settings [default: learncoin.toml, if it exists]
    #[arg(long, global = true, value_name = "FILE", help_heading = COMMON)]
    config: Option<PathBuf>,
    /// Print JSON on a terminal too. In a pipe, results are JSON anyway
    #[arg(long, global = true, help_heading = COMMON)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start a server, issue a first credential, verify it, and stay up
    Demo(demo::Arguments),
    /// Run the server
    Serve(serve::Arguments),
    /// Read the audit log
    #[command(subcommand)]
    Audit(audit::Command),
    /// Create, list and change tenants
    #[command(subcommand)]
    Tenant(tenant::Command),
    /// Create, list, restrict and revoke API keys
    #[command(subcommand)]
    Key(key::Command),
    /// Add, list and remove the people who sign in to the console, and make links that sign them in
    #[command(subcommand)]
    Member(member::Command),
    /// List, rotate, disable and revoke the keys that tenants anchor with
    #[command(subcommand)]
    SigningKey(signing_key::Command),
    /// List, rotate and revoke the keys that sign wallet forms and status lists
    #[command(subcommand)]
    DocumentKey(document_key::Command),
    /// List the keys that the host itself sends transactions with
    #[command(subcommand)]
    HostKey(host_key::Command),
    /// Protect the master key with a passphrase, or show what protects it
    #[command(subcommand)]
    MasterKey(master_key::Command),
    /// Read, repeat and repair deliveries to webhook endpoints
    #[command(subcommand)]
    Webhook(webhook::Command),
    /// List the mails to recipients, resend them, record bounces
    #[command(subcommand)]
    Mail(mail::Command),
    /// Extract the credential from a baked badge or a certificate
    Unbake(unbake::Arguments),
    /// Bring the database's schema up to date, as every start of a server does
    Migrate,
    /// Copy everything from one database into another one that is empty
    Copy(copy::Arguments),
    /// Copy the database and the embedded chain into a new directory, beside a running server
    Backup(backup::Arguments),
    /// Restore a backup into an empty data directory and replay the erasures made since
    Restore(restore::Arguments),
    /// Export the erasures, which outlive a restore, or replay them
    #[command(subcommand)]
    Erasures(erasures::Command),
    /// Check the invariants of the database. Exits with 1 if one is violated
    Doctor,
    /// Check the health of the running server. Exits with 0 if it is healthy. For containers, which have no other client
    Health(health::Arguments),
    /// Verify a credential: a file, a link, or standard input
    Verify(verify::Arguments),
}

/// Runs the command that the arguments name.
pub(crate) fn run() -> ExitCode {
    let cli = Cli::parse();
    let (listen, public_url) = match &cli.command {
        Command::Demo(arguments) => (arguments.listen.clone(), None),
        Command::Serve(arguments) => (arguments.listen.clone(), arguments.public_url.clone()),
        Command::Audit(_)
        | Command::Tenant(_)
        | Command::Key(_)
        | Command::Member(_)
        | Command::SigningKey(_)
        | Command::DocumentKey(_)
        | Command::HostKey(_)
        | Command::MasterKey(_)
        | Command::Webhook(_)
        | Command::Mail(_)
        | Command::Unbake(_)
        | Command::Migrate
        | Command::Copy(_)
        | Command::Backup(_)
        | Command::Restore(_)
        | Command::Erasures(_)
        | Command::Doctor
        | Command::Health(_)
        | Command::Verify(_) => (None, None),
    };
    let flags = Flags { config: cli.config, data_dir: cli.data_dir.clone(), listen, public_url };
    let outcome = Config::load(&flags, variable, &names()).and_then(|config| {
        let runtime = tokio::runtime::Runtime::new()?;
        let is_server = matches!(cli.command, Command::Serve(_));
        let traces = output::start_logging(&config, is_server, runtime.handle())?;
        let named_data_dir = cli.data_dir.is_some();
        let form = Form::of_standard_output(cli.json);
        let outcome = runtime.block_on(async {
            match cli.command {
                Command::Demo(arguments) => demo::run(config, arguments, form).await,
                Command::Serve(arguments) => serve::run(config, arguments).await,
                Command::Audit(command) => audit::run(&config, command, form).await,
                Command::Tenant(command) => tenant::run(&config, command, form).await,
                Command::Key(command) => key::run(&config, command, form).await,
                Command::Member(command) => member::run(&config, command, form).await,
                Command::SigningKey(command) => signing_key::run(&config, command, form).await,
                Command::DocumentKey(command) => document_key::run(&config, command, form).await,
                Command::HostKey(command) => host_key::run(&config, command, form).await,
                Command::MasterKey(command) => master_key::run(&config, command, form).await,
                Command::Webhook(command) => webhook::run(&config, command, form).await,
                Command::Mail(command) => mail::run(&config, command, form).await,
                Command::Unbake(arguments) => unbake::run(&arguments),
                Command::Migrate => migrate::run(&config, form).await,
                Command::Copy(arguments) => copy::run(&config, arguments, form).await,
                Command::Backup(arguments) => backup::run(&config, arguments, form).await,
                Command::Restore(arguments) => restore::run(&config, arguments, form).await,
                Command::Erasures(command) => erasures::run(&config, command, form).await,
                Command::Doctor => doctor::run(&config, form).await,
                Command::Health(arguments) => health::run(&config, arguments, form).await,
                Command::Verify(arguments) => verify::run(&config, arguments, named_data_dir).await,
            }
        });
        if let Some(traces) = traces {
            // The runtime is still there to send the last spans.
            traces.end();
        }
        outcome
    });
    match outcome {
        Ok(code) => code,
        Err(error) => {
            output::message(&format!("learncoin: {error:#}"));
            ExitCode::from(EXIT_FAILURE)
        }
    }
}
