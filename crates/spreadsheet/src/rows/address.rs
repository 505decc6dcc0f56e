//! E-mail addresses as people copy them. The API judges the address itself.

/// Returns the address in a text such as `Ada Lovelace <ada@example.org>`, `mailto:ada@example.org` or `ada@example.org;`, if it holds
/// exactly one.
pub(crate) fn write_address(text: &str) -> Option<String> {
    let bare = text.strip_prefix("mailto:").unwrap_or(text);
    let inside =
        bare.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or(bare, |(inside, _)| inside);
    let address: String =
        inside.trim_matches([' ', ';', ',', '.', '"', '\'', '<', '>', '\u{a0}']).replace('＠', "@");
    let (user, host) = address.split_once('@')?;
    let is_one = |part: &str| {
        !part.is_empty()
            && !part.contains(|character: char| character.is_whitespace() || ",;@<>\"()".contains(character))
    };
    let is_host = host.contains('.') && !host.starts_with('.') && !host.contains("..");
    (is_one(user) && is_one(host) && is_host && address != text).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_found_if_there_is_one() {
        for text in [
            "Ada <ada@example.org>",
            "mailto:ada@example.org",
            "ada@example.org;",
            "<ada@example.org>",
            "ada＠example.org",
            "'ada@example.org'",
        ] {
            assert_eq!(write_address(text).as_deref(), Some("ada@example.org"), "{text}");
        }
        for text in [
            "ada@example.org",
            "ada",
            "a@b.c, d@e.f",
            "ada@example",
            "ada at example.org",
            "",
            "@",
            "ada@.org",
        ] {
            assert_eq!(write_address(text), None, "{text}");
        }
    }
}
