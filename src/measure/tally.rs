//! Sums over the measured epochs of a replicate, and the metrics that follow from them.

use super::censorship::Censorship;
use super::certificate::Certificate;
use super::concentration::{gini, hhi, lorenz, nakamoto};
use super::delegators_gain::DelegatorsGain;
use super::menu_edge;
use super::metrics::METRICS;
use crate::agent::Setting;
use crate::agent::sequencer::Class;
use crate::mechanism::redistribution::Sink;
use crate::mechanism::{At, Lever, Mechanism, Schedule};
use crate::play::censorship::Memo;
use crate::play::learning_loop::Learned;
use crate::play::market::{Detail, Game, Market, Round};

/// Sums over markets and epochs.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    epochs: f64,
    markets: f64,
    potential: f64,
    gross: f64,
    posting: f64,
    operating: f64,
    community: f64,
    delegators: f64,
    sequencers: f64,
    capital_cost: f64,
    /// The part of it that candidates bear.
    bonds: f64,
    /// Whether the rule locks anything of anybody's.
    locks: bool,
    locked: f64,
    kickbacks: f64,
    issuance: f64,
    slashed: f64,
    sinks: [f64; 4],
    /// ETH that collateral fell short of what was required, and ETH required.
    short: (f64, f64),
    evictions: Option<f64>,
    prices: f64,
    scheduled: f64,
    slots: f64,
    missed: f64,
    live: f64,
    gap: f64,
    assigned: f64,
    assignable: f64,
    offers: f64,
    offered: f64,
    corruption: Option<f64>,
    resold_slots: f64,
    resold: f64,
    bribes: f64,
    illicit: f64,
    appreciation: f64,
    repeated: f64,
    harm: f64,
    toxic: f64,
    users: f64,
    /// Sum over markets of the token's price in the end over that when measuring began.
    token: f64,
    censorship: Censorship,
    concentration: [(f64, f64); 5],
    /// Sums over markets of the Lorenz curves of slots and of income, and how many markets have one.
    lorenz: [(Vec<f64>, f64); 2],
    order: Vec<f64>,
    /// By class: profits after capital cost of all members of classes that enter freely.
    entrants: Vec<f64>,
}

/// What one market had when measuring began, and its own sums.
#[derive(Clone, Debug)]
pub struct Opening {
    wealth: Vec<f64>,
    community: f64,
    delegators: f64,
    kickbacks: f64,
    issuance: f64,
    slashed: f64,
    sinks: [f64; 4],
    evictions: Option<u64>,
    findings: u64,
    resold: f64,
    bribes: f64,
    illicit: f64,
    appreciation: f64,
    repeated: f64,
    memo: Memo,
    prices: f64,
    gross: f64,
    posting: f64,
    operating: f64,
    produced: Vec<f64>,
    token: f64,
    gap: f64,
}

impl Opening {
    /// The books of a market as measuring begins.
    pub fn of<M: Mechanism>(game: &Game<M>, market: &Market<M>) -> Self {
        let candidates = game.setting.candidates();
        let ledger = &market.ledger;
        Opening {
            wealth: (0..candidates).map(|i| ledger.wealth(i)).collect(),
            community: ledger.community(),
            delegators: ledger.delegators(),
            kickbacks: ledger.kickbacks(),
            issuance: ledger.issuance(),
            slashed: ledger.slashed(),
            sinks: ledger.sinks(),
            evictions: game.rule.evictions(&market.state),
            findings: market.docket().map_or(0, |docket| docket.evictions),
            resold: ledger.resold(),
            bribes: ledger.bribes(),
            illicit: ledger.illicit(),
            appreciation: ledger.appreciation(),
            repeated: ledger.repeated(),
            memo: market.docket().map_or_else(Memo::default, |docket| docket.memo),
            prices: ledger.revenue(),
            gross: ledger.gross(),
            posting: ledger.posting(),
            operating: ledger.operating(),
            produced: vec![0.0; candidates],
            token: market.token.price,
            gap: 0.0,
        }
    }
}

