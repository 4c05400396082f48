//! Which conduct brings most over a whole epoch, whose acts are found out together.
//!
//! Where each of `k` acts of an epoch is found out with probability `f`, and one finding takes `L` however many acts there were, the
//! `j`-th adds only `f·(1 − f)^(j−1)` to the probability of a finding. Acts that do not pay one by one may pay together: `k` of them that
//! bring `G` each do if `k·G > (1 − (1 − f)^k)·L` ([`crate::theory::deterrence::Temptation::together`]). Hence whole ways to behave are
//! held against each other, in the same epochs: what each earns, less its scruples, less `L` times the probability of a finding for
//! all that was done.
//!
//! **Ways.** As far as they are learned: to take no bribe, or every one from some price on, for each price that the briber offers; to
//! take toxic MEV or leave it; to obey orders or defy them. What pays act by act is one of these ways, at the expected cost `κ` of an act: who
//! asks `κ` takes what is offered from the next price on. It is given up only for what brings more by so many standard errors of the
//! difference that luck alone would do so for some way in one case of forty.
//!
//! **How long they are tried.** Epochs count together, over rounds of learning, as long as everybody behaves alike in them ([`Habits`]), whatever a
//! finding is thought to cost meanwhile. They are tried until one way is better than every other by four standard errors, or there
//! are 1,536 epochs; 384 where it makes no difference so far.
//!
//! **What is asked.** Who behaves as it does act by act asks `κ`. Who takes what does not pay by itself asks what its acts cost it on average: less
//! would not pay. A briber who learns its price posts it for all targets: of such a one everybody asks the least price that pays
//! if it is taken for all of them by everybody, their average cost, whatever is offered while it learns.
//!
//! **Deals of several.** Where schedules are public a briber pays nobody unless everybody takes its offer. Who would be paid only then
//! asks what it gains if the others are willing, as else it loses nothing: so it is supposed in the first rounds, after which
//! others count as they behave; always of a briber who learns.

use super::conduct::{Behaviour, Conduct};
use super::ledger::Imbalance;
use super::market::{Game, Market};
use super::trial::Trial;
use crate::agent::conduct::Choice;
use crate::learning::policy::Policy;
use crate::mechanism::Mechanism;
use crate::numerics::normal_quantile;

/// Probability that luck makes some other way look better than one that is as good.
const LUCK: f64 = 0.025;
/// Standard errors by which the best way must be better than each other for no more epochs to be tried.
const CERTAIN: f64 = 4.0;
/// Fewest and most epochs in which ways are tried.
const FEWEST: usize = 32;
const ENOUGH: usize = 1536;
/// Epochs after which what has made no difference yet is taken to make none.
const NO_DIFFERENCE: usize = 384;
/// Share of what is earned within which differences are rounding.
const ROUNDING: f64 = 1e-9;

/// What a way earned in an epoch, before scruples and findings, and by how many acts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Earned {
    income: f64,
    acts: u32,
}

/// What findings cost a player.
#[derive(Clone, Copy)]
pub struct Costs<'c> {
    /// One of them.
    pub loss: f64,
    /// Each act besides.
    pub scruple: f64,
    /// Probability of one after so many acts.
    pub finds: &'c dyn Fn(u32) -> f64,
}

impl Costs<'_> {
    fn of(&self, acts: u32) -> f64 {
        self.scruple * f64::from(acts) + self.loss * (self.finds)(acts)
    }
}

/// Ways of one player, and what each earned.
#[derive(Clone, Debug)]
pub struct Ways {
    /// What is the same in all of them.
    usual: Conduct,
    /// Asks over what including earns, ascending, the last for nothing; obedience; toxic MEV.
    asks: Vec<f64>,
    obeys: Vec<Option<bool>>,
    toxic: Vec<bool>,
    /// Whether the briber learns what is asked.
    haggled: bool,
    /// By epoch, in the order of ways: by toxic MEV, then by obedience, then by ask.
    earned: Vec<Vec<Earned>>,
}

impl Ways {
    /// Of candidate `i`, which behaves like `usual` where nothing is learned, while the briber's prices are drawn from `price`.
    pub fn new<M: Mechanism>(game: &Game<M>, i: usize, usual: Conduct, price: &Policy) -> Ways {
        let spec = game.setting.classes[game.setting.sequencers[i].class].conduct;
        let haggled = haggles(game);
        let asks = if spec.learns_bribes() {
            let mut offered = markups_offered(game, i, price);
            // Prices are asked of a briber who learns for all targets: none in between is of interest.
            offered.truncate(if haggled { 1 } else { offered.len() });
            offered.into_iter().chain([f64::INFINITY]).collect()
        } else {
            vec![usual.markup]
        };
        let obeys =
            if spec.obeys == Choice::Learned { vec![Some(false), Some(true)] } else { vec![usual.obeys] };
        let toxic = if spec.toxic == Choice::Learned { vec![false, true] } else { vec![usual.toxic] };
        Ways { usual, asks, obeys, toxic, haggled, earned: Vec::new() }
    }

