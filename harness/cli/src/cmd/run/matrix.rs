//! A run as a table: a line for each recipe, a column for each target. Pure.

use dogfood_core::event::CellId;
use dogfood_core::name::Id;
use mdbook_dogfood::terminal::Shown;

use super::outcome::Outcome;

/// What stands where a recipe does not run on a target.
const NOT_PLANNED: &str = "-";

/// The table, a text for each line; nothing where a table would have one column.
pub(crate) fn lines(outcome: &Outcome) -> Vec<String> {
    let words: Vec<(&CellId, &str)> = outcome.words().collect();
    let mut columns: Vec<String> = Vec::new();
    let mut rows: Vec<(&Id, &Id)> = Vec::new();
    for (cell, _) in &words {
        let (column, row) = (column(cell), (&cell.guide, &cell.recipe));
        if !columns.contains(&column) {
            columns.push(column);
        }
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    if columns.len() < 2 {
        return Vec::new();
    }
    let of = |(guide, recipe): (&Id, &Id), at: &str| {
        let here = |(cell, _): &&(&CellId, &str)| cell.guide == *guide && cell.recipe == *recipe && column(cell) == *at;
        words.iter().find(here).map_or(NOT_PLANNED, |(_, word)| word)
    };
    let table = rows.iter().map(|row| columns.iter().map(|at| of(*row, at).to_owned()).collect::<Vec<_>>());
    let heads = std::iter::once((String::new(), columns.clone()));
    let named = rows.iter().map(|(guide, recipe)| format!("{guide}/{recipe}")).zip(table);
    aligned(&heads.chain(named).collect::<Vec<_>>())
}

fn column(cell: &CellId) -> String {
    let toolbox = cell.toolbox.as_ref().map(|toolbox| format!("+{toolbox}")).unwrap_or_default();
    format!("{}{toolbox}", cell.target)
}

fn aligned(rows: &[(String, Vec<String>)]) -> Vec<String> {
    let width = |texts: &mut dyn Iterator<Item = &String>| texts.map(String::len).max().unwrap_or_default();
    let first = width(&mut rows.iter().map(|(name, _)| name));
    let columns = rows.iter().map(|(_, cells)| cells.len()).max().unwrap_or_default();
    let widths: Vec<usize> =
        (0..columns).map(|at| width(&mut rows.iter().filter_map(|(_, cells)| cells.get(at)))).collect();
    let line = |(name, cells): &(String, Vec<String>)| {
        let cells: String = cells.iter().zip(&widths).map(|(cell, width)| format!("  {cell:width$}")).collect();
        Shown(format!("{name:first$}{cells}").trim_end()).to_string()
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::super::outcome::Became;
    use super::*;

    fn cell(recipe: &str, target: &str, became: Became) -> (CellId, Became) {
        let id = |text: &str| Id::new(text).unwrap();
        (CellId { guide: id("g"), recipe: id(recipe), target: id(target), toolbox: None }, became)
    }

    #[test]
    fn a_column_for_each_target_and_a_word_for_each_cell() {
        let cells = vec![
            cell("read", "none", Became::Passed { diverges: false }),
            cell("write", "server-a", Became::Passed { diverges: true }),
            cell("write", "b", Became::NotAvailable("no engine".to_owned())),
        ];
        let table = lines(&Outcome { cells, skipped: Vec::new() });
        insta::assert_snapshot!(table.join("\n"), @r"
                 none    server-a             b
        g/read   passed  -                    -
        g/write  -       diverges as written  not available
        ");
    }

    #[test]
    fn one_column_is_no_table() {
        let cells = vec![cell("read", "none", Became::Passed { diverges: false })];
        assert!(lines(&Outcome { cells, skipped: Vec::new() }).is_empty());
    }
}
