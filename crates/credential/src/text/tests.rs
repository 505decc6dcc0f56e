use super::*;

#[test]
fn a_written_text_holds_line_breaks_and_no_other_control() {
    assert_eq!(check_written("Zoë 𠮷野 👩\u{200D}🎓\r\nمحمد \"\\"), Ok(()));
    assert_eq!(check_written(""), Ok(()));
    for control in (0..0x20_u8).chain(0x7F..=0x9F).map(char::from).filter(|c| !matches!(c, '\n' | '\r')) {
        assert_eq!(check_written(&format!("é{control}")), Err(TextError::Control), "{control:?}");
        assert_eq!(check_written(&format!("e{control}")), Err(TextError::Control), "{control:?}");
    }
    for c in ['\u{FFFE}', '\u{FFFF}', '\u{FDD0}', '\u{FDEF}', '\u{1FFFE}', '\u{10FFFF}'] {
        assert_eq!(check_written(&c.to_string()), Err(TextError::Noncharacter));
        assert_eq!(check_verified(&c.to_string()), Err(TextError::Noncharacter));
    }
    for c in ['\u{202A}', '\u{202E}', '\u{2066}', '\u{2069}', '\u{E0001}', '\u{E007F}'] {
        assert_eq!(check_written(&c.to_string()), Err(TextError::Bidirectional));
        assert_eq!(check_verified(&c.to_string()), Ok(()));
    }
}

#[test]
fn a_verified_text_may_also_hold_a_tab() {
    assert_eq!(check_verified("a\tb\nc\rd"), Ok(()));
    assert_eq!(check_verified("é\t"), Ok(()));
    for control in
        (0..0x20_u8).chain(0x7F..=0x9F).map(char::from).filter(|c| !matches!(c, '\t' | '\n' | '\r'))
    {
        assert_eq!(check_verified(&control.to_string()), Err(TextError::Control), "{control:?}");
    }
}

#[test]
fn names_are_visible_short_and_not_the_redaction_text() {
    assert_eq!(check_name("Ada Lovelace"), Ok(()));
    assert_eq!(check_name(&"é".repeat(256)), Ok(()));
    assert_eq!(check_name(&"é".repeat(257)), Err(TextError::NameTooLong));
    assert_eq!(check_name(""), Err(TextError::Empty));
    for blank in [" ", "\n", "\u{A0}\u{3000}", "\u{200B}\u{2060}", "\u{2800}", "\u{3164}\u{FEFF}"] {
        assert_eq!(check_name(blank), Err(TextError::Invisible), "{blank:?}");
    }
    for reserved in [REDACTED, " Redacted  on recipient\u{200B} request", "REDACTED ON RECIPIENT REQUEST"] {
        assert_eq!(check_name(reserved), Err(TextError::Reserved), "{reserved}");
    }
    assert_eq!(check_name("Redacted on recipient request Smith"), Ok(()));
}

#[test]
fn absolute_uris_pass() {
    for uri in [
        "https://yourschool.edu/credentials/intro-ml",
        "http://a",
        "https://user:pw@host.example:8443/a;b=c/%C3%A9?x=1&y=/?#f?/",
        "https://[2001:db8::1]:443/",
        "https://a?b",
        "https://a.example:/",
        "https://a#b",
    ] {
        assert_eq!(check_uri(uri, UriKind::Web), Ok(()), "{uri}");
        assert_eq!(check_uri(uri, UriKind::Identifier), Ok(()), "{uri}");
    }
    for uri in [
        "urn:uuid:4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f",
        "urn:isbn:0451450523",
        "did:web:localhost%3A8080",
        "did:web:learncoin.me#tenant-01KPX4MQ005TCNKPH5QY15PQWV",
    ] {
        assert_eq!(check_uri(uri, UriKind::Identifier), Ok(()), "{uri}");
        assert_eq!(check_uri(uri, UriKind::Web), Err(TextError::WebUri), "{uri}");
    }
}

#[test]
fn other_texts_are_not_uris() {
    for uri in [
        "",
        "intro-ml",
        "crd_1",
        "/a",
        "//a/b",
        "https",
        "https:",
        "https:/a",
        "https://",
        "https:///a",
        "https://?a",
        "HTTPS://a",
        "https://a b",
        "https://a/é",
        "https://a/<b>",
        "https://a/\"",
        "https://a/%zz",
        "https://a/%2",
        "https://a/\\b",
        "https://a/`",
        "https://a/{b}",
        "https://a/|",
        "https://a/^",
        "https://a/#b#c",
        "https://[::1",
        "https://[x]/",
        "https://a:b/",
        "https://a:99999/",
        "https://a/[b]",
        "https://@/",
        "https://:80/",
        "https://a\n",
        " https://a",
        "https://a ",
        "ftp://a/b",
        "mailto:ada@example.org",
        "javascript:alert(1)",
        "data:text/plain,x",
        "schema:name",
        "sec:x",
        "_:b0",
        "urn:",
        "urn:uuid",
        "urn:uuid:",
        "urn:x:y",
        "urn:-a:b",
        "urn:uuid:é",
        "did:",
        "did:web",
        "did:web:",
        "did:Web:a",
        "did:web:#a",
        "urn:ab:/c",
    ] {
        assert_eq!(check_uri(uri, UriKind::Identifier), Err(TextError::IdentifierUri), "{uri}");
        assert_eq!(check_uri(uri, UriKind::Web), Err(TextError::WebUri), "{uri}");
    }
    let long = format!("https://a/{}", "b".repeat(MAX_URL_CHARS));
    assert_eq!(check_uri(&long, UriKind::Web), Err(TextError::UrlTooLong));
    assert_eq!(check_uri(&long[..MAX_URL_CHARS], UriKind::Web), Ok(()));
}

