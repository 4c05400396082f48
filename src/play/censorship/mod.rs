//! Misconduct in one market: targeted transactions and their briber, orders, toxic MEV, findings and what they take.
//!
//! It goes by slots, after the epoch has been operated and before it is settled ([`Docket::live`]): targets arrive, meet
//! those who could include them ([`attempt`]), and stay out or get in. After settlement governance judges
//! ([`Docket::judge`]): who is found guilty is barred, loses of what it has locked, and users leave.

pub mod attempt;

use super::announcement::Announced;
use super::conduct::{Behaviour, Conduct};
use super::ledger::Ledger;
use crate::agent::Setting;
use crate::draws::{Key, Purpose, Stream, Who};
use crate::mechanism::collateral::{Collateral, Moves};
use crate::mechanism::operation::Service;
use crate::mechanism::terms::Terms;
use crate::world::orders::OrderBook;
use crate::world::targets::Targets;
use crate::world::users::{Exit, Toxic};
use attempt::{Attempt, Encounter, Event, Foreseen, Offer, Stance};
use std::collections::VecDeque;

/// A target whose life is over.
#[derive(Clone, Debug)]
pub struct Closed {
    /// Slots until it was included, that of its arrival counted: 1 is no delay.
    pub wait: u32,
    /// Whether it stayed out for the whole window.
    pub kept_out: bool,
    /// Whom it met, or would have met had it stayed out.
    pub encounters: Vec<Encounter>,
    /// Whom its briber saw coming.
    pub foreseen: Vec<Foreseen>,
}

/// A target under way.
#[derive(Clone, Debug)]
struct Target {
    /// Clock and epoch of its arrival.
    arrival: u64,
    epoch: u32,
    offer: Offer,
    encounters: Vec<Encounter>,
    foreseen: Vec<Foreseen>,
    /// Candidates with whom it has a deal, and those who have obeyed.
    met: Vec<usize>,
    obeyed: Vec<usize>,
    /// Those who acted on it.
    actors: Vec<usize>,
    /// Slots after which it was included.
    included: Option<u32>,
}

/// What has been taken from users and sequencers beside the books, in ETH since the market opened.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Memo {
    /// Harm to users: delay and toxic MEV.
    pub harm: f64,
    /// Toxic MEV taken.
    pub toxic: f64,
    /// Legal penalties for ignoring orders.
    pub penalties: f64,
}

/// Misconduct in one market.
#[derive(Clone, Debug)]
pub struct Docket {
    targets: Option<Targets>,
    toxic: Option<Toxic>,
    exit: Exit,
    orders: Option<OrderBook>,
    /// Index of each candidate's jurisdiction.
    jurisdiction: Vec<Option<usize>>,
    arrivals: Stream,
    finding: Vec<Stream>,
    price: Stream,
    /// How everybody behaves.
    pub behaviour: Behaviour,
    pending: Vec<Target>,
    /// Targets whose life ended in the last epoch.
    pub closed: Vec<Closed>,
    /// By act on them: who, and for how many slots they would have stayed out whatever it did: the whole window, or one.
    pub acted_on: Vec<(usize, u32)>,
    /// Acts of misconduct in the last epoch, by candidate.
    pub acts: Vec<u32>,
    /// Whether a candidate was found guilty in the last epoch.
    pub found: Vec<bool>,
    /// Whether nobody is found guilty for the time being.
    pub lenient: bool,
    /// Legal penalties of each candidate in the last epoch, in ETH.
    pub penalties: Vec<f64>,
    barred_until: Vec<u32>,
    /// Sums to be slashed: (epoch, candidate, ETH).
    withheld: Vec<(u32, usize, f64)>,
    /// The same of delegated stakes: (epoch, group, ETH).
    withheld_stake: Vec<(u32, usize, f64)>,
    lost_users: f64,
    /// Findings that barred somebody.
    pub evictions: u64,
    /// Beside the books.
    pub memo: Memo,
}

