//! `learncoin serve`.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::config::{Config, DEFAULT_LISTEN};
use crate::data_dir::DataDir;
use crate::server::{self, Server};
use crate::{fonts, mail, output, summary};

/// The exit status after a second signal, which ends the server before its last requests are finished.
const EXIT_CUT_SHORT: i32 = 3;
/// The exit status after one of the server's tasks ended unasked, which ends the server.
const EXIT_BROKEN: u8 = 4;

/// The arguments of `serve`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The address to listen on [default: the one in this data directory's links, if that is on this machine; else
    /// 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<String>,
    /// The public origin of this deployment, stored at the first start
    /// [default: http://localhost:PORT]
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// Change the stored public URL. Credentials keep the old one, and every DID changes
    #[arg(long)]
    force_public_url: bool,
    /// Use another database than the last server of this data directory did, and remember this one
    #[arg(long)]
    force_database: bool,
}

/// Serves until a signal asks it to stop, or one of its tasks has ended. A second signal ends it at once.
pub(crate) async fn run(config: Config, arguments: Arguments) -> Result<ExitCode> {
    mail::check(&config.mail)?;
    let brand = config.brand.open()?;
    let fonts = fonts::use_folder(&config)?;
    let data_dir = DataDir::open(&config.data_dir)?;
    if arguments.force_database {
        data_dir.forget_database()?;
    }
    let address = server::named_address(&config, &data_dir).await?;
    let listener = server::bind(address.as_deref().unwrap_or(DEFAULT_LISTEN)).await?;
    let server = Server::start(&config, brand, &data_dir, listener, arguments.force_public_url).await?;
    let mut signals = server::Signals::listen()?;
    output::message(&summary::line(&config, &data_dir, server.issuance.host.origin())?);
    fonts.iter().for_each(|line| output::message(line));
    output::message(&format!("ready on http://{}", server.address));
    let outcome = tokio::select! {
        () = signals.next() => ExitCode::SUCCESS,
        () = server.broken() => {
            output::message("a part of the server has ended: ending the rest, to be started again");
            ExitCode::from(EXIT_BROKEN)
        }
    };
    tokio::select! {
        () = server.stop() => Ok(outcome),
        () = signals.next() => {
            output::message("asked twice: ended at once");
            // As safe as a kill: what was not committed never was.
            std::process::exit(EXIT_CUT_SHORT)
        }
    }
}