impl Tally {
    /// Adds an epoch that has just been decided.
    pub fn epoch<M: Mechanism>(
        &mut self,
        game: &Game<M>,
        market: &Market<M>,
        round: &Round<M>,
        opening: &mut Opening,
    ) {
        let at = market.moment(game, round);
        let setting = game.setting;
        let service = &market.service;
        self.epochs += 1.0;
        self.potential += service.potential;
        self.slots += service.total;
        self.missed += service.missed;
        self.live += service.live.iter().sum::<f64>();
        self.scheduled += service.scheduled.iter().sum::<f64>();
        let resold = &round.selection.resold;
        self.resold_slots += resold.iter().map(|trade| service.scheduled[trade.buyer]).sum::<f64>();
        opening.gap = opening.gap.max(service.longest_gap);
        for escrow in game.rule.escrows(&market.state) {
            self.locks = true;
            let (short, required) = escrow.short();
            self.short = (self.short.0 + short, self.short.1 + required);
        }
        let stake = game.rule.stake_locked(setting);
        self.locks |= stake > 0.0;
        self.locked += stake;
        for i in 0..setting.candidates() {
            let bond = market.ledger.escrow(i);
            self.locked += bond;
            let capital_cost = market.ledger.tied(i) * game.terms.capital_rate[i];
            self.capital_cost += capital_cost;
            self.bonds += capital_cost;
            self.enter(setting, i, -capital_cost);
            opening.produced[i] += service.produced[i];
            if let Some(offer) = round.offers[i] {
                let measure = match game.rule.lever() {
                    Some(Lever::Bid) if round.reference[i] > 0.0 => offer / round.reference[i],
                    Some(Lever::Kickback | Lever::Stake | Lever::Effort) => offer,
                    _ => continue,
                };
                self.offered += measure;
                self.offers += 1.0;
            }
        }
        if stake > 0.0 {
            for group in &setting.delegators {
                let rate = setting.world.epoch_rate(group.capital_cost, game.terms.epoch_slots);
                self.capital_cost += group.total_stake() * rate;
            }
        }
        if let (Some(before), Some(now)) = (opening.evictions, game.rule.evictions(&market.state)) {
            *self.evictions.get_or_insert(0.0) += (now - before) as f64;
            opening.evictions = Some(now);
        }
        if let Some(docket) = market.docket() {
            if game.terms.oversight.governance.is_some_and(|governance| governance.evict_epochs > 0) {
                *self.evictions.get_or_insert(0.0) += (docket.evictions - opening.findings) as f64;
                opening.findings = docket.evictions;
            }
            self.users += 1.0 - at.signals.lost_users;
            self.censorship.epoch(game, market);
        }
        self.assignment(&at, round);
        if let Some(cost) = game.rule.corruption_cost(&market.state, &at, &round.offers, &round.selection) {
            *self.corruption.get_or_insert(0.0) += cost;
        }
    }

    /// Books a profit of candidate `i`, where it entered freely.
    fn enter(&mut self, setting: &Setting, i: usize, profit: f64) {
        let class = setting.sequencers[i].class;
        if setting.classes[class].entry_cost.is_some() {
            self.entrants.resize(setting.classes.len(), 0.0);
            self.entrants[class] += profit;
        }
    }

    /// Expected net worth of slots as assigned, and of the best assignment to as many seats. What a slot brings aside is no worth:
    /// bribes and toxic MEV are somebody's loss, and whoever leads collects the tips.
    fn assignment<M: Mechanism>(&mut self, at: &At, round: &Round<M>) {
        let n = at.setting.candidates();
        let worth = |i: usize| at.slot_worth(i, 1.0, 1.0) - at.terms.keeping(i).delivered * at.terms.aside(i);
        let selection = &round.selection;
        self.assigned += (0..n).map(|i| worth(i) * selection.slots[i]).sum::<f64>();
        self.order.clear();
        self.order.extend((0..n).map(worth));
        self.order.sort_by(|a, b| b.total_cmp(a));
        let seats = match selection.schedule {
            Schedule::Rotation => selection.seats.len().max(1),
            Schedule::Lottery if !selection.lottery.replacement => {
                let staked = selection.weight.iter().filter(|w| **w > 0.0).count();
                selection.lottery.filled(staked).max(1)
            }
            Schedule::Lottery | Schedule::Weighted => 1,
        };
        let each = selection.total / seats as f64;
        self.assignable += self.order.iter().take(seats).map(|w| w.max(0.0) * each).sum::<f64>();
    }

