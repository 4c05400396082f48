//! The kickback game that a contender plays, where theory knows it: constant values, kickbacks per unit of stake, leaders in
//! proportion to stake, and delegators of one kind. Then [`crate::theory::kickback`] has its equilibrium, and a menu can be
//! laid between competition and collusion.

use super::before_play;
use super::file::Contender;
use crate::agent::Setting;
use crate::agent::strategy::{Collusive, Menu, Unit};
use crate::learning::population::Revision;
use crate::mechanism::delegated::{Delegated, Kickback};
use crate::mechanism::terms::Terms;
use crate::mechanism::{Mechanism, Rule};
use crate::settings::Section;
use crate::theory::kickback::Market;
use crate::with_rule;
use crate::world::Signals;
use crate::world::distribution::Distribution;

/// How the offer's reference depends on the private value `v` of a class: `slope·v − cost`.
#[derive(Clone, Debug, PartialEq)]
pub struct Worth {
    /// Law of `slope·v`.
    pub law: Distribution,
    /// What is subtracted.
    pub cost: f64,
}

/// The net worth of each class under a rule; `None` in the rollup world or with standbys. The rule itself is asked twice,
/// since it is affine in the private value.
pub fn worths<M: Mechanism>(setting: &Setting, terms: &Terms, rule: &M) -> Option<Vec<Worth>> {
    if !setting.world.is_abstract() || terms.redundancy != 1 {
        return None;
    }
    let n = setting.candidates();
    let asked = |value: f64, i: usize| {
        let gross = vec![value / f64::from(terms.epoch_slots); n];
        let signals = Signals { rank: vec![0.5; n], skill: vec![1.0; n], gross, ..Signals::default() };
        let at = before_play::at(setting, terms, &signals);
        rule.reference(&at, i)
    };
    let worth = |class: usize| {
        let i = setting.sequencers.iter().position(|s| s.class == class)?;
        let cost = -asked(0.0, i);
        let slope = asked(1.0, i) + cost;
        let law = setting.classes[class].traits.value.as_ref()?.scaled(slope.max(0.0));
        // Adding zero turns −0 into 0.
        Some(Worth { law, cost: cost + 0.0 })
    };
    (0..setting.classes.len()).map(worth).collect()
}

/// A kickback game in the terms of theory.
#[derive(Clone, Debug)]
pub struct KickbackGame {
    /// The market without inertia; one candidate for each sequencer.
    pub market: Market,
    /// Net worth of the whole epoch by class, in the unit of offers: delegators get, and candidates pay, an offer only for
    /// the share of slots that was delivered.
    pub net: Vec<f64>,
    /// Availability by candidate.
    pub availability: Vec<f64>,
}

impl KickbackGame {
    /// The game of a contender.
    ///
    /// # Errors
    /// What theory does not cover.
    pub fn new(setting: &Setting, terms: &Terms, rule: &Delegated) -> Result<Self, String> {
        let refuse = |what: &str| Err(what.to_owned());
        if !setting.world.is_abstract() {
            return refuse("in the rollup world values change from epoch to epoch");
        }
        if setting.has_siblings() {
            return refuse("operators run several candidates (`identities`)");
        }
        let Some(worths) = worths(setting, terms, rule) else {
            return refuse("standbys (`redundancy` above 1) share slots out differently");
        };
        if rule.seats().is_some() {
            return refuse("with `seats` leaders are not drawn in proportion to stake");
        }
        if rule.kickback() != Kickback::PerStake {
            return refuse("kickbacks are not paid per unit of stake (`kickback = \"per_stake\"`)");
        }
        let [group] = setting.delegators.as_slice() else {
            return refuse("there is more than one group of delegators");
        };
        if group.rule != Revision::Logit {
            return refuse("delegators do not choose by logit (`strategy = \"logit\"`)");
        }
        if group.uptime_taste != 0.0 {
            return refuse("delegators have a taste for uptime");
        }
        if group.price_sensitivity <= 0.0 {
            return refuse("delegators do not care what they are paid (`price_sensitivity = 0`)");
        }
        let constant = |w: &Worth| match w.law.atoms().as_slice() {
            [(v, _)] => Some(v - w.cost),
            _ => None,
        };
        let Some(net) = worths.iter().map(constant).collect::<Option<Vec<f64>>>() else {
            return refuse("values are not constant");
        };
        let availability = terms.availability.clone();
        let rents = setting.sequencers.iter().zip(&availability).map(|(s, up)| net[s.class] * up).collect();
        let market = Market::new(rents, 1.0 / group.price_sensitivity, group.outside_option)?;
        Ok(KickbackGame { market, net, availability })
    }

