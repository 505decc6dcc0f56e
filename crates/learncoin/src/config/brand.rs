//! The section `[brand]`.

use anyhow::{Context as _, Result, bail};
use learncoin_badge::{Brand, MAX_MARK_BYTES};
use learncoin_credential::text::check_line;
use serde::{Deserialize, Serialize};

/// The most characters of a name: it is beside the mark on a telephone.
const MAX_NAME_CHARS: usize = 40;

/// The deployment's name and mark, on its pages, files and mails.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BrandConfig {
    /// The name.
    pub(crate) name: String,
    /// The file of the mark; empty for LearnCoin's.
    pub(crate) logo: String,
}

impl Default for BrandConfig {
    fn default() -> Self {
        Self { name: Brand::default().name().to_owned(), logo: String::new() }
    }
}

impl BrandConfig {
    /// Checks the name.
    ///
    /// # Errors
    /// If it can't be shown.
    pub(super) fn check_name(&self) -> Result<()> {
        let name = &self.name;
        let fits = (1..=MAX_NAME_CHARS).contains(&name.chars().count());
        if !fits || name.trim() != name || check_line(name).is_err() {
            bail!(
                "brand.name: expected one line of 1 to {MAX_NAME_CHARS} characters without white space around it, not {name:?}"
            );
        }
        Ok(())
    }

    /// Reads the brand, with the file of its mark.
    ///
    /// # Errors
    /// If the file can't be read, or is no picture that can be shown.
    pub(crate) fn open(&self) -> Result<Brand> {
        let brand = Brand::named(&self.name);
        if self.logo.is_empty() {
            return Ok(brand);
        }
        let file = &self.logo;
        let length = std::fs::metadata(file).with_context(|| format!("brand.logo: can't read {file}"))?.len();
        if usize::try_from(length).map_or(true, |length| length > MAX_MARK_BYTES) {
            bail!("brand.logo: {file} has more than {} KiB", MAX_MARK_BYTES / 1024);
        }
        let bytes = std::fs::read(file).with_context(|| format!("brand.logo: can't read {file}"))?;
        let is_shown = bytes.starts_with(b"\x89PNG") || bytes.starts_with(b"\xff\xd8");
        match brand.with_mark(&bytes) {
            Ok(brand) if is_shown => Ok(brand),
            Ok(_) => bail!("brand.logo: expected a PNG or JPEG; {file} is neither"),
            Err(error) => {
                bail!("brand.logo: expected a PNG or JPEG of at most 2,048 pixels on a side; {file} {error}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logo_of(bytes: &[u8]) -> Result<Brand> {
        let directory = tempfile::tempdir()?;
        let file = directory.path().join("mark");
        std::fs::write(&file, bytes)?;
        BrandConfig { logo: file.display().to_string(), ..BrandConfig::default() }.open()
    }

    #[test]
    fn a_mark_is_a_whole_png_or_jpeg() {
        let png = include_bytes!("../../../badge/src/picture/data/mark.png");
        let brand = logo_of(png).unwrap();
        assert_eq!((brand.name(), brand.mark().unwrap().media_type), ("LearnCoin", "image/png"));
        let jpeg = include_bytes!("../../../badge/src/picture/data/corners.jpg");
        assert!(logo_of(jpeg).unwrap().mark().is_some());
        let webp = include_bytes!("../../../badge/src/picture/data/lossy.webp");
        for (bytes, why) in [
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".as_slice(), "is none of these formats"),
            (b"", "is none of these formats"),
            (&png[..png.len() / 2], "truncated"),
            (webp, "is neither"),
            (&[0; MAX_MARK_BYTES + 1], "has more than 512 KiB"),
        ] {
            let error = format!("{:#}", logo_of(bytes).unwrap_err());
            assert!(error.starts_with("brand.logo: ") && error.contains(why), "{error}");
        }
        let missing = BrandConfig { logo: "/nowhere/mark.png".into(), ..BrandConfig::default() };
        let error = format!("{:#}", missing.open().unwrap_err());
        assert!(error.starts_with("brand.logo: can't read /nowhere/mark.png"), "{error}");
    }
}