    /// Closes a market.
    pub fn close<M: Mechanism>(&mut self, game: &Game<M>, market: &Market<M>, opening: &Opening) {
        let ledger = &market.ledger;
        self.markets += 1.0;
        self.token += market.token.price / opening.token;
        self.community += ledger.community() - opening.community;
        self.delegators += ledger.delegators() - opening.delegators;
        self.kickbacks += ledger.kickbacks() - opening.kickbacks;
        self.issuance += ledger.issuance() - opening.issuance;
        self.slashed += ledger.slashed() - opening.slashed;
        for (sum, (now, before)) in self.sinks.iter_mut().zip(ledger.sinks().into_iter().zip(opening.sinks)) {
            *sum += now - before;
        }
        self.prices += ledger.revenue() - opening.prices;
        self.gross += ledger.gross() - opening.gross;
        self.posting += ledger.posting() - opening.posting;
        self.operating += ledger.operating() - opening.operating;
        self.gap += opening.gap;
        self.resold += ledger.resold() - opening.resold;
        self.bribes += ledger.bribes() - opening.bribes;
        self.illicit += ledger.illicit() - opening.illicit;
        self.appreciation += ledger.appreciation() - opening.appreciation;
        self.repeated += ledger.repeated() - opening.repeated;
        if let Some(docket) = market.docket() {
            self.harm += docket.memo.harm - opening.memo.harm;
            self.toxic += docket.memo.toxic - opening.memo.toxic;
        }
        let profits: Vec<f64> =
            opening.wealth.iter().enumerate().map(|(i, before)| ledger.wealth(i) - before).collect();
        self.sequencers += profits.iter().sum::<f64>();
        for (i, profit) in profits.iter().enumerate() {
            self.enter(game.setting, i, *profit);
        }
        // Operators count, whatever number of candidates each of them runs.
        let profits = game.setting.by_operator(&profits);
        let gains: Vec<f64> = profits.iter().map(|p| p.max(0.0)).collect();
        let slots = &game.setting.by_operator(&opening.produced);
        let values =
            [nakamoto(slots, 1.0 / 3.0), nakamoto(slots, 0.5), hhi(slots), gini(slots), gini(&gains)];
        for ((sum, count), value) in self.concentration.iter_mut().zip(values) {
            if let Some(value) = value {
                *sum += value;
                *count += 1.0;
            }
        }
        for ((sums, count), curve) in self.lorenz.iter_mut().zip([lorenz(slots), lorenz(&gains)]) {
            if let Some(curve) = curve {
                sums.resize(curve.len(), 0.0);
                sums.iter_mut().zip(curve).for_each(|(sum, share)| *sum += share);
                *count += 1.0;
            }
        }
    }

    /// Lorenz curves over sequencers, mean over markets: name, points (share of sequencers, share of the total).
    pub fn lorenz(&self) -> Vec<(&'static str, Vec<(f64, f64)>)> {
        let names = ["lorenz_slots", "lorenz_income"];
        let curves = names.into_iter().zip(&self.lorenz).filter(|(_, (sums, _))| !sums.is_empty());
        curves
            .map(|(name, (sums, count))| {
                let last = (sums.len() - 1) as f64;
                (name, sums.iter().enumerate().map(|(i, sum)| (i as f64 / last, sum / count)).collect())
            })
            .collect()
    }

    /// What it would have cost to keep targets out, and how long they waited: name, points.
    pub fn censorship(&self) -> Vec<(&'static str, Vec<(f64, f64)>)> {
        let curves =
            [("censorship_cost", self.censorship.curve()), ("inclusion_wait", self.censorship.waits())];
        curves.into_iter().filter(|(_, points)| !points.is_empty()).collect()
    }

    /// Operating cost so far, for the overhead ratio.
    pub fn operating_cost(&self) -> f64 {
        self.operating
    }

