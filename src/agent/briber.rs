//! The briber: an outsider who gains if targeted transactions stay out, and offers every sequencer that could include
//! one the same price.
//!
//! `[briber]` names a strategy of role `briber`. A setting of its menu is a price: in ETH (`absolute`), in multiples of
//! what the includer forgoes (`relative`), or by its place between that and what keeping the transaction out is worth to the
//! briber (`between`); to abstain is to offer nothing. It draws a price for each target when it arrives, and learns from what
//! every price would have brought, sequencers' conduct being what it is.
//!
//! **Between.** With `f` what the includer forgoes and `G` what is gained, the place `s` from 0 to 1 is the price `f (G/f)^s`:
//! from `f`, for which an includer with nothing to lose is at best indifferent, to `G`, more than which no briber ever pays, in
//! equal ratios, as nobody knows beforehand on which scale the expected penalty is. Where `f` is less than a thousandth of `G`,
//! prices begin there, and where it is more than `G` there is nothing to offer.

use super::formula::View;
use super::strategy::{Strategy, Unit};
use crate::settings::{Parameter, Section};
use crate::world::targets::Targets;

/// Strategy of a `[briber]` that names none.
pub const DEFAULT: &str = "briber";
/// Strategy.
pub const STRATEGY: Parameter = Parameter::text(
    "strategy",
    DEFAULT,
    "strategy file by which the briber sets its price, by name (see `list strategies`) or by path, ending in .toml",
);
/// Keys of `[briber]`.
pub const PARAMETERS: &[&Parameter] = &[&STRATEGY];
/// Name of the table.
pub const TABLE: &str = "briber";
/// Name of what it sets, in tables.
pub const LEVER: &str = "bribe";

/// Reads `[briber]`, if the file has it; `find` finds a strategy by name.
pub fn read(
    root: &Section,
    targeted: bool,
    find: &mut dyn FnMut(&Section, &str) -> Option<Strategy>,
) -> Option<Strategy> {
    let section = root.table(TABLE)?;
    section.known(PARAMETERS);
    if !targeted {
        section.abandon();
        section.refuse("", "a briber without targets", "a `target_rate` in `[world]`", None);
    }
    let name = section.text(&STRATEGY);
    let strategy = find(&section, &name)?;
    if strategy.collusive.is_some() {
        section.refuse(
            STRATEGY.key,
            "a menu of kickbacks, in a briber's strategy",
            "a `relative`, `absolute` or `between` menu",
            None,
        );
    }
    Some(strategy)
}

impl Strategy {
    /// The price of a column, of these targets; `None` offers nothing.
    pub fn price(&self, column: usize, targets: &Targets) -> Option<f64> {
        let forgone = targets.tips.collected(1);
        let (most, least) =
            if self.menu.unit == Unit::Between { (targets.value, forgone) } else { (forgone, 0.0) };
        self.menu.offer(column, most, least, || View { value: forgone, ..View::default() })
    }

    /// The highest price of the menu, of these targets.
    pub fn highest_price(&self, targets: &Targets) -> Option<f64> {
        (0..self.menu.columns()).filter_map(|column| self.price(column, targets)).reduce(f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::targets::Tips;

    fn strategy(menu: &str) -> Strategy {
        let text = format!(
            "[experiment]\nname = \"t\"\n[world]\nkind = \"rollup\"\nfee_per_slot = 0.1\ntarget_rate = 0.1\n[briber]\nstrategy = \"s\"\n\
             [[sequencers]]\nname = \"a\"\ncount = 1\n[mechanism.m]\nrule = \"centralized\"\n[strategies.s]\nrole = \"briber\"\n\
             learner = \"fictitious_play\"\nmenu = {menu}\n"
        );
        crate::experiment::trial::read(&text).setting.briber.unwrap()
    }

    fn targets(tip: f64, value: f64) -> Targets {
        Targets { rate: 0.1, tips: Tips::Each(tip), value, window: 1, delay_cost: 0.0, forced: 100 }
    }

    /// Four places between 0.1 and 2.7 are three steps of a factor of 3; between nothing and 1 they begin at a thousandth, and are
    /// decades; nothing is offered for what is worth less than the tip, and the top is the value itself.
    #[test]
    fn places_between_are_equal_ratios_up_to_what_is_at_stake() {
        let strategy = strategy("{ between = [0.0, 1.0], points = 4 }");
        let prices = |tip: f64, value: f64| -> Vec<Option<f64>> {
            (0..5).map(|column| strategy.price(column, &targets(tip, value))).collect()
        };
        let near = |found: Vec<Option<f64>>, right: [f64; 4]| {
            assert_eq!(found[0], None);
            for (found, right) in found[1..].iter().zip(right) {
                assert!((found.unwrap() / right - 1.0).abs() < 1e-12, "{found:?} {right}");
            }
            assert_eq!(found[4], Some(right[3]));
        };
        near(prices(0.1, 2.7), [0.1, 0.3, 0.9, 2.7]);
        near(prices(0.0, 1.0), [0.001, 0.01, 0.1, 1.0]);
        assert_eq!(prices(2.0, 1.0), vec![None; 5]);
        assert_eq!(strategy.highest_price(&targets(0.1, 2.7)), Some(2.7));
    }

    /// Other units do not look at what is at stake.
    #[test]
    fn other_prices_are_multiples_of_the_tip_or_amounts() {
        let at = |menu: &str, column: usize| strategy(menu).price(column, &targets(0.1, 7.0));
        assert_eq!(at("{ relative = [0.0, 4.0], points = 5 }", 5), Some(0.4));
        assert_eq!(at("{ absolute = [0.0, 4.0], points = 5 }", 5), Some(4.0));
    }
}
