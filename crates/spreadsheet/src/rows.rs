//! From the rows of a table to what is to be issued, or to what is wrong in each cell.
//!
//! Only what is about spreadsheets is judged here: dates in other forms, formulas, errors, lost digits, frameworks that are almost right.
//! Every other rule is the API's: [`PersonRow::to_json`] is what a caller would send, and [`crate::refusal`] leads back to the cell. A field with
//! a fault is left out of the row, so that the API finds what else is wrong with the row in the same dry run.

mod address;
pub(crate) mod dates;
mod framework;
mod request;
mod text;
mod warnings;

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;

pub use request::{PersonRow, RowSkill};

use crate::cell::{Cell, trimmed};
use crate::columns::ColumnMap;
use crate::fault::{CellFault, ColumnName, Problem, Warning, shortened};
use crate::field::{Field, SkillNumber, SkillPart};
use crate::table::{Table, TableRow, TableSource};
use crate::template::{AchievementTemplate, TemplateSkill};

pub(crate) use address::write_address;
pub(crate) use dates::{CellDate, read as read_date};

/// The inputs that rows are made from.
#[derive(Debug, Clone, Copy)]
pub struct RowInputs<'a> {
    /// The table.
    pub table: &'a Table,
    /// The uses of its columns.
    pub map: &'a ColumnMap,
    /// The texts that the achievement's template fills in.
    pub template: &'a AchievementTemplate,
    /// The day of the upload, in UTC: the day of issue where the file has none.
    pub today: Date,
}

impl<'a> RowInputs<'a> {
    /// Returns what the cell of a row shows, without the white space around it; `None` if that is nothing.
    pub(crate) fn cell_text(&self, number: u32, column: usize) -> Option<&'a str> {
        let rows = &self.table.rows;
        let row = rows.get(rows.partition_point(|row| row.number < number))?;
        row.cells.get(column).map(|cell| trimmed(cell.shown())).filter(|text| !text.is_empty())
    }
}

/// The rows of a table.
#[derive(Debug, Clone)]
pub struct CheckedRows {
    /// All rows, in the order of the file.
    pub rows: Vec<CheckedRow>,
    /// The warnings, in the order of the file.
    pub warnings: Vec<Warning>,
}

/// A row with its faults.
#[derive(Debug, Clone)]
pub struct CheckedRow {
    /// The row, without the fields that have a fault.
    pub row: PersonRow,
    /// The faults: first those of a field without a column and of cells beyond the headers, then the others in the order of the columns.
    pub faults: Vec<CellFault>,
}

/// Reads the rows. `random` returns fresh random bytes: a recipient without an id gets a version 4 UUID made of them.
pub fn check(inputs: &RowInputs<'_>, random: &mut dyn FnMut() -> [u8; 16]) -> CheckedRows {
    let shared = SharedInputs { columns: Columns::of(inputs.map), texts: TemplateTexts::of(inputs.template) };
    let rows = inputs.table.rows.iter().map(|row| read_row(inputs, &shared, row, random)).collect::<Vec<_>>();
    let warnings = warnings::find(inputs, &rows);
    CheckedRows { rows, warnings }
}