    /// Potential value per epoch.
    pub fn potential_per_epoch(&self) -> f64 {
        self.potential / self.epochs
    }

    /// What candidates together earn per epoch after the cost of their capital, over what they would earn without taking part, in ETH.
    pub fn joint_profit(&self, game: &Game<impl Mechanism>) -> f64 {
        let idle: f64 = game.setting.sequencers.iter().map(|s| s.traits.idle_cost).sum();
        (self.sequencers - self.bonds) / self.epochs + idle * f64::from(game.terms.epoch_slots)
    }

    /// The metrics that this rule can have, in the order of the table.
    pub fn metrics<M: Mechanism>(
        &self,
        game: &Game<M>,
        detail: Detail,
        reference_operating: f64,
        certificate: Option<(Certificate, f64)>,
        learned: &Learned,
    ) -> Vec<(&'static str, f64)> {
        let share = |x: f64| x / self.potential;
        let per_epoch = |x: f64| x / self.epochs;
        let redistributed = game.terms.overlays.redistribution.is_some();
        let sink = |sink: Sink| redistributed.then(|| share(self.sinks[sink as usize]));
        let lever = game.rule.lever();
        let unit_seats = (self.slots / self.epochs / f64::from(game.terms.epoch_slots)).round().max(1.0);
        let lived = detail == Detail::Slots;
        let capture = game.terms.overlays.upgrade.map(|upgrade| upgrade.capture(game.setting));
        let leaves = game.setting.world.tempting().is_some_and(|rollup| rollup.exit.leave > 0.0);
        let delegators = |of: &dyn Fn(DelegatorsGain) -> f64| {
            certificate.and_then(|(c, _)| c.delegators).map(|d| of(d) / self.potential_per_epoch())
        };
        let value = |key: &str| -> Option<f64> {
            let concentration = |which: usize| {
                let (sum, count) = self.concentration[which];
                (count > 0.0).then(|| sum / count)
            };
            match key {
                "potential_value" => Some(per_epoch(self.potential)),
                "gross_value" => Some(per_epoch(self.gross)),
                "net_surplus" => Some(per_epoch(
                    self.gross - self.posting - self.operating - self.capital_cost - (self.harm - self.toxic),
                )),
                "community_share" => Some(share(self.community)),
                "treasury_share" => sink(Sink::Treasury),
                "public_goods_share" => sink(Sink::PublicGoods),
                "burned_share" => sink(Sink::Burn),
                "buyback_share" => sink(Sink::Buyback),
                "delegator_share" => Some(share(self.delegators)),
                "holder_share" => Some(share(self.community + self.delegators)),
                "sequencer_share" => Some(share(self.sequencers)),
                "profit_share" => Some(self.joint_profit(game) / self.potential_per_epoch()),
                "operating_cost_share" => Some(share(self.operating)),
                "posting_cost_share" => Some(share(self.posting)),
                "unrealised_share" => Some(1.0 - share(self.gross)),
                "outside_income_share" => Some(share(self.illicit + self.repeated + self.appreciation)),
                "user_harm_share" => Some(share(self.harm)),
                "capital_cost_share" => Some(share(self.capital_cost)),
                "allocative_efficiency" => (self.assignable > 0.0).then(|| self.assigned / self.assignable),
                "overhead_ratio" => (reference_operating > 0.0).then(|| self.operating / reference_operating),
                "redundancy" => (!game.setting.world.is_abstract()).then(|| self.live / self.slots),
                "liveness" => Some(1.0 - self.missed / self.slots),
                "longest_gap_slots" => lived.then(|| self.gap / self.markets),
                "inclusion_delay_slots" => self.censorship.delay(),
                "censored_share" => self.censorship.censored(),
                "censorship_cost" => self.censorship.cost(),
                "bribes_to_sequencers" => {
                    (game.setting.briber.is_some() && lived).then(|| per_epoch(self.bribes))
                }
                "users_left" => leaves.then(|| 1.0 - per_epoch(self.users)),
                "entrants" => {
                    let free = |class: &&Class| class.entry_cost.is_some();
                    let classes = &game.setting.classes;
                    classes
                        .iter()
                        .any(|class| free(&class))
                        .then(|| classes.iter().filter(free).map(|class| class.count as f64).sum())
                }
                "entry_margin" => {
                    let margin = |(class, profit): (&Class, &f64)| {
                        let cost = class.entry_cost.filter(|_| class.count > 0)?;
                        Some(per_epoch(*profit) / class.count as f64 - cost)
                    };
                    game.setting.classes.iter().zip(&self.entrants).filter_map(margin).reduce(f64::min)
                }
                "token_price" => game.terms.overlays.token.map(|_| self.token / self.markets),
                "capture_cost_flat" => capture.and_then(|capture| capture.flat),
                "capture_cost_pivotal" => capture.and_then(|capture| capture.pivotal),
                "capture_reach" => capture.map(|capture| capture.reach),
                "capital_locked" => self.locks.then(|| per_epoch(self.locked)),
                "capital_efficiency" => (self.locked > 0.0).then(|| self.potential / self.locked),
                "collateral_shortfall" => {
                    let (short, required) = self.short;
                    (game.terms.collateral.given && required > 0.0).then(|| short / required)
                }
                "corruption_cost" => self.corruption.map(per_epoch),
                "nakamoto_33" => concentration(0),
                "nakamoto_50" => concentration(1),
                "hhi_slots" => concentration(2),
                "gini_slots" => concentration(3),
                "gini_income" => concentration(4),
                "revenue" => Some(per_epoch(self.community + self.issuance - self.slashed)),
                "mean_price" => (lever == Some(Lever::Bid) && self.scheduled > 0.0).then(|| {
                    let slots = if unit_seats > 1.0 || game.rule.unit_seats() {
                        f64::from(game.terms.epoch_slots)
                    } else {
                        1.0
                    };
                    self.prices / self.scheduled * slots
                }),
                "resold_share" => (game.terms.overlays.resale.is_some() && self.scheduled > 0.0)
                    .then(|| self.resold_slots / self.scheduled),
                "resale_payments" => game.terms.overlays.resale.map(|_| per_epoch(self.resold)),
                "uptime_spending" => {
                    let invests = |class: &Class| class.traits.uptime_cost.is_some();
                    game.setting.classes.iter().any(invests).then(|| game.terms.investment.iter().sum())
                }
                "mean_offer" => (self.offers > 0.0).then(|| self.offered / self.offers),
                "bribes_to_delegators" => (lever == Some(Lever::Kickback)).then(|| per_epoch(self.kickbacks)),
                "evictions" => self.evictions.map(per_epoch),
                "slashed" => (game.rule.slashes() || game.terms.oversight.slash_fraction > 0.0)
                    .then(|| per_epoch(self.slashed)),
                "deviation_gain" => certificate.map(|(c, _)| c.estimate / self.potential_per_epoch()),
                "deviation_gain_upper" => certificate.map(|(c, _)| c.upper / self.potential_per_epoch()),
                "deviation_gain_eth" => certificate.map(|(c, _)| c.estimate),
                "certified" => certificate.map(|(c, tolerance)| {
                    f64::from(u8::from(c.holds(tolerance * self.potential_per_epoch())))
                }),
                "delegator_gain" => delegators(&|d| d.estimate),
                "delegator_gain_upper" => delegators(&|d| d.upper),
                "policy_drift" => learned.drift,
                "last_iterate_drift" => learned.unrest(),
                // Scripts come to no rest, and leave none.
                "settled" => {
                    learned.settled().filter(|_| learned.learning).map(|yes| f64::from(u8::from(yes)))
                }
                "at_menu_edge" => menu_edge::share(game, learned, menu_edge::End::Top),
                "at_menu_bottom" => menu_edge::share(game, learned, menu_edge::End::Bottom),
                "converged" => learned.converged.map(|yes| f64::from(u8::from(yes))),
                "learning_epochs" => learned.converged.map(|_| f64::from(learned.epochs)),
                _ => None,
            }
        };
        METRICS.iter().filter_map(|metric| value(metric.key).map(|v| (metric.key, v))).collect()
    }
}