    fn count(&self) -> usize {
        self.asks.len() * self.obeys.len() * self.toxic.len()
    }

    /// Whether there is anything to choose.
    pub fn is_choice(&self) -> bool {
        self.count() > 1
    }

    /// Where the way with this ask, obedience and toxic MEV is.
    fn at(&self, [ask, obeys, toxic]: [usize; 3]) -> usize {
        (toxic * self.obeys.len() + obeys) * self.asks.len() + ask
    }

    fn parts(&self, way: usize) -> [usize; 3] {
        let (asks, obeys) = (self.asks.len(), self.obeys.len());
        [way % asks, way / asks % obeys, way / (asks * obeys)]
    }

    fn way(&self, [ask, obeys, toxic]: [usize; 3]) -> Conduct {
        Conduct { markup: self.asks[ask], toxic: self.toxic[toxic], obeys: self.obeys[obeys], ..self.usual }
    }

    /// Lets candidate `i` try them all in the epoch after `before`; others are `willing` to sell, or behave as they do.
    ///
    /// # Errors
    /// [`Imbalance`] if some market's books do not balance.
    pub fn try_all<M: Mechanism>(
        &mut self,
        trial: &mut Trial<M>,
        before: &Market<M>,
        i: usize,
        willing: bool,
    ) -> Result<(), Imbalance> {
        let mut play = |parts: [usize; 3]| -> Result<Earned, Imbalance> {
            let way = self.way(parts);
            let willing = Some(way.markup).filter(|markup| willing && markup.is_finite());
            let played = trial.played(before, i, way, willing)?;
            Ok(Earned { income: played.income, acts: played.acts })
        };
        let [none, obeying, taking] = [self.asks.len() - 1, self.obeys.len() - 1, self.toxic.len() - 1];
        let honest = play([none, 0, 0])?;
        let mut earned = vec![honest; self.count()];
        let worst = play([0, obeying, taking])?;
        // Mostly nothing tempts anybody, and all ways are the same.
        if worst != honest {
            for obeys in 0..self.obeys.len() {
                let least = if obeys == 0 { honest } else { play([none, obeys, 0])? };
                // Where there is nothing to obey, it is the same.
                let row = if obeys > 0 && least == honest {
                    earned[..self.asks.len()].to_vec()
                } else {
                    let mut row = vec![least; self.asks.len()];
                    if none > 0 {
                        row[0] = if taking == 0 && obeys == obeying { worst } else { play([0, obeys, 0])? };
                        fill(&mut row, 0, none, &mut |ask| play([ask, obeys, 0]))?;
                    }
                    row
                };
                let first = self.at([0, obeys, 0]);
                earned[first..first + row.len()].copy_from_slice(&row);
            }
            if taking > 0 {
                // What toxic MEV brings has nothing to do with targets.
                let toxic = if self.count() == 2 { worst } else { play([none, 0, 1])? };
                let half = earned.len() / 2;
                for way in 0..half {
                    earned[half + way] = Earned {
                        income: earned[way].income + (toxic.income - honest.income),
                        acts: earned[way].acts + (toxic.acts - honest.acts),
                    };
                }
            }
        }
        self.earned.push(earned);
        Ok(())
    }

    /// Epochs in which they have been tried.
    pub fn epochs(&self) -> usize {
        self.earned.len()
    }

    /// What each way was worth in each epoch.
    fn worth(&self, costs: &Costs) -> Vec<Vec<f64>> {
        let of_way = |w: usize| self.earned.iter().map(|e| e[w].income - costs.of(e[w].acts)).collect();
        (0..self.count()).map(of_way).collect()
    }

    /// Whether no more epochs need be tried.
    pub fn is_settled(&self, costs: &Costs) -> bool {
        let epochs = self.epochs();
        if !(FEWEST..ENOUGH).contains(&epochs) {
            return epochs >= ENOUGH;
        }
        let worth = self.worth(costs);
        let best =
            (0..worth.len()).fold(0, |best, w| if sum(&worth[w]) > sum(&worth[best]) { w } else { best });
        // Of ways that have come to the same so far nothing is known: what parts them, such as an order, may be rare.
        let others = (0..worth.len()).filter(|&w| w != best);
        others
            .map(|w| Difference::of(&worth[best], &worth[w]))
            .all(|more| more.mean > CERTAIN * more.error || (more.error == 0.0 && epochs >= NO_DIFFERENCE))
    }

