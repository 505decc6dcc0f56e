//! Rows: each fault in its cell, with what would be right.

use learncoin_language::Language;
use learncoin_spreadsheet::refusal::{ApiFault, refused};
use learncoin_spreadsheet::rows::{RowInputs, check};
use learncoin_spreadsheet::{AchievementTemplate, Problem, Rule, TemplateSkill, WarningKind, batches};
use serde_json::json;

use crate::support::{Upload, botany, read_kept};

#[test]
fn a_row_becomes_what_a_caller_of_the_api_would_send() {
    let text = "name;email;recipient_id;achievement;description;criteria;skill_framework;skill_code;skill_name;skill_url;skill3_framework;skill3_code;skill3_name;issued;expires;evidence_url;evidence;matriculation\n\
        \u{a0}Ada Lovelace ;ada@example.org;1B671A64-40D5-491E-99B0-DA01FF1F3341;Chemistry;Bonds;Passed;esco;http://data.europa.eu/esco/skill/1;Analysis;https://example.org/1;CUSTOM;C-1;Writing;2026-05-31;2027-05-31;https://example.org/thesis;A thesis;0012\n";
    let template = AchievementTemplate { skills: vec![skill("ISCED-F", "0511", "Biology")], ..botany() };
    let upload = Upload::of(text, template);
    assert_eq!(upload.faults(), Vec::<String>::new());
    let row = &upload.check().rows[0].row;
    let alignment = json!([
        {"targetFramework": "ISCED-F", "targetCode": "0511", "targetName": "Biology"},
        {"targetFramework": "ESCO", "targetCode": "http://data.europa.eu/esco/skill/1", "targetName": "Analysis", "targetUrl": "https://example.org/1"},
        {"targetFramework": "CUSTOM", "targetCode": "C-1", "targetName": "Writing"},
    ]);
    let expected = json!({
        "recipient": {"id": "urn:uuid:1B671A64-40D5-491E-99B0-DA01FF1F3341", "name": "Ada Lovelace", "email": "ada@example.org"},
        "achievement": {"name": "Chemistry", "description": "Bonds", "criteria": {"narrative": "Passed"}, "alignment": alignment},
        "issuanceDate": "2026-05-31T00:00:00Z",
        "expirationDate": "2027-06-01T00:00:00Z",
        "evidence": [{"id": "https://example.org/thesis", "narrative": "A thesis"}],
    });
    assert_eq!((row.to_json(), row.has_made_id), (expected, false));
    for (path, field) in [
        ("recipient.id", Some("recipient_id")),
        ("recipient.name", Some("name")),
        ("achievement", Some("achievement")),
        ("achievement.alignment[0].targetCode", None),
        ("achievement.alignment[1].targetCode", Some("skill_code")),
        ("achievement.alignment[2].targetUrl", Some("skill3_url")),
        ("achievement.alignment[2]", Some("skill3_framework")),
        ("achievement.criteria.narrative", Some("criteria")),
        ("issuanceDate", Some("issued")),
        ("expirationDate", Some("expires")),
        ("evidence[0].id", Some("evidence_url")),
        ("evidence[0]", Some("evidence")),
    ] {
        assert_eq!(row.field_of(path).map(|field| field.to_string()).as_deref(), field, "{path}");
    }
}

fn skill(framework: &str, code: &str, name: &str) -> TemplateSkill {
    let text = |text: &str| Some(text.to_owned());
    TemplateSkill { framework: text(framework), code: text(code), name: text(name), url: None }
}

#[test]
fn what_a_row_does_not_have_comes_from_template_day_and_randomness() {
    let upload = Upload::of("name\nAda Lovelace\nGrace Hopper\n", botany());
    let rows = upload.check().rows;
    let expected = json!({
        "recipient": {"id": "urn:uuid:01010101-0101-4101-8101-010101010101", "name": "Ada Lovelace"},
        "achievement": {"name": "Botany", "description": "A course of ten weeks."},
        "issuanceDate": "2026-06-01T00:00:00Z",
    });
    assert_eq!((rows[0].row.to_json(), rows[0].row.has_made_id), (expected, true));
    assert_ne!(rows[0].row.recipient_id, rows[1].row.recipient_id);
    let body = batches::body(&rows);
    assert!(
        body.starts_with("{\"credentials\":[{\"recipient\":{\"id\":\"urn:uuid:0101")
            && body == batches::body(&rows)
    );
}