impl Docket {
    /// Of a market with this key; `None` where nobody is tempted.
    pub fn open(setting: &Setting, key: Key) -> Option<Self> {
        let rollup = setting.world.tempting()?;
        let n = setting.candidates();
        let mut names: Vec<String> =
            setting.sequencers.iter().map(|s| s.traits.jurisdiction.clone()).collect();
        names.sort();
        names.dedup();
        names.retain(|name| !name.is_empty());
        let place = |name: &String| names.iter().position(|other| other == name);
        Some(Docket {
            targets: rollup.targets,
            toxic: rollup.toxic,
            exit: rollup.exit,
            orders: rollup.orders.map(|orders| OrderBook::open(orders, &names, key)),
            jurisdiction: setting.sequencers.iter().map(|s| place(&s.traits.jurisdiction)).collect(),
            arrivals: Targets::stream(key),
            finding: setting.sequencers.iter().map(|s| key.stream(Purpose::Finding, s.who)).collect(),
            price: key.stream(Purpose::Bribe, Who::MARKET),
            behaviour: Behaviour::unlearned(setting),
            pending: Vec::new(),
            closed: Vec::new(),
            acted_on: Vec::new(),
            acts: vec![0; n],
            found: vec![false; n],
            lenient: false,
            penalties: vec![0.0; n],
            barred_until: vec![0; n],
            withheld: Vec::new(),
            withheld_stake: Vec::new(),
            lost_users: 0.0,
            evictions: 0,
            memo: Memo::default(),
        })
    }

    /// What candidates find at the beginning of `epoch`: (share of users lost, who is barred).
    pub fn standing(&self, epoch: u32, barred: &mut Vec<bool>) -> f64 {
        barred.clear();
        barred.extend(self.barred_until.iter().map(|&until| epoch < until));
        self.lost_users
    }

    /// Whether candidate `i` is barred in `epoch`.
    pub fn is_barred(&self, i: usize, epoch: u32) -> bool {
        epoch < self.barred_until[i]
    }

    /// Lives through the slots of `epoch`, which have been operated, and pays tips and bribes.
    pub fn live(
        &mut self,
        setting: &Setting,
        terms: &Terms,
        epoch: u32,
        service: &mut Service,
        announced: &VecDeque<Announced>,
        ledger: &mut Ledger,
    ) {
        self.acts.fill(0);
        self.penalties.fill(0.0);
        self.closed.clear();
        self.acted_on.clear();
        if let Some(orders) = &mut self.orders {
            orders.turn(epoch);
        }
        if let Some(targets) = self.targets {
            let begin = u64::from(epoch) * u64::from(terms.epoch_slots);
            self.arrive(&targets, setting, epoch, begin, terms.epoch_slots, service);
            let mut pending = std::mem::take(&mut self.pending);
            pending.retain_mut(|target| {
                let over = self.watch(&targets, target, epoch, begin, service);
                self.look_ahead(&targets, target, epoch, begin, announced);
                self.settle(&targets, terms, target, epoch, service, ledger);
                if over {
                    self.close(&targets, target);
                }
                !over
            });
            self.pending = pending;
            let kept_out = self.closed.iter().filter(|closed| closed.kept_out).count();
            service.targets = (self.closed.len() as f64, kept_out as f64);
        }
        if let Some(toxic) = self.toxic {
            for i in 0..self.acts.len() {
                if self.took_toxic(terms, service, i) {
                    let taken = toxic.beside(service.mev[i]);
                    ledger.take_toxic(i, taken);
                    service.illicit[i] += taken;
                    self.memo.toxic += taken;
                    self.memo.harm += toxic.harm * taken;
                    self.acts[i] += 1;
                }
            }
        }
    }