    /// The best of them, if an act by itself is expected to cost so much that `usual` is what pays act by act. An order obeyed spares `spared` on
    /// balance.
    pub fn best(&self, usual: Conduct, spared: f64, costs: &Costs) -> Conduct {
        let worth = self.worth(costs);
        let by_act = self.place(usual, spared);
        let at = self.at(by_act);
        let sure = normal_quantile(1.0 - LUCK / (worth.len() as f64 - 1.0));
        let size = worth[at].iter().map(|x| x.abs()).sum::<f64>() / self.epochs() as f64;
        let mut best = (at, 0.0);
        for (w, worth_of) in worth.iter().enumerate().filter(|_| self.epochs() > 1) {
            let more = Difference::of(worth_of, &worth[at]);
            if more.mean > best.1 && more.mean > sure * more.error && more.mean > ROUNDING * size {
                best = (w, more.mean);
            }
        }
        let parts = self.parts(best.0);
        let (way, changed) = (self.way(parts), best.0 != at);
        let markup = if self.asks.len() > 1 && self.haggled {
            self.asked(parts, usual.markup, costs)
        } else if parts[0] == by_act[0] {
            usual.markup
        } else if way.markup.is_finite() {
            self.asked(parts, usual.markup, costs)
        } else {
            way.markup
        };
        if changed {
            Conduct { markup, act_cost: usual.act_cost, ..way }
        } else {
            Conduct { markup, ..usual }
        }
    }

    /// The way that is the same as `usual`.
    fn place(&self, usual: Conduct, spared: f64) -> [usize; 3] {
        let ask = self.asks.partition_point(|&ask| ask < usual.markup).min(self.asks.len() - 1);
        let obeys = usual.obeys.unwrap_or(spared > usual.act_cost);
        let obeys = self.obeys.iter().position(|&way| way == Some(obeys)).unwrap_or(0);
        let toxic = self.toxic.iter().position(|&way| way == usual.toxic).unwrap_or(0);
        [ask, obeys, toxic]
    }

    /// What is asked by who behaves like this: what the bribes that it takes, or would take of a briber who learns, cost on average, or
    /// `alone` where there was none; of a given briber more than every offer that is refused.
    fn asked(&self, [ask, obeys, toxic]: [usize; 3], alone: f64, costs: &Costs) -> f64 {
        let ask = if self.haggled { 0 } else { ask };
        let (some, none) = (self.at([ask, obeys, toxic]), self.at([self.asks.len() - 1, obeys, toxic]));
        let (mut cost, mut acts) = (0.0, 0.0);
        for epoch in &self.earned {
            cost += costs.of(epoch[some].acts) - costs.of(epoch[none].acts);
            acts += f64::from(epoch[some].acts) - f64::from(epoch[none].acts);
        }
        let mean = if acts > 0.0 { cost / acts } else { alone };
        if self.haggled {
            return mean.max(0.0);
        }
        let least = self.asks[ask];
        let refused = if ask > 0 { self.asks[ask - 1] } else { -1.0 };
        if mean > refused { mean.clamp(0.0, least) } else { least }
    }
}

fn sum(all: &[f64]) -> f64 {
    all.iter().sum()
}

/// By how much one way is worth more than another in the same epochs.
struct Difference {
    mean: f64,
    error: f64,
}

impl Difference {
    fn of(one: &[f64], other: &[f64]) -> Difference {
        let n = one.len() as f64;
        let more = || one.iter().zip(other).map(|(a, b)| a - b);
        let mean = more().sum::<f64>() / n;
        let variance = more().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
        Difference { mean, error: (variance / n).sqrt() }
    }
}

/// Fills a row of asks between two that are known, trying as few as there must be: where both ends came to the same, so does all between
/// them, as who asks more takes no more.
fn fill(
    row: &mut [Earned],
    low: usize,
    high: usize,
    play: &mut dyn FnMut(usize) -> Result<Earned, Imbalance>,
) -> Result<(), Imbalance> {
    if high - low < 2 {
        return Ok(());
    }
    if row[low] == row[high] {
        let same = row[low];
        row[low + 1..high].fill(same);
        return Ok(());
    }
    let middle = usize::midpoint(low, high);
    row[middle] = play(middle)?;
    fill(row, low, middle, play)?;
    fill(row, middle, high, play)
}

/// Whether the briber learns what to offer.
fn haggles<M: Mechanism>(game: &Game<M>) -> bool {
    game.setting.briber.as_ref().is_some_and(|briber| briber.learner.learns())
}