#[test]
fn each_fault_names_its_cell_and_what_to_write() {
    let text = "name,issued,skill_framework,skill_code,skill_name,recipient_id\n\
        Ada Lovelace,31.5.2017,ESC0,1,One,\n\
        ,5/6/17,,,,\n\
        =A2,2017-13-01,O*NET,1.23E+15,Two,1.23E+15\n\
        #REF!,soon,ESCO,,,\n\
        \"Lovelace\", Ada,2017-05-31,,,,\n";
    let expected = [
        "Row 2, column B (issued): 31.5.2017 is not a date we accept; write 2017-05-31.",
        "Row 2, column C (skill_framework): ESC0 is not a framework that is known. Known are ESCO, O*NET, ISCED-F, CUSTOM. Did you mean ESCO?",
        "Row 3, column A (name): This is needed, and the cell is empty.",
        "Row 3, column B (issued): 5/6/17 is not a date we accept, and it can be two days; write 2017-05-06 or 2017-06-05.",
        "Row 4, column A (name): This is a formula, not its value. Replace it by its value.",
        "Row 4, column B (issued): 2017-13-01 is not a date we accept; write year, month and day as in 2017-05-31.",
        "Row 4, column D (skill_code): 1.23E+15 is a number that has lost its digits. Format the column as text, and enter the value again.",
        "Row 4, column F (recipient_id): 1.23E+15 is a number that has lost its digits. Format the column as text, and enter the value again.",
        "Row 5, column A (name): The cell shows the error #REF!. Mend the formula, or replace it by its value.",
        "Row 5, column B (issued): soon is not a date we accept; write year, month and day as in 2017-05-31.",
        "Row 5, column D (skill_code): This is needed, and the cell is empty.",
        "Row 5, column E (skill_name): This is needed, and the cell is empty.",
        "Row 6, column B (issued): Ada is not a date we accept; write year, month and day as in 2017-05-31.",
    ];
    let upload = Upload::of(text, botany());
    let faults = upload.faults();
    assert_eq!(faults[..12], expected[..12]);
    assert!(
        faults[12..].iter().any(|fault| fault.starts_with("Row 6, column B (issued): Ada is not")),
        "{faults:#?}"
    );
    // A field with a fault is left out of the request; the rest of the row is in it.
    let rows = upload.check().rows;
    assert_eq!((rows[0].row.issued.as_deref(), rows[0].row.name.as_deref()), (None, Some("Ada Lovelace")));
}

#[test]
fn a_value_beyond_the_headers_is_a_fault_of_csv_alone() {
    let upload = Upload::of("name,issued\nLovelace, Ada,2017-05-31\n", botany());
    let last = upload.faults().pop().unwrap();
    let start = upload.faults();
    assert!(
        start
            .iter()
            .chain([&last])
            .any(|fault| fault.starts_with("Row 2, column C: 2017-05-31 is beyond the last header"))
    );
    let table = read_kept("no-header.xlsx").unwrap();
    assert_eq!(Upload::of_table(table, AchievementTemplate::default()).faults(), Vec::<String>::new());
}

#[test]
fn faults_of_the_workbook_are_in_their_cells() {
    for (name, expected) in [
        ("errors.xlsx", "Row 2, column A (name): The cell shows the error #REF!."),
        (
            "formulas-unsaved.xlsx",
            "Row 2, column A (name): This is a formula whose value is not in the file.",
        ),
        (
            "dates-1900.xlsx",
            "Row 3, column E (issued): 2026-05-31 14:30:00 is not a date we accept; write 2026-05-31.",
        ),
        ("numbers.xlsx", "Row 2, achievement: This is needed, and the cell is empty."),
    ] {
        let faults = Upload::of_table(read_kept(name).unwrap(), AchievementTemplate::default()).faults();
        assert!(faults.iter().any(|fault| fault.starts_with(expected)), "{faults:#?}");
    }
}