    /// The grid of each class of sequencers.
    ///
    /// # Errors
    /// Why there is none.
    fn grid(&self, setting: &Setting, class: usize, grid: Collusive) -> Result<Menu, String> {
        if self.market.outside.is_none() {
            return Err("without an `outside_option` stake has nowhere else to go, and no kickback is low enough for a \
                        cartel"
                .to_owned());
        }
        // Where a cartel would rather be paid by delegators is for the grid to say.
        let free = Market { floor: f64::NEG_INFINITY, ..self.market.clone() };
        let (nash, joint) = (free.equilibrium(), free.joint_maximum());
        let i = setting.sequencers.iter().position(|s| s.class == class).expect("classes have members");
        let (nash, joint) =
            (nash.kickback[i] / self.availability[i], joint.kickback[i] / self.availability[i]);
        if nash - joint <= 1e-9 * nash.abs() {
            return Err(format!(
                "competition and collusion are the same for group `{}`: both pay {nash:.5}",
                setting.classes[class].name
            ));
        }
        let reach = grid.margin * (nash - joint);
        let (low, high) = (joint - reach, nash + reach);
        if low < 0.0 {
            return Err(format!(
                "the grid of group `{}` would begin at {low:.5} (joint-profit kickback {joint:.5}, static Nash kickback \
                 {nash:.5}), and kickbacks cannot be negative. Raise values and `outside_option` by the same amount, say to R − c = 2 \
                 and u0 = 1 instead of 1 and 0: that is the same game with all kickbacks higher by the amount",
                setting.classes[class].name
            ));
        }
        Ok(Menu::grid(Unit::Absolute, low, high, grid.points))
    }
}

/// Lays the menus that follow from the game. Members of a class have one menu, so that all contenders must agree about it.
pub fn lay_collusive_menus(root: &Section, setting: &mut Setting, contenders: &[Contender]) {
    for class in 0..setting.classes.len() {
        let Some(grid) = setting.classes[class].strategy.collusive else { continue };
        match collusive_menu(setting, contenders, class, grid) {
            Ok(menu) => setting.classes[class].strategy.menu = menu,
            Err(message) => {
                let name = &setting.classes[class].strategy.name;
                let strategies = root.table("strategies");
                if let Some((_, section)) =
                    strategies.iter().flat_map(Section::members).find(|(n, _)| n == name)
                {
                    let allowed = "`collusive` for contenders of rule `delegated` with kickbacks per stake, leaders in proportion \
                                   to stake, constant values and one group of delegators, or a `relative` or `absolute` menu";
                    section.refuse("menu", &message, allowed, None);
                }
            }
        }
    }
}

fn collusive_menu(
    setting: &Setting,
    contenders: &[Contender],
    class: usize,
    grid: Collusive,
) -> Result<Menu, String> {
    let mut laid: Option<(Menu, &str)> = None;
    for contender in contenders {
        let name = &contender.name;
        let Rule::Delegated(rule) = &contender.rule else {
            if with_rule!(&contender.rule, rule => rule.lever().is_none()) {
                continue;
            }
            return Err(format!(
                "theory knows no collusive grid for contender `{name}`: its rule is not `delegated`"
            ));
        };
        let menu = KickbackGame::new(setting, &contender.terms, rule)
            .and_then(|game| game.grid(setting, class, grid))
            .map_err(|why| format!("there is no collusive grid for contender `{name}`: {why}"))?;
        match &laid {
            Some((other, first)) if *other != menu => {
                return Err(format!(
                    "contenders `{first}` and `{name}` would have different grids; ask about them in different experiments"
                ));
            }
            _ => laid = Some((menu, name)),
        }
    }
    let (menu, _) = laid.ok_or("no contender's rule is `delegated`")?;
    Ok(menu)
}
