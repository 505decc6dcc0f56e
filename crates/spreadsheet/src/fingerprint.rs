//! The fingerprint of an upload: the same file with the same decisions is the same upload, and is issued once.

use sha2::{Digest as _, Sha256};

use crate::columns::ColumnMap;
use crate::template::AchievementTemplate;

/// Returns the SHA-256 over file, map and template, in lower-case hex. The day is left out: the same upload tomorrow is the same upload.
///
/// # Errors
/// If map or template can't be written as JSON, which is not to be expected.
pub fn of(
    bytes: &[u8],
    map: &ColumnMap,
    template: &AchievementTemplate,
) -> Result<String, serde_json::Error> {
    let mut hash = Sha256::new();
    // The length before each part keeps two different uploads from being the same bytes.
    let (map, template) = (serde_json::to_vec(map)?, serde_json::to_vec(template)?);
    for part in [&b"learncoin spreadsheet 1"[..], bytes, &map, &template] {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    Ok(hex::encode(hash.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::ColumnUse;
    use crate::field::Field;

    #[test]
    fn file_map_and_template_are_what_makes_an_upload() {
        let map = ColumnMap::new(vec![ColumnUse::Field(Field::Name)]);
        let template = AchievementTemplate::default();
        let first = of(b"name\nAda", &map, &template).unwrap();
        assert_eq!(first.len(), 64);
        assert_eq!(of(b"name\nAda", &map.clone(), &template.clone()).unwrap(), first);
        let other_map = ColumnMap::new(vec![ColumnUse::Skip]);
        let other_template = AchievementTemplate { name: Some("Botany".to_owned()), ..template.clone() };
        let others = [
            of(b"name\nAdb", &map, &template).unwrap(),
            of(b"name\nAda", &other_map, &template).unwrap(),
            of(b"name\nAda", &map, &other_template).unwrap(),
        ];
        assert!(!others.contains(&first));
    }
}
