//! Rows of a spreadsheet under the rules of this API: what `learncoin_spreadsheet` makes is accepted, or its fault is found in its cell.

use jiff::civil::Date;
use learncoin_language::Language;
use learncoin_spreadsheet::refusal::{ApiFault, refused};
use learncoin_spreadsheet::rows::{RowInputs, check};
use learncoin_spreadsheet::{AchievementTemplate, batches, columns, read, template_file};

use super::rules;
use crate::api::create_batch::{MAX_CREDENTIALS, read as read_body, read_all};

const DAY: Date = Date::constant(2026, 6, 1);

/// Returns the faults of a file, those of its cells and those of this API, each as `place: sentence`.
fn faults(text: &str, template: &AchievementTemplate) -> Vec<String> {
    let table = read::read(text.as_bytes(), "people.csv").unwrap();
    let map = columns::guess(&table);
    assert_eq!(columns::check(&table, &map, template), []);
    let inputs = RowInputs { table: &table, map: &map, template, today: DAY };
    let mut count = 0_u8;
    let checked = check(&inputs, &mut || {
        count += 1;
        [count; 16]
    });
    let of_cells = checked.rows.iter().flat_map(|row| row.faults.clone());
    let (_, of_api) = read_all(batches::body(&checked.rows).as_bytes(), &rules()).unwrap();
    let of_api = of_api.into_iter().filter_map(|fault| {
        let fault = ApiFault { path: &fault.path, code: fault.code.as_str() };
        refused(&inputs, &checked.rows, fault)
    });
    let mut all: Vec<_> = of_cells.chain(of_api).collect();
    all.sort_by_key(|fault| fault.row);
    let english = Language::English;
    all.iter().map(|fault| format!("{}: {}", fault.place(english), fault.sentence(english))).collect()
}

fn botany() -> AchievementTemplate {
    AchievementTemplate {
        name: Some("Botany".to_owned()),
        description: Some("A course.".to_owned()),
        ..AchievementTemplate::default()
    }
}

#[test]
fn both_crates_have_the_same_limit() {
    assert_eq!(batches::BATCH_ROWS, MAX_CREDENTIALS);
}

#[test]
fn a_row_with_everything_is_accepted() {
    let text = "name,email,recipient_id,achievement,description,criteria,skill_framework,skill_code,skill_name,skill_url,skill2_framework,skill2_code,skill2_name,issued,expires,evidence_url,evidence\n\
        Ada Lovelace,ada@example.org,1B671A64-40D5-491E-99B0-DA01FF1F3341,Botany,A course.,Passed,esco,1,One,https://example.org/1,Custom,C,Two,2026-05-31,2026-05-31,urn:isbn:1,\"a\nb\"\n\
        آدا لوفلايس,,,علم النبات,دورة,,,,,,,,,2026-05-31T10:00:00Z,9999-12-31,https://example.org/x,\n";
    assert_eq!(faults(text, &AchievementTemplate::default()), Vec::<String>::new());
    for template in [AchievementTemplate::default(), botany()] {
        let file = template_file::write(&template, Language::German);
        assert_eq!(faults(std::str::from_utf8(&file).unwrap(), &template), Vec::<String>::new());
    }
}

#[test]
fn every_fault_of_this_api_is_found_in_its_cell_and_once() {
    let text = format!(
        "name,email,recipient_id,issued,expires,skill_framework,skill_code,skill_name,skill_url,evidence_url,evidence\n\
        {long},,,,,,,,,,\n\
        \"Ada\nLovelace\",Ada <ada@example.org>,4711,,,,,,,,\n\
        Ada,ada@,,1899-12-31,1899-12-31,ESCO,1,One,www.example.org,here,\n\
        Ada,,,2026-05-31,2026-05-30,SKOS,,\u{202e}One,,urn:ab:c,\"\u{7}\"\n\
        ,x,,31.5.2017,,,,,,urn:uuid:04040404-0404-4404-8404-040404040404,\n",
        long = "x".repeat(257)
    );
    let name = "A name has 1 to 256 characters on one line, without hidden characters.";
    let expected = [
        format!("Row 2, column A (name): {name}"),
        format!("Row 3, column A (name): {name} Write Ada Lovelace."),
        "Row 3, column B (email): Ada <ada@example.org> is no e-mail address such as ada@example.org. Write ada@example.org.".to_owned(),
        "Row 3, column C (recipient_id): 4711 is no recipient id".to_owned(),
        "Row 4, column B (email): ada@ is no e-mail address".to_owned(),
        "Row 4, column D (issued): 1899-12-31 is before the year 1900.".to_owned(),
        "Row 4, column I (skill_url): www.example.org is no web address".to_owned(),
        "Row 4, column J (evidence_url): here is no address".to_owned(),
        "Row 5, column E (expires): The last day is before the day of issue.".to_owned(),
        "Row 5, column F (skill_framework): SKOS is not a framework".to_owned(),
        "Row 5, column G (skill_code): This is needed".to_owned(),
        "Row 5, column H (skill_name): A name has".to_owned(),
        "Row 5, column K (evidence): The text holds hidden characters".to_owned(),
        "Row 6, column A (name): This is needed, and the cell is empty.".to_owned(),
        "Row 6, column B (email): x is no e-mail address".to_owned(),
        "Row 6, column D (issued): 31.5.2017 is not a date we accept; write 2017-05-31.".to_owned(),
        // The identifier is that of the recipient, which was made.
        "Row 6, column J (evidence_url): urn:uuid:04040404-0404-4404-8404-040404040404 is no address".to_owned(),
    ];
    let mut found = faults(&text, &botany());
    found.sort();
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(&expected) {
        assert!(found.starts_with(expected), "{found}\n{expected}");
    }
    let large = format!("name,criteria\nAda,{}\n", "é".repeat(32_700));
    let large_skill = format!(
        "name,criteria,skill_framework,skill_code,skill_name\nAda,{},ESCO,{},One\n",
        "é".repeat(32_000),
        "1".repeat(2_000)
    );
    assert_eq!(faults(&large, &botany()), Vec::<String>::new());
    assert_eq!(faults(&large_skill, &botany()).len(), 1);
}

#[test]
fn twenty_thousand_rows_are_forty_bodies_that_are_accepted() {
    let text = format!("name,email,issued\n{}", "Ada Lovelace,ada@example.org,2026-05-31\n".repeat(20_000));
    let table = read::read(text.as_bytes(), "people.csv").unwrap();
    let (map, template) = (columns::guess(&table), botany());
    let inputs = RowInputs { table: &table, map: &map, template: &template, today: DAY };
    let mut count = 0_u128;
    let checked = check(&inputs, &mut || {
        count += 1;
        count.to_be_bytes()
    });
    let parts = batches::split("upl_1", checked.rows.len());
    assert_eq!(parts.len(), 40);
    for part in parts {
        let credentials =
            read_body(batches::body(&checked.rows[part.rows.clone()]).as_bytes(), &rules()).unwrap();
        assert_eq!(credentials.len(), part.rows.len());
    }
}