    /// Targets that arrive in the epoch.
    fn arrive(
        &mut self,
        targets: &Targets,
        setting: &Setting,
        epoch: u32,
        begin: u64,
        slots: u32,
        service: &mut Service,
    ) {
        for slot in 0..slots {
            if !targets.arrives(self.arrivals, epoch, slot) {
                continue;
            }
            let forgone = targets.tips.collected(1);
            service.potential += forgone;
            let offer = match &setting.briber {
                Some(strategy) if targets.can_stay_out() => {
                    let column = self.behaviour.price.sample(0, self.price.uniform(epoch, slot));
                    strategy.price(column, forgone).map_or(Offer::Nothing, Offer::Posted)
                }
                _ => Offer::Nothing,
            };
            self.pending.push(Target {
                arrival: begin + u64::from(slot),
                epoch,
                offer,
                encounters: Vec::new(),
                foreseen: Vec::new(),
                met: Vec::new(),
                obeyed: Vec::new(),
                actors: Vec::new(),
                included: None,
            });
        }
    }

    /// The penalty for including a target that candidate `i` risks in this epoch, if it is under an order.
    pub fn ordered(&self, i: usize) -> Option<f64> {
        let (j, orders) = (self.jurisdiction[i]?, self.orders.as_ref()?);
        orders.holds(j).then_some(orders.penalty())
    }

    /// How candidate `i` stands towards keeping a target out in this epoch.
    fn stance(&self, targets: &Targets, i: usize) -> Stance {
        self.behaviour.conduct[i].stance(targets.tips.collected(1), self.ordered(i))
    }

    /// Notes whom a target meets in the slots of the epoch, and whether its life is over after them.
    fn watch(
        &self,
        targets: &Targets,
        target: &mut Target,
        epoch: u32,
        begin: u64,
        service: &Service,
    ) -> bool {
        // Slots before it arrives are none of its business.
        let first = target.arrival.saturating_sub(begin) as usize;
        for slot in first..service.includers.slots() {
            let since = begin + slot as u64 - target.arrival;
            if since >= u64::from(targets.forced) {
                return true;
            }
            let since = since as u32;
            let within = since < targets.window;
            let mut included = false;
            for &who in service.includers.of(slot) {
                let stance = self.stance(targets, who);
                let list = match stance {
                    Stance::Obeys => &mut target.obeyed,
                    Stance::Sells(_) => {
                        included |= !within;
                        &mut target.met
                    }
                };
                let known = list.contains(&who);
                if !known {
                    list.push(who);
                }
                // After the window nobody has a deal any more.
                if !known || (!within && stance != Stance::Obeys) {
                    let epoch = epoch - target.epoch;
                    target.encounters.push(Encounter { slot: since, epoch, who, stance });
                }
            }
            if included {
                return true;
            }
        }
        let next = begin + service.includers.slots() as u64;
        next.saturating_sub(target.arrival) >= u64::from(targets.forced)
    }

    /// Notes whom the public schedules of the epochs to come show within the window of a target, as they stand now.
    fn look_ahead(
        &self,
        targets: &Targets,
        target: &mut Target,
        epoch: u32,
        begin: u64,
        announced: &VecDeque<Announced>,
    ) {
        let mut seen: Vec<usize> = Vec::new();
        for (later, schedule) in (epoch + 1..).zip(announced) {
            let slots = schedule.includers.slots();
            let first = begin + u64::from(later - epoch) * slots as u64 - target.arrival;
            for slot in 0..slots {
                let since = first + slot as u64;
                if since >= u64::from(targets.window) {
                    return;
                }
                for &who in schedule.includers.of(slot) {
                    let known =
                        target.met.contains(&who) || target.obeyed.contains(&who) || seen.contains(&who);
                    if !known && later >= self.barred_until[who] {
                        seen.push(who);
                        let stance = self.stance(targets, who);
                        let meeting =
                            Encounter { slot: since as u32, epoch: later - target.epoch, who, stance };
                        target.foreseen.push(Foreseen { when: epoch - target.epoch, meeting });
                    }
                }
            }
        }
    }