/// What the briber's prices leave candidate `i` over what including earns, under no order or under one, ascending, each as little less as rounding
/// takes.
pub fn markups_offered<M: Mechanism>(game: &Game<M>, i: usize, price: &Policy) -> Vec<f64> {
    let Some(rollup) = game.setting.world.tempting() else { return Vec::new() };
    let (Some(targets), Some(briber)) = (rollup.targets, &game.setting.briber) else { return Vec::new() };
    if !targets.can_stay_out() {
        return Vec::new();
    }
    let tip = targets.tips.collected(1);
    let ordered = !game.setting.sequencers[i].traits.jurisdiction.is_empty();
    let penalty = rollup.orders.filter(|_| ordered).map_or(0.0, |orders| orders.penalty);
    let chances = price.row(0).iter().enumerate().filter(|(_, chance)| **chance > 0.0);
    let prices = chances.filter_map(|(column, _)| briber.price(column, &targets));
    let mut offered: Vec<f64> = prices
        .flat_map(|price| [tip, (tip - penalty).max(0.0)].map(|forgone| (price, forgone)))
        .map(|(price, forgone)| price - forgone - 4.0 * f64::EPSILON * price)
        .filter(|markup| *markup >= 0.0)
        .collect();
    offered.sort_by(f64::total_cmp);
    offered.dedup();
    offered
}

/// How everybody behaves, as far as it makes a difference to what comes of an epoch: which offers are taken, whether toxic MEV is,
/// whether orders are obeyed. What is asked of a briber who learns makes none while ways are tried, as then everybody is willing.
#[derive(Clone, Debug, PartialEq)]
pub struct Habits(Vec<(usize, bool, bool)>);

impl Habits {
    /// Of these people. An order obeyed spares `spared` on balance.
    pub fn of<M: Mechanism>(game: &Game<M>, behaviour: &Behaviour, spared: f64) -> Habits {
        let haggled = haggles(game);
        let of_each = |(i, conduct): (usize, &Conduct)| {
            let taken = if haggled {
                0
            } else {
                markups_offered(game, i, &behaviour.price).partition_point(|&offer| offer < conduct.markup)
            };
            (taken, conduct.toxic, conduct.obeys.unwrap_or(spared > conduct.act_cost))
        };
        Habits(behaviour.conduct.iter().enumerate().map(of_each).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn earned(acts: u32) -> Earned {
        Earned { income: 0.5 * f64::from(acts), acts }
    }

    #[test]
    fn rows_are_filled_as_if_all_had_been_tried() {
        for whole in [
            vec![9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
            vec![3, 3, 3, 3, 3, 3, 1, 1, 1, 0],
            vec![4, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            vec![2; 10],
        ] {
            let mut row = vec![earned(99); 10];
            (row[0], row[9]) = (earned(whole[0]), earned(whole[9]));
            let mut tries = 0;
            let mut play = |ask: usize| {
                tries += 1;
                Ok(earned(whole[ask]))
            };
            fill(&mut row, 0, 9, &mut play).unwrap();
            let acts: Vec<u32> = row.iter().map(|earned| earned.acts).collect();
            assert_eq!(acts, whole);
            assert!(tries <= 8 && (whole[0] != whole[9] || tries == 0), "{tries}");
        }
    }

    /// Offers leave .2, .4 and .9. A finding costs 2, and comes with probability 1/4 for one act and 7/16 for two, so that an act costs .5: by
    /// itself only the highest pays.
    #[test]
    fn what_pays_by_itself_is_kept_unless_another_way_is_shown_better() {
        let finds = |acts: u32| 1.0 - (0..acts).fold(1.0, |innocent, _| 0.75 * innocent);
        let costs = Costs { loss: 2.0, scruple: 0.0, finds: &finds };
        let usual = Conduct { markup: 0.5, act_cost: 0.5, ..Conduct::HONEST };
        let ways = |more: f64, epochs: usize| Ways {
            usual,
            asks: vec![0.2, 0.4, 0.9, f64::INFINITY],
            obeys: vec![Some(false)],
            toxic: vec![false],
            haggled: false,
            earned: (0..epochs)
                .map(|epoch| {
                    // Two acts bring 1.275 on average, less 2·7/16, one act .9, less 2/4: .4 each.
                    let luck = if epoch % 2 == 0 { 0.5 } else { -0.5 };
                    let of = |income: f64, acts: u32| Earned { income, acts };
                    vec![of(1.275, 3), of(1.275 + luck + more, 2), of(0.9, 1), of(0.0, 0)]
                })
                .collect(),
        };
        // No better: as before, at what an act costs.
        assert_eq!(ways(0.0, 384).best(usual, 0.0, &costs), usual);
        // Better by about .1, with a standard error of .5/√n: four of them with 400 epochs, and one with 25.
        assert_eq!(ways(0.1, 25).best(usual, 0.0, &costs), usual);
        let sells = ways(0.1, 384).best(usual, 0.0, &costs);
        assert!(sells.markup > 0.2 && sells.markup <= 0.4, "{sells:?}");
        assert!(!ways(0.1, 100).is_settled(&costs) && ways(0.1, 420).is_settled(&costs));
        assert!(ways(-1.0, 40).is_settled(&costs) && !ways(-1.0, 20).is_settled(&costs));
    }
}