fn read_row(
    inputs: &RowInputs<'_>,
    shared: &SharedInputs,
    from: &TableRow,
    random: &mut dyn FnMut() -> [u8; 16],
) -> CheckedRow {
    let SharedInputs { columns, texts } = shared;
    let mut reader = RowReader { inputs, columns, from, faults: Vec::new() };
    let (recipient_id, has_made_id) = match reader.text(Field::RecipientId) {
        Read::Value(id) => (Some(request::recipient_id(id)), false),
        Read::Faulty => (None, false),
        Read::Empty => (Some(uuid::Builder::from_random_bytes(random()).into_uuid().urn().to_string()), true),
    };
    let mut row = PersonRow {
        number: from.number,
        has_made_id,
        recipient_id,
        name: reader.needed(Field::Name),
        email: reader.text(Field::Email).value(),
        achievement_id: texts.id.clone(),
        achievement: reader.needed_or(Field::Achievement, texts.name.as_ref()),
        description: reader.needed_or(Field::Description, texts.description.as_ref()),
        criteria: reader.text_or(Field::Criteria, texts.criteria.as_ref()),
        image: texts.image.clone(),
        skills: texts.skills.clone(),
        issued: None,
        expires: None,
        evidence_url: reader.text(Field::EvidenceUrl).value(),
        evidence: reader.text(Field::Evidence).value(),
    };
    row.skills.extend(columns.skills.iter().filter_map(|number| reader.skill(*number)));
    row.issued = match reader.date(Field::Issued) {
        Read::Value(date) => Some(date.first_moment()),
        Read::Empty => Some(dates::CellDate::Day(inputs.today).first_moment()),
        Read::Faulty => None,
    };
    row.expires = reader.date(Field::Expires).map(|date| date.end()).value();
    reader.check_width();
    let mut faults = reader.faults;
    faults.sort_by_key(|fault| fault.field.and_then(|field| columns.fields.get(&field).copied()));
    CheckedRow { row, faults }
}

/// The contents of a cell for a field.
enum Read<T> {
    Value(T),
    /// It is empty, or the file has no such column.
    Empty,
    /// It has a fault, which is recorded.
    Faulty,
}

impl<T> Read<T> {
    fn value(self) -> Option<T> {
        match self {
            Read::Value(value) => Some(value),
            Read::Empty | Read::Faulty => None,
        }
    }

    fn map<U>(self, change: impl FnOnce(T) -> U) -> Read<U> {
        match self {
            Read::Value(value) => Read::Value(change(value)),
            Read::Empty => Read::Empty,
            Read::Faulty => Read::Faulty,
        }
    }
}

/// Values that are the same for all rows, made once.
struct SharedInputs {
    columns: Columns,
    texts: TemplateTexts,
}

/// The texts of the template, as rows share them.
struct TemplateTexts {
    id: Option<Arc<str>>,
    name: Option<Arc<str>>,
    description: Option<Arc<str>>,
    criteria: Option<Arc<str>>,
    image: Option<Arc<str>>,
    skills: Vec<RowSkill>,
}

impl TemplateTexts {
    fn of(template: &AchievementTemplate) -> Self {
        let text = |text: &Option<String>| -> Option<Arc<str>> { text.as_deref().map(Arc::from) };
        let skill = |skill: &TemplateSkill| RowSkill { number: None, skill: Arc::new(skill.clone()) };
        Self {
            id: text(&template.id),
            name: text(&template.name),
            description: text(&template.description),
            criteria: text(&template.criteria),
            image: text(&template.image),
            skills: template.skills.iter().map(skill).collect(),
        }
    }
}

/// The columns of a map, by what is asked for.
struct Columns {
    /// The column of each field, from 0.
    fields: HashMap<Field, usize>,
    /// The skills that have a column.
    skills: Vec<SkillNumber>,
}

impl Columns {
    /// Searches a map: of several columns for a field the first one counts.
    fn of(map: &ColumnMap) -> Self {
        let mut fields = HashMap::new();
        for (column, field) in map.fields() {
            fields.entry(field).or_insert(column);
        }
        let has_column = |number: SkillNumber| {
            SkillPart::ALL.iter().any(|part| fields.contains_key(&Field::Skill(number, *part)))
        };
        let skills = SkillNumber::all().filter(|number| has_column(*number)).collect();
        Self { fields, skills }
    }
}

struct RowReader<'a> {
    inputs: &'a RowInputs<'a>,
    columns: &'a Columns,
    from: &'a TableRow,
    faults: Vec<CellFault>,
}

