//! The one line about a server that starts: where it is, what it keeps its data in, what it anchors on, and where its mails go.

use anyhow::Result;

use crate::config::{Config, MailTransportKind};
use crate::data_dir::DataDir;

/// Returns the line. It holds no password, and no URL of a node, which may hold a key.
///
/// # Errors
/// If the setting `database_url` is not a PostgreSQL URL.
pub(crate) fn line(config: &Config, data_dir: &DataDir, origin: &str) -> Result<String> {
    Ok(format!(
        "LearnCoin {}: {origin}, database {}, {}, {}",
        env!("CARGO_PKG_VERSION"),
        data_dir.location(config)?,
        chains(config),
        mails(config, data_dir)
    ))
}

fn chains(config: &Config) -> String {
    let chain = &config.chain;
    match (chain.test_rpc_url.is_empty(), chain.live_rpc_url.is_empty()) {
        (true, true) => "the embedded development chain",
        (false, true) => "Base Sepolia (test)",
        (true, false) => "Base (live)",
        (false, false) => "Base Sepolia (test) and Base (live)",
    }
    .to_owned()
}

fn mails(config: &Config, data_dir: &DataDir) -> String {
    let mail = &config.mail;
    match mail.transport {
        MailTransportKind::Files => format!("mails to the folder {}", data_dir.mails().display()),
        MailTransportKind::Smtp => format!("mails by {}:{}", mail.smtp_host, mail.smtp_port),
        MailTransportKind::Off => "no mails".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_names_all_and_no_secret() {
        let dir = tempfile::tempdir().unwrap();
        let data_dir = DataDir::open(dir.path()).unwrap();
        let mut table = toml::Table::try_from(Config::default()).unwrap();
        table.insert("database_url".into(), "postgres://u:secret@db.example/learncoin".into());
        let mut config: Config = table.try_into().unwrap();
        config.chain.live_rpc_url = "https://node.example/secret".into();
        config.mail.transport = MailTransportKind::Smtp;
        config.mail.smtp_host = "smtp.example".into();
        let line = line(&config, &data_dir, "https://learncoin.example").unwrap();
        let expected = "https://learncoin.example, database postgres://db.example/learncoin, Base (live), mails by smtp.example:587";
        assert!(line.starts_with("LearnCoin ") && line.ends_with(expected), "{line}");
    }
}