    /// Pays what happened to a target in the epoch.
    fn settle(
        &mut self,
        targets: &Targets,
        terms: &Terms,
        target: &mut Target,
        epoch: u32,
        service: &mut Service,
        ledger: &mut Ledger,
    ) {
        if target.included.is_some() {
            return;
        }
        let now = epoch - target.epoch;
        let attempt = attempt_at(targets, terms, target.offer);
        let mut includers = Vec::new();
        let actors = &mut target.actors;
        target.included = attempt.run(&target.encounters, &target.foreseen, |when, event| {
            if when != now {
                return;
            }
            match event {
                Event::Paid(i, paid) => {
                    ledger.pay_bribe(i, paid);
                    service.illicit[i] += paid;
                    self.acts[i] += 1;
                    actors.push(i);
                }
                Event::Obeyed(i) => {
                    self.acts[i] += 1;
                    actors.push(i);
                }
                Event::Included(i) => includers.push(i),
            }
        });
        let tip = targets.tips.collected(includers.len());
        // What is paid again for the same inclusion is a transfer.
        let (alone, paid) = (targets.tips.collected(1), tip * includers.len() as f64);
        let once = if paid > alone { alone / paid } else { 1.0 };
        for i in includers {
            ledger.pay_tip(i, tip);
            service.tips[i] += once * tip;
            service.repeated[i] += (1.0 - once) * tip;
            let ordered = self.ordered(i).unwrap_or(0.0);
            self.memo.penalties += ordered;
            self.penalties[i] += ordered;
        }
    }

    fn close(&mut self, targets: &Targets, target: &mut Target) {
        let wait = target.included.map_or(targets.forced, |slot| slot + 1);
        self.memo.harm += targets.delay_cost * f64::from(wait - 1);
        let kept_out = targets.can_stay_out() && target.included.is_none_or(|slot| slot >= targets.window);
        // Who acts where others include at once has met it in one slot only.
        let most = targets.window.min(targets.forced);
        let stayed = target.included.is_none_or(|slot| slot >= most);
        let slots = if stayed { most } else { 1 };
        self.acted_on.extend(target.actors.drain(..).map(|i| (i, slots)));
        let encounters = std::mem::take(&mut target.encounters);
        let foreseen = std::mem::take(&mut target.foreseen);
        self.closed.push(Closed { wait, kept_out, encounters, foreseen });
    }

    /// Whether candidate `i` took toxic MEV in the last epoch.
    pub fn took_toxic(&self, terms: &Terms, service: &Service, i: usize) -> bool {
        let toxic = self.toxic.filter(|_| !terms.fair && self.behaviour.conduct[i].toxic);
        toxic.is_some_and(|toxic| toxic.beside(service.mev[i]) > 0.0)
    }

    /// Whether governance judges candidate `i` for the last epoch: it led something, or acted without leading.
    pub fn is_judged(&self, service: &Service, i: usize) -> bool {
        service.scheduled[i] > 0.0 || self.acts[i] > 0
    }

    /// Judges the epoch that has been settled: marks whom governance finds guilty, and takes what earlier findings have
    /// withheld until now.
    pub fn judge(&mut self, terms: &Terms, epoch: u32, service: &Service, ledger: &mut Ledger) {
        self.found.fill(false);
        self.lost_users *= 1.0 - self.exit.back;
        if let Some(governance) = terms.oversight.governance.filter(|_| !self.lenient) {
            for i in 0..self.acts.len() {
                let found = self.is_judged(service, i)
                    && self.finding[i].uniform(epoch, 0) < governance.finds(self.acts[i]);
                self.found[i] = found;
            }
        }
        self.withheld.retain(|&(due, i, amount)| {
            if due <= epoch {
                ledger.slash_bond(i, amount);
            }
            due > epoch
        });
        self.withheld_stake.retain(|&(due, g, amount)| {
            if due <= epoch {
                ledger.slash_stake(g, amount);
            }
            due > epoch
        });
    }