impl RowReader<'_> {
    /// Returns the column of a field and its cell, if the file has the column.
    fn cell(&self, field: Field) -> Option<(usize, &Cell)> {
        let column = *self.columns.fields.get(&field)?;
        Some((column, self.from.cells.get(column).unwrap_or(&Cell::Empty)))
    }

    /// Reads a text without the white space around it.
    fn text(&mut self, field: Field) -> Read<String> {
        let Some((_, cell)) = self.cell(field) else { return Read::Empty };
        match text::read(cell, field) {
            Ok(None) => Read::Empty,
            Ok(Some(text)) => Read::Value(text),
            Err(problem) => self.fault(field, problem),
        }
    }

    /// Reads a text that must be in the row.
    fn needed(&mut self, field: Field) -> Option<String> {
        match self.text(field) {
            Read::Empty => self.fault(field, Problem::Missing).value(),
            read => read.value(),
        }
    }

    /// Reads a text, which is the template's if the cell is empty.
    fn text_or(&mut self, field: Field, template: Option<&Arc<str>>) -> Option<Arc<str>> {
        match self.text(field) {
            Read::Value(text) => Some(text.into()),
            Read::Empty => template.cloned(),
            Read::Faulty => None,
        }
    }

    /// Reads a text that must be in the row, or come from the template.
    fn needed_or(&mut self, field: Field, template: Option<&Arc<str>>) -> Option<Arc<str>> {
        match template {
            Some(_) => self.text_or(field, template),
            None => self.needed(field).map(Arc::from),
        }
    }

    fn date(&mut self, field: Field) -> Read<dates::CellDate> {
        match self.text(field) {
            Read::Value(text) => match dates::read(&text) {
                Ok(date) => Read::Value(date),
                Err(write) => self.fault(field, Problem::NotADate { write }),
            },
            Read::Empty => Read::Empty,
            Read::Faulty => Read::Faulty,
        }
    }

    /// Reads a skill. It is absent if all of its cells are empty.
    fn skill(&mut self, number: SkillNumber) -> Option<RowSkill> {
        let fields = SkillPart::ALL.map(|part| Field::Skill(number, part));
        if fields.iter().all(|field| self.cell(*field).is_none_or(|(_, cell)| cell.is_empty())) {
            return None;
        }
        let [framework, code, name, url] = fields;
        let framework = match self.text(framework) {
            Read::Value(text) => match framework::read(&text) {
                Ok(known) => Some(known.to_owned()),
                Err(problem) => self.fault(framework, problem).value(),
            },
            Read::Empty => self.fault(framework, Problem::Missing).value(),
            Read::Faulty => None,
        };
        let skill = TemplateSkill {
            framework,
            code: self.needed(code),
            name: self.needed(name),
            url: self.text(url).value(),
        };
        Some(RowSkill { number: Some(number), skill: Arc::new(skill) })
    }

    /// Records a value beyond the headers of a CSV file: the cells before it are probably shifted.
    fn check_width(&mut self) {
        let width = self.inputs.table.header.cells.len();
        let TableSource::Csv(_) = self.inputs.table.source else { return };
        let beyond = self.from.cells.iter().enumerate().skip(width).find(|(_, cell)| !cell.is_empty());
        if let Some((column, cell)) = beyond {
            self.faults.push(CellFault {
                row: self.from.number,
                column: Some(ColumnName::of(self.inputs.table, column)),
                field: None,
                found: shortened(cell.shown()),
                problem: Problem::BeyondHeaders,
            });
        }
    }

    fn fault<T>(&mut self, field: Field, problem: Problem) -> Read<T> {
        let cell = self.cell(field);
        let fault = CellFault {
            row: self.from.number,
            column: cell.map(|(column, _)| ColumnName::of(self.inputs.table, column)),
            field: Some(field),
            found: cell.map(|(_, cell)| shortened(trimmed(cell.shown()))).unwrap_or_default(),
            problem,
        };
        self.faults.push(fault);
        Read::Faulty
    }
}