#[test]
fn a_fault_of_the_api_leads_back_to_its_cell_once() {
    let text = "name,email,expires,skill2_framework,skill2_code,skill2_name,skill2_url\n\
        Ada,x,2026-05-30,ESCO,1,One,www.example.org\n\
        Grace,Grace <g@example.org>,31.5.2017,ESCO,1,One,\n";
    let upload =
        Upload::of(text, AchievementTemplate { skills: vec![skill("ESCO", "9", "Nine")], ..botany() });
    let rows = upload.check().rows;
    let inputs = upload.inputs();
    let fault = |path: &str, code: &str| refused(&inputs, &rows, ApiFault { path, code });
    let sentence = |path: &str| {
        fault(path, "invalid_field_format")
            .map(|fault| format!("{}: {}", fault.place(Language::English), fault.sentence(Language::English)))
    };
    for (path, expected) in [
        (
            "credentials[0].recipient.email",
            Some("Row 2, column B (email): x is no e-mail address such as ada@example.org."),
        ),
        (
            "credentials[1].recipient.email",
            Some(
                "Row 3, column B (email): Grace <g@example.org> is no e-mail address such as ada@example.org. Write g@example.org.",
            ),
        ),
        (
            "credentials[0].expirationDate",
            Some("Row 2, column C (expires): The last day is before the day of issue."),
        ),
        ("credentials[1].expirationDate", None),
        (
            "credentials[0].achievement.alignment[1].targetUrl",
            Some(
                "Row 2, column G (skill2_url): www.example.org is no web address that begins with https:// or http://, without spaces and accents. Write https://www.example.org.",
            ),
        ),
        (
            "credentials[0].achievement.alignment[0].targetUrl",
            Some("Row 2: A text of the template is refused. Mend the template."),
        ),
        ("credentials[2].recipient.email", None),
        ("credentials", None),
    ] {
        assert_eq!(sentence(path).as_deref(), expected, "{path}");
    }
    let missing = fault("credentials[0].recipient.name", "missing_required_field").unwrap();
    assert_eq!(missing.problem, Problem::Missing);
    let large = fault("credentials[0].achievement", "achievement_too_large").unwrap();
    assert_eq!(large.problem, Problem::Refused { rule: Rule::AchievementTooLarge, write: None });
}

#[test]
fn warnings_are_apart_and_name_the_earlier_row() {
    let text = "name,email,recipient_id,issued,expires\n\
        Ada Lovelace,ada@example.org,,,\n\
        Mary,school@example.org,urn:uuid:1b671a64-40d5-491e-99b0-da01ff1f3341,,\n\
        mary,SCHOOL@example.org,,,2026-05-31\n\
        Grace,School@example.org,urn:uuid:1b671a64-40d5-491e-99b0-da01ff1f3341,2026-06-02,\n\
        KATHERINE JOHNSON,,,2026-06-01,2026-06-01\n\
        MÃ¼ller,,,,\n\
        m@example.org,,,,\n";
    let upload = Upload::of(text, botany());
    let checked = upload.check();
    assert_eq!(upload.faults(), Vec::<String>::new());
    let found: Vec<(u32, &str, WarningKind)> = checked
        .warnings
        .iter()
        .map(|warning| {
            (warning.row, warning.column.as_ref().map_or("", |column| &*column.header), warning.kind)
        })
        .collect();
    let expected = [
        (2, "name", WarningKind::ExampleRow),
        (4, "name", WarningKind::SamePerson { earlier: 3 }),
        (4, "expires", WarningKind::AlreadyExpired),
        (5, "recipient_id", WarningKind::SameRecipientId { earlier: 3 }),
        (5, "email", WarningKind::SharedAddress { earlier: 3 }),
        (5, "issued", WarningKind::IssuedInFuture),
        (6, "name", WarningKind::NameInCapitals),
        (7, "name", WarningKind::BrokenCharacters),
        (8, "name", WarningKind::NameLikeAddress),
    ];
    assert_eq!(found, expected);
}

#[test]
fn no_random_bytes_are_drawn_for_a_row_with_an_id() {
    let upload = Upload::of(
        "name,recipient_id\nAda,urn:uuid:1b671a64-40d5-491e-99b0-da01ff1f3341\nGrace,\n",
        botany(),
    );
    let mut draws = 0;
    let inputs: RowInputs<'_> = upload.inputs();
    _ = check(&inputs, &mut || {
        draws += 1;
        [9; 16]
    });
    assert_eq!(draws, 1);
}
