//! The result file and the template file.

use learncoin_language::Language;
use learncoin_spreadsheet::columns::{ColumnUse, check, guess};
use learncoin_spreadsheet::read::read;
use learncoin_spreadsheet::result_file::{RowResult, write};
use learncoin_spreadsheet::{AchievementTemplate, Field, template_file};

use crate::support::{Upload, botany, read_kept, texts};

fn result(index: usize) -> RowResult {
    RowResult {
        recipient_id: format!("urn:uuid:{index}"),
        credential_id: format!("crd_{index}"),
        link: format!("https://learncoin.example/c/crd_{index}"),
        state: "anchored".to_owned(),
        mail_state: "-sent".to_owned(),
    }
}

#[test]
fn the_result_is_the_upload_with_columns_added_and_no_formulas() {
    let text = "name;phone;note\nAda;+49 30 1;=cmd|' /C calc'!A0\nGrace;-5;\"a \"\"b\"\"\n2\"\n";
    let upload = Upload::of(text, botany());
    let file = write(&upload.inputs(), Language::English, &mut |index| (index == 0).then(|| result(index)));
    let expected = "\u{feff}name;phone;note;recipient_id;credential_id;credential_link;credential_state;mail_state\r\n\
        Ada;'+49 30 1;'=cmd|' /C calc'!A0;urn:uuid:0;crd_0;https://learncoin.example/c/crd_0;anchored;'-sent\r\n\
        Grace;'-5;\"a \"\"b\"\"\n2\";;;;;\r\n";
    assert_eq!(String::from_utf8(file.clone()).unwrap(), expected);
    // What is read again is the upload, and the columns of the result are known.
    let again = read(&file, "result.csv").unwrap();
    let first: Vec<Vec<&str>> =
        texts(&again).into_iter().map(|(_, cells)| cells.into_iter().take(3).collect()).collect();
    let before: Vec<Vec<&str>> = texts(&upload.table).into_iter().map(|(_, cells)| cells).collect();
    assert_eq!(first, before);
    let uses = guess(&again).uses().to_vec();
    assert_eq!(
        (uses[3], uses[4], uses[7]),
        (ColumnUse::Field(Field::RecipientId), ColumnUse::Skip, ColumnUse::Skip)
    );
}

#[test]
fn ids_that_were_made_are_in_the_uploads_own_column() {
    let upload = Upload::of("recipient_id,name\n,Ada\nurn:uuid:7,Grace\n", botany());
    let file = write(&upload.inputs(), Language::English, &mut |index| Some(result(index)));
    let text = String::from_utf8(file).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[1].starts_with("urn:uuid:0,Ada,crd_0,"), "{}", lines[1]);
    assert!(lines[2].starts_with("urn:uuid:7,Grace,crd_1,"), "{}", lines[2]);
}

#[test]
fn the_result_of_a_workbook_has_the_separator_of_the_readers_language() {
    let upload = Upload::of_table(read_kept("plain.xlsx").unwrap(), AchievementTemplate::default());
    for (language, start) in
        [(Language::English, "\u{feff}name,email,"), (Language::German, "\u{feff}name;email;")]
    {
        let file = write(&upload.inputs(), language, &mut |_| None);
        assert!(String::from_utf8(file).unwrap().starts_with(start));
    }
}

#[test]
fn the_template_file_is_read_without_a_fault() {
    let with_skills =
        AchievementTemplate { skills: vec![learncoin_spreadsheet::TemplateSkill::default()], ..botany() };
    for template in [AchievementTemplate::default(), botany(), with_skills] {
        for language in Language::ALL {
            let file = template_file::write(&template, language);
            let table = read(&file, "template.csv").unwrap();
            assert_eq!(check(&table, &guess(&table), &template), []);
            let upload = Upload::of_table(table, template.clone());
            assert_eq!(upload.faults(), Vec::<String>::new());
            assert_eq!(upload.check().warnings.len(), 1, "the example row is noticed");
        }
    }
}