#[test]
fn a_pseudonym_is_a_version_4_uuid() {
    assert_eq!(check_uuid_urn("urn:uuid:4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f"), Ok(()));
    assert_eq!(check_uuid_urn("urn:uuid:4E0C7F2E-6B1A-4F5A-9C8E-8A1B2C3D4E5F"), Ok(()));
    for wrong in [
        "4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f",
        "urn:uuid:4e0c7f2e-6b1a-1f5a-9c8e-8a1b2c3d4e5f",
        "urn:uuid:4e0c7f2e-6b1a-4f5a-7c8e-8a1b2c3d4e5f",
        "urn:uuid:4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5",
        "urn:uuid:4e0c7f2e06b1a-4f5a-9c8e-8a1b2c3d4e5f",
        "urn:uuid:4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5g",
        "URN:uuid:4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f",
        "urn:uuid:4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5é",
    ] {
        assert_eq!(check_uuid_urn(wrong), Err(TextError::UuidUrn), "{wrong}");
    }
}

#[test]
fn dates_exist_and_have_one_form() {
    for date in [
        "2026-04-23T12:00:00Z",
        "2026-04-23T12:00:00.1Z",
        "2026-04-23T12:00:00.123456789Z",
        "2024-02-29T00:00:00Z",
        "9999-12-31T23:59:59.999999999Z",
        "0001-01-01T00:00:00Z",
    ] {
        assert_eq!(check_date(date), Ok(()), "{date}");
    }
    for date in [
        "",
        "2026-04-23",
        "2026-04-23T12:00:00",
        "2026-04-23t12:00:00Z",
        "2026-04-23T12:00:00z",
        "2026-04-23 12:00:00Z",
        "2026-04-23T12:00:00+00:00",
        "2026-04-23T12:00:00.Z",
        "2026-04-23T12:00:00.1234567890Z",
        "2026-04-23T12:00:60Z",
        "2026-06-30T23:59:60Z",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "2026-04-23T24:00:00Z",
        "2026-04-23T12:60:00Z",
        "+02026-04-23T12:00:00Z",
        "2026-04-23T12:00Z",
        "2026-04-23T12:00:00ZZ",
        "2026-04-23T12:00:00,5Z",
        "2026-04-23T12:00:00.5",
        "é026-04-23T12:00:00Z",
        " 2026-04-23T12:00:00Z",
    ] {
        assert_eq!(check_date(date), Err(TextError::Date), "{date}");
    }
}

#[test]
fn dates_become_timestamps() {
    let date = parse_timestamp("2026-04-23T12:00:00.5Z").unwrap();
    assert_eq!(date.as_millisecond(), 1_776_945_600_500);
    assert_eq!(parse_timestamp("9999-12-31T23:59:59Z"), Ok(Timestamp::MAX));
}

#[test]
fn foreign_dates_may_have_any_offset() {
    let noon = parse_timestamp("2026-04-23T12:00:00Z").ok();
    for date in [
        "2026-04-23T12:00:00Z",
        "2026-04-23t12:00:00z",
        "2026-04-23 14:00:00+02:00",
        "2026-04-23T06:30:00-05:30",
    ] {
        assert_eq!(parse_foreign_timestamp(date), noon, "{date}");
    }
    assert_eq!(parse_foreign_timestamp("9999-12-31T23:59:59-23:59"), Some(Timestamp::MAX));
    for date in [
        "",
        "2026-04-23",
        "2026-04-23T12:00:00",
        "2026-04-23T12:00:60Z",
        "2026-02-30T12:00:00Z",
        "2026-04-23T12:00Z",
        "20260423T120000Z",
        "2026-04-23T12:00:00,5Z",
        "2026-04-23T12:00:00+24:00",
        "2026-04-23T12:00:00+0200",
        "2026-04-23T12:00:00+-2:00",
        "2026-04-23T12:00:00Z[UTC]",
        "2026-04-23T12:00:00é+02:00",
        "é",
    ] {
        assert_eq!(parse_foreign_timestamp(date), None, "{date}");
    }
}

#[test]
fn request_dates_change_only_in_their_suffix() {
    let normalized = |date: &str| normalize_request_date(date);
    assert_eq!(normalized("2026-04-23T12:00:00+00:00").as_deref(), Ok("2026-04-23T12:00:00Z"));
    assert_eq!(normalized("2026-04-23T12:00:00.10+00:00").as_deref(), Ok("2026-04-23T12:00:00.10Z"));
    assert_eq!(normalized("2026-04-23T12:00:00.000Z").as_deref(), Ok("2026-04-23T12:00:00.000Z"));
    for date in [
        "2026-04-23T12:00:00-00:00",
        "2026-04-23T12:00:00+01:00",
        "2026-04-23T12:00:00Z+00:00",
        "2026-04-23",
        "2026-04-23T12:00:00z",
        "2026-04-23t12:00:00Z",
        "2026-04-23T12:00:00",
    ] {
        assert_eq!(normalized(date), Err(TextError::Date), "{date}");
    }
}
