//! Scripted strategies: one offer, a formula, or a policy learned elsewhere, and what they are judged against.
//!
//! Scripted play needs no menu. Where the file gives one, it holds the deviations against which the certificate judges
//! the script: one setting for each of `bins` bins of private value, the script itself following the exact value.

use super::answers::{ANSWERS, Answers};
use super::table::Table;
use super::{
    DEVIATIONS_BINS, Grid, MENU, Menu, OFFER, POLICY, ROLE, Strategy, Unit, bins, menu_from, unit_of,
};
use crate::agent::formula::Formula;
use crate::learning::LearnerSpec;
use crate::settings::{Section, Value};

/// What a script offers.
enum Offer {
    Abstain,
    Setting(Unit, f64),
    Formula(Formula),
}

/// Reads a scripted strategy.
pub fn read(section: &Section, name: &str) -> Option<Strategy> {
    let judged = section.is_given(MENU.key);
    let grid = if judged { Some(deviations(section)?) } else { None };
    let bins = if judged { bins(section, DEVIATIONS_BINS) } else { 1 };
    let strategy = |menu: Menu, learner: LearnerSpec, policy: Option<Table>| Strategy {
        name: name.to_owned(),
        learner,
        bins,
        menu,
        collusive: None,
        policy,
        answers: None,
        judged,
    };
    if Answers::are_given(section) {
        let Some(menu) = grid else {
            section.refuse(
                ANSWERS.key,
                "answers without the menu that they are on",
                "a `menu` besides",
                None,
            );
            return None;
        };
        if section.choice(&ROLE) == "briber" {
            section.refuse(ANSWERS.key, "answers to past offers, in a briber's strategy", "a `policy`", None);
            return None;
        }
        let answers = Answers::read(section, &menu)?;
        let played = strategy(menu, LearnerSpec::Scripted { column: 0 }, None);
        return Some(Strategy { answers: Some(answers), ..played });
    }
    if section.is_given(POLICY.key) {
        let Some(menu) = grid else {
            section.refuse(POLICY.key, "a policy without the menu of its offers", "a `menu` besides", None);
            return None;
        };
        let table = section.custom(&POLICY, |value| Table::read(value, &menu))?;
        return Some(strategy(menu, LearnerSpec::Scripted { column: 0 }, Some(table)));
    }
    let offer = section.custom(&OFFER, offer_from)?;
    let mut menu = grid.unwrap_or_else(|| Menu { unit: Unit::Relative, settings: Vec::new(), script: None });
    let column = match offer {
        Offer::Abstain => 0,
        Offer::Setting(unit, x) => {
            if menu.settings.is_empty() {
                menu.unit = unit;
            } else if menu.unit != unit {
                section.refuse(
                    MENU.key,
                    "a menu of deviations in another unit than the offer's",
                    "the same unit in both",
                    None,
                );
                return None;
            }
            // Settings ascend.
            let place = menu.settings.partition_point(|&setting| setting < x);
            if menu.settings.get(place) != Some(&x) {
                menu.settings.insert(place, x);
            }
            place + 1
        }
        Offer::Formula(formula) => {
            menu.script = Some(formula);
            menu.settings.len() + 1
        }
    };
    Some(strategy(menu, LearnerSpec::Scripted { column }, None))
}

/// The menu of deviations.
fn deviations(section: &Section) -> Option<Menu> {
    match section.custom(&MENU, menu_from)? {
        Grid::Given(menu) => Some(menu),
        Grid::Collusive(_) => {
            section.refuse(
                MENU.key,
                "a menu that follows from the game, in a script",
                "settings that are given",
                None,
            );
            None
        }
    }
}

fn offer_from(value: &Value) -> Result<Offer, String> {
    match value {
        Value::Text(text) if text == "abstain" => Ok(Offer::Abstain),
        Value::Text(text) => Formula::parse(text).map(Offer::Formula),
        Value::Table(entries) => {
            match entries.as_slice() {
                [(key, amount)] => match (unit_of(key), amount.as_number()) {
                    (Some(unit), Some(x)) if x.is_finite() && x >= 0.0 => Ok(Offer::Setting(unit, x)),
                    _ => Err("an offer has one key, `relative` or `absolute` (of a briber also `between`), with a number of at least 0"
                        .to_owned()),
                },
                _ => Err("an offer has exactly one key".to_owned()),
            }
        }
        _ => Err("an offer is a table, a formula or \"abstain\"".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use crate::experiment::trial;

    /// Bins of a script's deviations: as set, else more than a learner could fill; none without deviations. As resolved they are written.
    #[test]
    fn deviations_tell_more_values_apart_than_learners() {
        let bins = |more: &str| {
            let text = format!(
                "[experiment]\nname = \"t\"\n[[sequencers]]\nname = \"a\"\ncount = 2\nvalue = {{ uniform = [0, 1] }}\nstrategy = \"s\"\n\
                 [mechanism.m]\nrule = \"auction\"\n[strategies.s]\nlearner = {more}\n"
            );
            let experiment = trial::read(&text);
            let written = experiment.resolved.value("strategies.s.bins").and_then(|v| v.as_number());
            (experiment.setting.classes[0].strategy.bins, written)
        };
        let menu = "menu = { relative = [0.0, 1.0], points = 11 }";
        assert_eq!(bins(&format!("\"scripted\"\noffer = \"value / 2\"\n{menu}")), (40, Some(40.0)));
        assert_eq!(bins(&format!("\"scripted\"\noffer = \"value / 2\"\nbins = 3\n{menu}")), (3, Some(3.0)));
        assert_eq!(bins("\"scripted\"\noffer = \"value / 2\""), (1, None));
        assert_eq!(bins(&format!("\"hedge\"\n{menu}")), (10, Some(10.0)));
    }
}