    /// Sums that are withheld until a finding takes them move with prices as all that is locked.
    pub fn revalue(&mut self, collateral: &Collateral, moves: &Moves, ledger: &mut Ledger) {
        let (factor, booked) = (collateral.growth(moves), collateral.gain(moves));
        for (_, i, amount) in &mut self.withheld {
            let rise = *amount * (factor - 1.0);
            ledger.revalue(*i, rise, *amount * booked);
            *amount += rise;
        }
    }

    /// Bars candidate `i`, found guilty after `epoch`, drives users away, and takes `withheld` of what it has locked and `staked`
    /// of what each group of delegators has staked on it.
    pub fn convict(
        &mut self,
        terms: &Terms,
        epoch: u32,
        i: usize,
        withheld: f64,
        staked: &[f64],
        ledger: &mut Ledger,
    ) {
        let Some(governance) = terms.oversight.governance else { return };
        if governance.evict_epochs > 0 {
            self.barred_until[i] = epoch + 1 + governance.evict_epochs;
            self.evictions += 1;
        }
        self.lost_users = 1.0 - (1.0 - self.lost_users) * (1.0 - self.exit.leave);
        if withheld > 0.0 && governance.delay == 0 {
            ledger.slash_bond(i, withheld);
        } else if withheld > 0.0 {
            self.withheld.push((epoch + governance.delay, i, withheld));
        }
        for (g, &amount) in staked.iter().enumerate().filter(|(_, amount)| **amount > 0.0) {
            if governance.delay == 0 {
                ledger.slash_stake(g, amount);
            } else {
                self.withheld_stake.push((epoch + governance.delay, g, amount));
            }
        }
    }

    /// Every price that somebody asks for keeping a target out, under an order or not, ascending, and 0.
    pub fn prices(&self) -> Vec<f64> {
        let Some(targets) = &self.targets else { return Vec::new() };
        let forgone = targets.tips.collected(1);
        let penalty = self.orders.as_ref().map(OrderBook::penalty);
        let asked = |conduct: &Conduct| [conduct.stance(forgone, None), conduct.stance(forgone, penalty)];
        let stances = self.behaviour.conduct.iter().flat_map(asked);
        let mut prices: Vec<f64> = stances
            .filter_map(|stance| match stance {
                Stance::Sells(price) if price.is_finite() => Some(price),
                _ => None,
            })
            .chain([0.0])
            .collect();
        prices.sort_by(f64::total_cmp);
        prices.dedup();
        prices
    }

    /// What each price of the briber would have brought over the targets that closed in the last epoch, by column, and
    /// how many there were.
    pub fn prices_tried(&self, setting: &Setting, terms: &Terms, out: &mut [f64]) -> usize {
        let (Some(targets), Some(strategy)) = (&self.targets, &setting.briber) else { return 0 };
        if !targets.can_stay_out() {
            return 0;
        }
        for (column, sum) in out.iter_mut().enumerate() {
            // Where nothing is offered, orders alone may keep a target out.
            let price = strategy.price(column, targets.tips.collected(1));
            let attempt = attempt_at(targets, terms, price.map_or(Offer::Nothing, Offer::Posted));
            *sum += self.closed.iter().map(|closed| gain(&attempt, closed)).sum::<f64>();
        }
        self.closed.len()
    }
}

/// The briber's attempts under these terms, with this offer.
fn attempt_at(targets: &Targets, terms: &Terms, offer: Offer) -> Attempt {
    Attempt { window: targets.window, public: terms.oversight.public, offer, value: targets.value }
}

/// What an attempt on a target brings the briber.
fn gain(attempt: &Attempt, closed: &Closed) -> f64 {
    let (success, paid) = attempt.outcome(&closed.encounters, &closed.foreseen);
    if success { attempt.value - paid } else { -paid }
}
