//! What came of the experiment's claim, as a section.

use super::tables::difference;
use super::{Block, Cell, Table};
use crate::report::claim::{Findings, Point};
use crate::report::frontier::{printed, setting, short_names};

/// Most rows of the table.
const MOST_ROWS: usize = 1000;

/// The section, its heading first.
pub(super) fn section(found: Option<&Findings>) -> Vec<Block> {
    let heading = Block::Heading(2, "Claim and verdict".to_owned());
    let Some(found) = found else {
        let none = "The experiment states no claim (`[claim]`) on which there could be a verdict.";
        return vec![heading, Block::Text(none.to_owned())];
    };
    let claim = &found.claim;
    let fact = |name: &str, value: &str| (name.to_owned(), value.trim().to_owned());
    let facts = vec![
        fact("hypothesis", &claim.hypothesis),
        fact("tested", &found.tested()),
        fact("held fixed, and not", &claim.closure),
        fact("could fail", &claim.could_fail),
    ];
    let mut blocks = vec![heading, Block::Facts(facts)];
    blocks.extend(found.sentences().into_iter().map(Block::Text));
    blocks.push(Block::Table(table(found)));
    blocks
}

fn table(found: &Findings) -> Table {
    let names = short_names(&found.parameters);
    let (factor, _) = printed(found.claim.metric);
    let mut rows = Vec::new();
    for point in &found.points {
        for (pair, together) in point.pairs.iter().zip(point.rejections()) {
            let label = format!("{} − {}", found.contenders[pair.a], found.contenders[pair.b]);
            // Group and label are the table's own; the difference, its interval and its p-value are those of other tables.
            let told = difference("", "", &pair.difference, factor).into_iter().skip(2).take(2);
            let effect = pair.effect * factor;
            let mut row = settings(point);
            row.push(Cell::text(label));
            row.extend(told);
            row.push(Cell::number(crate::chart::ticks::significant(effect, 3), effect));
            row.push(Cell::text(pair.finding.name()));
            row.push(Cell::number(crate::chart::ticks::significant(together, 2), together));
            row.push(Cell::text(match point.is_sound() {
                Some(true) => "yes",
                Some(false) => "no",
                None => "–",
            }));
            rows.push(row);
        }
    }
    let basins = if found.basins_checked {
        "and no distinct basins"
    } else {
        "while distinct basins were not looked for everywhere"
    };
    let mut notes = vec![format!(
        "Paired on the same draws. Holm's p: of a rejection, as one of all pairs of its point. Sound: every replicate of all that are compared is \
         certified, no bound on the gain of other conduct above the tolerance, {basins}; a dash: nothing speaks against it, but nobody was judged or looked."
    )];
    if rows.len() > MOST_ROWS {
        rows.truncate(MOST_ROWS);
        notes.push(format!("These are the first {MOST_ROWS} rows; verdict.json has all."));
    }
    let own = ["95% interval", "smallest difference of interest", "verdict", "Holm's p", "sound"];
    let head = names.iter().cloned().chain(["difference of".to_owned(), found.labelled()]);
    Table {
        name: "claim".to_owned(),
        caption: "The claim, pair by pair.".to_owned(),
        head: head.chain(own.map(str::to_owned)).collect(),
        texts: names.len() + 1,
        grouped: false,
        rows,
        notes,
    }
}

fn settings(point: &Point) -> Vec<Cell> {
    point.settings.iter().map(|value| Cell::text(setting(value.as_ref()))).collect()
}
