//! The folder of fonts that the setting `fonts_dir` names.

use std::path::Path;

use anyhow::{Context as _, Result};
use learncoin_badge::{FontFolder, use_font_folder};

use crate::config::Config;

/// The number of unreadable files that are named.
const NAMED: usize = 5;

/// Opens the folder of fonts for all drawings, if there is one. Returns the lines to print about it.
///
/// # Errors
/// If the folder can't be read or has no font that can be used.
pub(crate) fn use_folder(config: &Config) -> Result<Vec<String>> {
    if config.fonts_dir.is_empty() {
        return Ok(Vec::new());
    }
    let found = use_font_folder(Path::new(&config.fonts_dir)).context("fonts_dir")?;
    Ok(lines(&config.fonts_dir, &found))
}

fn lines(folder: &str, found: &FontFolder) -> Vec<String> {
    let mut lines = vec![format!(
        "{} fonts in {folder}: certificates, badges and cards can show {}",
        found.fonts,
        found.scripts.join(", ")
    )];
    let unreadable = found.unreadable.iter().take(NAMED);
    lines.extend(
        unreadable.map(|(file, reason)| format!("{} is no font that can be read: {reason}", file.display())),
    );
    let more = found.unreadable.len().saturating_sub(NAMED);
    if more > 0 {
        lines.push(format!("{more} more files are no fonts that can be read"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_is_an_error_that_names_the_setting() {
        let config = Config { fonts_dir: "/nowhere/fonts".into(), ..Config::default() };
        let error = format!("{:#}", use_folder(&config).unwrap_err());
        assert!(error.starts_with("fonts_dir: the folder /nowhere/fonts can't be read: "), "{error}");
        assert_eq!(use_folder(&Config::default()).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn scripts_and_a_few_unreadable_files_are_named() {
        let found = FontFolder {
            fonts: 12,
            scripts: vec!["Chinese", "Latin"],
            unreadable: (1..=7).map(|number| (format!("{number}.ttf").into(), "bad".into())).collect(),
        };
        let lines = lines("/fonts", &found);
        assert_eq!(lines[0], "12 fonts in /fonts: certificates, badges and cards can show Chinese, Latin");
        assert_eq!((lines.len(), &*lines[1]), (7, "1.ttf is no font that can be read: bad"));
        assert_eq!(lines[6], "2 more files are no fonts that can be read");
    }
}
