//! The use of each column: guessed by its header, decided by a person.

mod headers;
mod names;

use serde::{Deserialize, Serialize};

use crate::field::Field;
use crate::file_fault::FileFault;
use crate::result_columns::is_own_header;
use crate::table::Table;
use crate::template::AchievementTemplate;

/// The use of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnUse {
    /// It fills this field.
    Field(Field),
    /// It is kept in the result file and fills nothing.
    Skip,
    /// Its header is not known, and a person has to decide.
    Unconfirmed,
}

/// The use of each column of a file, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ColumnMap(Vec<ColumnUse>);

impl ColumnMap {
    /// Creates the map of these uses, one for each column of the file.
    pub fn new(uses: Vec<ColumnUse>) -> Self {
        Self(uses)
    }

    /// Returns the uses in the order of the columns.
    pub fn uses(&self) -> &[ColumnUse] {
        &self.0
    }

    /// Sets what a column, counted from 0, is for. Returns whether there is such a column.
    pub fn set(&mut self, column: usize, column_use: ColumnUse) -> bool {
        self.0.get_mut(column).map(|slot| *slot = column_use).is_some()
    }

    /// Records that a person wants to skip the columns whose headers are not known.
    pub fn skip_unconfirmed(&mut self) {
        for slot in self.0.iter_mut().filter(|slot| **slot == ColumnUse::Unconfirmed) {
            *slot = ColumnUse::Skip;
        }
    }

    /// Returns the first column that is for a field, from 0.
    pub fn column_of(&self, field: Field) -> Option<usize> {
        self.0.iter().position(|one| *one == ColumnUse::Field(field))
    }

    /// Returns the columns that are for a field, from 0, each with its field.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (usize, Field)> {
        self.0.iter().enumerate().filter_map(|(column, one)| match one {
            ColumnUse::Field(field) => Some((column, *field)),
            ColumnUse::Skip | ColumnUse::Unconfirmed => None,
        })
    }
}

/// Returns the uses that the headers of a table name. A column without header and values, and those that a result file adds, are skipped.
pub fn guess(table: &Table) -> ColumnMap {
    let has_values = |column: usize| {
        table.rows.iter().any(|row| row.cells.get(column).is_some_and(|cell| !cell.is_empty()))
    };
    let uses = (0..table.header.cells.len()).map(|column| match table.header_of(column) {
        "" if !has_values(column) => ColumnUse::Skip,
        "" => ColumnUse::Unconfirmed,
        header if is_own_header(header) => ColumnUse::Skip,
        header => names::field_of(header).map_or(ColumnUse::Unconfirmed, ColumnUse::Field),
    });
    ColumnMap(uses.collect())
}

/// Returns what is wrong with the columns, in the order in which people mend it: columns that are not there, columns for the same field,
/// columns that are not decided about. `template` has what needs no column.
pub fn check(table: &Table, map: &ColumnMap, template: &AchievementTemplate) -> Vec<FileFault> {
    let found = table.header.cells.len();
    if map.0.len() != found {
        return vec![FileFault::OtherColumns { mapped: map.0.len(), found }];
    }
    let headers = || {
        (0..found).map(|column| table.header_of(column).to_owned()).filter(|one| !one.is_empty()).collect()
    };
    let needed = [
        (Field::Name, false),
        (Field::Achievement, template.name.is_some()),
        (Field::Description, template.description.is_some()),
    ];
    let missing = needed
        .into_iter()
        .filter(|(field, is_given)| !is_given && map.column_of(*field).is_none())
        .map(|(field, _)| FileFault::MissingColumn { field, headers: headers() });
    let duplicate = Field::all().filter_map(|field| {
        let columns: Vec<usize> =
            map.fields().filter(|(_, one)| *one == field).map(|(column, _)| column).collect();
        (columns.len() > 1).then_some(FileFault::DuplicateColumn { field, columns })
    });
    let unconfirmed =
        map.0.iter().enumerate().filter(|(_, one)| **one == ColumnUse::Unconfirmed).map(|(column, _)| {
            FileFault::UnconfirmedColumn { column, header: table.header_of(column).to_owned() }
        });
    missing.chain(duplicate).chain(unconfirmed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::read;

    fn table(text: &str) -> Table {
        read(text.as_bytes(), "people.csv").unwrap()
    }

    #[test]
    fn a_map_is_guessed_changed_and_kept() {
        let table = table("Vorname,Name,credential_id,,\nAda,Lovelace,1,,x\n");
        let mut map = guess(&table);
        assert_eq!(map.column_of(Field::Name), Some(1));
        assert_eq!(map.uses()[0], ColumnUse::Unconfirmed);
        assert_eq!(map.uses()[2..4], [ColumnUse::Skip, ColumnUse::Skip]);
        assert!(map.set(0, ColumnUse::Field(Field::Criteria)) && !map.set(9, ColumnUse::Skip));
        let text = serde_json::to_string(&map).unwrap();
        assert_eq!(text, r#"[{"field":"criteria"},{"field":"name"},"skip","skip","unconfirmed"]"#);
        assert_eq!(serde_json::from_str::<ColumnMap>(&text).unwrap(), map);
    }

    #[test]
    fn faults_of_columns_come_in_the_order_of_mending() {
        let table = table("email,E-Mail,shoe size\na,b,c\n");
        let map = guess(&table);
        let headers = ["email", "E-Mail", "shoe size"].map(str::to_owned).to_vec();
        let missing = |field| FileFault::MissingColumn { field, headers: headers.clone() };
        let others = [
            FileFault::DuplicateColumn { field: Field::Email, columns: vec![0, 1] },
            FileFault::UnconfirmedColumn { column: 2, header: "shoe size".to_owned() },
        ];
        let all = [Field::Name, Field::Achievement, Field::Description].map(missing);
        assert_eq!(check(&table, &map, &AchievementTemplate::default()), [&all[..], &others].concat());
        let template = AchievementTemplate {
            name: Some("Botany".to_owned()),
            description: Some("A course".to_owned()),
            ..AchievementTemplate::default()
        };
        assert_eq!(check(&table, &map, &template)[..2], [all[0].clone(), others[0].clone()]);
        let short = ColumnMap::new(vec![ColumnUse::Skip]);
        assert_eq!(check(&table, &short, &template), [FileFault::OtherColumns { mapped: 1, found: 3 }]);
    }
}
