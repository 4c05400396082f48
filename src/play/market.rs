//! One market: its exogenous luck, the mechanism's memory, its books, and the steps of an epoch.

use super::announcement::Announced;
use super::censorship::Docket;
use super::conduct::{Behaviour, Conduct};
use super::ledger::{Imbalance, Ledger};
use super::token_price::TokenPrice;
use crate::agent::Setting;
use crate::agent::formula::View;
use crate::agent::strategy::Unit;
use crate::draws::{Key, Purpose, Stream};
use crate::learning::policy::Policy;
use crate::mechanism::collateral::Moves;
use crate::mechanism::operation::{self, Service, SlotStreams};
use crate::mechanism::terms::Terms;
use crate::mechanism::{At, Lever, Mechanism, Selection};
use crate::world::prices::Prices;
use crate::world::{Machines, Nature, Signals, World};
use std::collections::VecDeque;

pub use super::seating::{Bins, Player, Seating};

/// Everything that is fixed while a contender is played.
#[derive(Debug)]
pub struct Game<'a, M> {
    /// The rule.
    pub rule: &'a M,
    /// World and agents.
    pub setting: &'a Setting,
    /// Clock and availability.
    pub terms: &'a Terms,
    /// Which learner or policy each candidate plays, and how it tells its states apart.
    pub seats: &'a Seating,
}

impl<M: Mechanism> Game<'_, M> {
    /// The largest offer that candidate `i`'s capital allows: what is left of it after bonds where offers are stakes; nothing
    /// (below 0) where it cannot post the bonds.
    fn means(&self, i: usize) -> f64 {
        let limit = self.setting.sequencers[i].traits.capital_limit;
        if limit == f64::INFINITY {
            return limit;
        }
        let left = limit - self.rule.bonds_at_once();
        if left < 0.0 || self.rule.lever() == Some(Lever::Stake) { left } else { f64::INFINITY }
    }

    /// An offer as candidate `i` can make it.
    fn within_means(&self, i: usize, offer: f64) -> Option<f64> {
        let means = self.means(i);
        (means >= 0.0).then(|| offer.min(means))
    }
}

/// Working space of one epoch, shared by the markets that one thread plays.
#[derive(Debug)]
pub struct Round<M: Mechanism> {
    /// What candidates know.
    pub signals: Signals,
    /// State of each candidate.
    pub state: Vec<usize>,
    /// Net value that a relative offer is a multiple of, by candidate.
    pub reference: Vec<f64>,
    /// Column of the setting played, by candidate; 0 abstains.
    pub action: Vec<usize>,
    /// Offers in the lever's unit.
    pub offers: Vec<Option<f64>>,
    /// The decision.
    pub selection: Selection,
    /// Discounted later value of a unit of each stock: shape (stocks, candidates).
    pub continuation: Vec<f64>,
    /// Slots for which each candidate has been idle, where starting costs anything.
    pub idle: Vec<f64>,
    /// The rule's working space.
    pub scratch: M::Scratch,
    /// Offers of one candidate's menu.
    pub menu: Vec<f64>,
    /// Payoffs of one candidate's settings, abstaining first.
    pub payoffs: Vec<f64>,
}

impl<M: Mechanism> Round<M> {
    /// Working space for a game.
    pub fn new(game: &Game<M>) -> Self {
        let n = game.setting.candidates();
        let settings = game.seats.players.iter().map(|p| p.menu.columns()).max().unwrap_or(1);
        Round {
            signals: Signals::default(),
            state: vec![0; n],
            reference: vec![0.0; n],
            action: vec![0; n],
            offers: vec![None; n],
            selection: Selection::default(),
            continuation: vec![0.0; game.rule.persistence(game.setting).len() * n],
            idle: Vec::new(),
            scratch: M::Scratch::default(),
            menu: vec![0.0; settings - 1],
            payoffs: vec![0.0; settings],
        }
    }
}

/// One simulated chain.
#[derive(Debug)]
pub struct Market<M: Mechanism> {
    nature: Nature,
    prices: Prices,
    machines: Option<Machines>,
    streams: SlotStreams,
    play: Vec<Stream>,
    /// What the rule remembers.
    pub state: M::State,
    /// The books.
    pub ledger: Ledger,
    /// What the last epoch produced.
    pub service: Service,
    /// Epoch to be played next.
    pub epoch: u32,
    /// Whether later movers are taken in expectation.
    cohorts: bool,
    /// Misconduct, where there can be some and epochs are lived through.
    docket: Option<Docket>,
    /// Schedules that are public and have not been served, of the epochs to come.
    announced: VecDeque<Announced>,
    /// The token's price by what the protocol does, its own luck apart.
    pub token: TokenPrice,
}

// Derived, it would ask for rules that can be cloned.
impl<M: Mechanism> Clone for Market<M> {
    fn clone(&self) -> Self {
        Market {
            nature: self.nature.clone(),
            prices: self.prices,
            machines: self.machines.clone(),
            streams: self.streams.clone(),
            play: self.play.clone(),
            state: self.state.clone(),
            ledger: self.ledger.clone(),
            service: self.service.clone(),
            epoch: self.epoch,
            cohorts: self.cohorts,
            docket: self.docket.clone(),
            announced: self.announced.clone(),
            token: self.token,
        }
    }
}

/// Whether an epoch is lived through or taken in expectation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Slot by slot, where the world has slots.
    Slots,
    /// In expectation over schedule, outages and MEV.
    Fluid,
}

impl<M: Mechanism> Market<M> {
    /// Opens the market with this key.
    pub fn open(game: &Game<M>, key: Key) -> Self {
        let setting = game.setting;
        let machines = match &setting.world {
            World::Abstract => None,
            World::Rollup(rollup) => Some(Machines::open(rollup, &setting.sequencers, key)),
        };
        let (volatility, epoch_years) = setting.world.price_moves(game.terms.epoch_slots);
        Market {
            prices: Prices::open(key, volatility, epoch_years),
            nature: Nature::open(&setting.world, &setting.sequencers, key),
            machines,
            streams: SlotStreams::new(setting, key),
            play: setting.sequencers.iter().map(|s| key.stream(Purpose::Play, s.who)).collect(),
            state: game.rule.open(setting),
            ledger: Ledger::new(setting.candidates(), setting.delegators.len()),
            service: Service::default(),
            epoch: 0,
            cohorts: false,
            docket: Docket::open(setting, key),
            announced: VecDeque::new(),
            token: TokenPrice::OPENING,
        }
    }

    /// Opens a market whose later movers are taken in expectation over their own choices, for learning and certifying.
    pub fn expected(game: &Game<M>, key: Key) -> Self {
        Market { cohorts: true, docket: None, ..Market::open(game, key) }
    }

    fn at<'a>(
        &self,
        game: &Game<'a, M>,
        signals: &'a Signals,
        continuation: &'a [f64],
        idle: &'a [f64],
    ) -> At<'a> {
        let at = at(game, self.nature.key(), self.epoch, self.cohorts, signals, continuation, idle);
        At { moves: self.moves(), ..at }
    }

    /// How prices have moved since the epoch before.
    fn moves(&self) -> Moves {
        Moves { luck: self.prices.growth, protocol: self.token.now }
    }

    /// The moment of the epoch that has just been decided.
    pub fn moment<'a>(&self, game: &Game<'a, M>, round: &'a Round<M>) -> At<'a> {
        let at = at(
            game,
            self.nature.key(),
            self.epoch - 1,
            self.cohorts,
            &round.signals,
            &round.continuation,
            &round.idle,
        );
        At { moves: self.moves(), ..at }
    }

    /// Draws private signals and lets every candidate offer by its policy.
    pub fn offer<'p>(&mut self, game: &Game<M>, policy: impl Fn(usize) -> &'p Policy, round: &mut Round<M>) {
        self.choose(game, |p, state, u| policy(p).sample(state, u), round);
    }

    /// Draws private signals and lets every candidate offer as its player chooses: `choice` gives the column of the setting
    /// for (player, state, uniform draw).
    pub fn choose(
        &mut self,
        game: &Game<M>,
        choice: impl Fn(usize, usize, f64) -> usize,
        round: &mut Round<M>,
    ) {
        let setting = game.setting;
        let Signals { barred, lost_users, .. } = &mut round.signals;
        if let Some(docket) = &self.docket {
            *lost_users = docket.standing(self.epoch, barred);
        } else {
            barred.clear();
            *lost_users = 0.0;
        }
        round.signals.ahead = game.terms.oversight.ahead;
        round.signals.runs.clone_from(&game.terms.runs);
        self.nature.signals(
            &setting.world,
            &setting.sequencers,
            self.epoch,
            game.terms.epoch_slots,
            game.terms.term_epochs,
            &mut round.signals,
        );
        self.prices.step(self.epoch);
        self.token.turn();
        if game.terms.starts {
            let now = u64::from(self.epoch) * u64::from(game.terms.epoch_slots);
            self.service.idle(now, &mut round.idle);
        }
        let at = self.at(game, &round.signals, &round.continuation, &round.idle);
        let open = game.rule.is_open(&self.state, &at);
        for i in 0..setting.candidates() {
            let p = game.seats.player[i];
            let player = &game.seats.players[p];
            let state = player.bins.state(round.signals.rank[i]);
            let action = choice(p, state, self.play[i].uniform(self.epoch, 0));
            let reference = game.rule.reference(&at, i);
            round.state[i] = state;
            round.reference[i] = reference;
            round.action[i] = action;
            let view = || view(game.rule, &at, i, reference);
            let offer = player.menu.offer(action, reference, game.rule.least_offer(), view);
            let open = open && !round.signals.is_barred(i);
            round.offers[i] = offer.filter(|_| open).and_then(|offer| game.within_means(i, offer));
        }
    }

    /// Lets candidate `i` make another offer than the one that it made: call after [`Market::offer`] and before
    /// [`Market::decide`].
    pub fn deviate(&self, game: &Game<M>, i: usize, action: usize, round: &mut Round<M>) {
        round.offers[i] = self.offer_of(game, i, action, round);
        round.action[i] = action;
    }

    /// What candidate `i` offers by a column.
    fn offer_of(&self, game: &Game<M>, i: usize, action: usize, round: &Round<M>) -> Option<f64> {
        let menu = &game.seats.players[game.seats.player[i]].menu;
        let at = self.at(game, &round.signals, &round.continuation, &round.idle);
        let reference = round.reference[i];
        let offer =
            menu.offer(action, reference, game.rule.least_offer(), || view(game.rule, &at, i, reference));
        offer.and_then(|offer| game.within_means(i, offer))
    }

    /// Prepares counterfactuals of this round: call after [`Market::offer`] and before [`Market::decide`].
    pub fn prepare(&self, game: &Game<M>, round: &mut Round<M>) {
        let at = self.at(game, &round.signals, &round.continuation, &round.idle);
        game.rule.prepare(&self.state, &at, &round.offers, &mut round.scratch);
    }

    /// Visits the states of candidate `i` about which this round says something, each with its weight and what every
    /// setting of the lever would earn in it (abstaining first): the state that `i` is in with weight one, or, where the
    /// mechanism [explores states](Mechanism::explores_states), every state with its probability.
    pub fn feedback(
        &self,
        game: &Game<M>,
        i: usize,
        round: &mut Round<M>,
        mut visit: impl FnMut(usize, f64, &[f64]),
    ) {
        let bins = &game.seats.players[game.seats.player[i]].bins;
        if !game.rule.is_open(&self.state, &self.at(game, &round.signals, &round.continuation, &round.idle)) {
            return;
        }
        if !game.rule.explores_states() || bins.count() == 1 {
            let settings = self.counterfactual(game, i, round);
            visit(round.state[i], 1.0, &round.payoffs[..settings]);
            return;
        }
        let sequencer = &game.setting.sequencers[i];
        let (rank, reference) = (round.signals.rank[i], round.reference[i]);
        for state in 0..bins.count() {
            let other = if state == round.state[i] { rank } else { bins.moved(rank, state) };
            round.signals.set(&game.setting.world, sequencer, i, other, game.terms.epoch_slots);
            let at = self.at(game, &round.signals, &round.continuation, &round.idle);
            round.reference[i] = game.rule.reference(&at, i);
            let settings = self.counterfactual(game, i, round);
            visit(state, bins.probability(state), &round.payoffs[..settings]);
        }
        round.signals.set(&game.setting.world, sequencer, i, rank, game.terms.epoch_slots);
        round.reference[i] = reference;
    }

    /// What each setting of candidate `i`'s lever would earn, for it and the others of its operator: fills `round.payoffs` (abstaining first) and returns how
    /// many entries count.
    pub fn counterfactual(&self, game: &Game<M>, i: usize, round: &mut Round<M>) -> usize {
        let menu = &game.seats.players[game.seats.player[i]].menu;
        let settings = menu.settings.len();
        let (least, scale) = match menu.unit {
            Unit::Absolute => (0.0, 1.0),
            // The other is a briber's, who is no candidate.
            Unit::Relative | Unit::Between => {
                (game.rule.least_offer(), round.reference[i] - game.rule.least_offer())
            }
        };
        let at = self.at(game, &round.signals, &round.continuation, &round.idle);
        let Round { menu: offers, payoffs, scratch, .. } = round;
        let means = game.means(i);
        if scale <= 0.0 || means < 0.0 {
            // No relative offer counts, or none at all.
            let payoffs = &mut payoffs[..=settings];
            game.rule.payoffs(&self.state, &at, i, &[], scratch, &mut payoffs[..1]);
            let abstain = payoffs[0];
            payoffs.fill(abstain);
        } else {
            for (offer, setting) in offers.iter_mut().zip(&menu.settings) {
                *offer = (least + scale * setting).min(means);
            }
            let (offers, payoffs) = (&offers[..settings], &mut payoffs[..=settings]);
            game.rule.payoffs(&self.state, &at, i, offers, scratch, payoffs);
        }
        if let Some(script) = &menu.script {
            let mut own = [payoffs[0]; 2];
            let offer = script.offer(&view(game.rule, &at, i, round.reference[i]));
            if let Some(offer) = offer.and_then(|offer| game.within_means(i, offer)) {
                game.rule.payoffs(&self.state, &at, i, &[offer], scratch, &mut own);
            }
            payoffs[settings + 1] = own[1];
        }
        let columns = menu.columns();
        if !game.seats.siblings[i].is_empty() {
            self.add_siblings(game, i, columns, round);
        }
        columns
    }

    /// Adds to the payoff of each of candidate `i`'s columns what the others of its operator would earn, their offers as they are: it
    /// plays in the interest of all.
    fn add_siblings(&self, game: &Game<M>, i: usize, columns: usize, round: &mut Round<M>) {
        let made = round.offers[i];
        for column in 0..columns {
            round.offers[i] = self.offer_of(game, i, column, round);
            let at = self.at(game, &round.signals, &round.continuation, &round.idle);
            game.rule.prepare(&self.state, &at, &round.offers, &mut round.scratch);
            for &j in &game.seats.siblings[i] {
                let mut earned = [0.0; 2];
                let menu: &[f64] = round.offers[j].as_slice();
                game.rule.payoffs(&self.state, &at, j, menu, &mut round.scratch, &mut earned[..=menu.len()]);
                round.payoffs[column] += earned[menu.len()];
            }
        }
        round.offers[i] = made;
        self.prepare(game, round);
    }

    /// Expected payoff of every candidate if this epoch's offers were `offers`, ties split evenly (see
    /// [`Mechanism::stage_payoffs`]).
    pub fn stage_payoffs(
        &self,
        game: &Game<M>,
        round: &mut Round<M>,
        offers: &[Option<f64>],
        out: &mut [f64],
    ) {
        let at = self.at(game, &round.signals, &round.continuation, &round.idle);
        game.rule.stage_payoffs(&self.state, &at, offers, &mut round.scratch, out);
    }

    /// Income of each candidate this epoch for one unit of stock.
    pub fn margins(&self, game: &Game<M>, round: &Round<M>, out: &mut [f64]) {
        let at = self.at(game, &round.signals, &round.continuation, &round.idle);
        game.rule.margins(&self.state, &at, &round.offers, out);
    }

    /// Selection, operation and settlement; then the next epoch.
    ///
    /// # Errors
    /// [`Imbalance`] if the books do not balance.
    pub fn decide(&mut self, game: &Game<M>, round: &mut Round<M>, detail: Detail) -> Result<(), Imbalance> {
        let at = self.at(game, &round.signals, &round.continuation, &round.idle);
        game.rule.select(&mut self.state, &at, &round.offers, &mut round.selection);
        if let Some(resale) = &game.terms.overlays.resale {
            let worth: Vec<f64> =
                (0..game.setting.candidates()).map(|i| game.rule.reference(&at, i)).collect();
            let may_buy = |i: usize| at.may_serve(i) && game.means(i) >= 0.0;
            resale.resell(&worth, may_buy, &mut round.selection);
        }
        // Where schedules are public epochs ahead, what was decided is for later, and what was announced then is served.
        let served = (game.terms.oversight.ahead > 0).then(|| {
            let watched = self.docket.is_some() && detail == Detail::Slots;
            let streams = watched.then_some(&self.streams);
            let decided = (&mut round.selection, &round.offers[..]);
            Announced::turn_over(&mut self.announced, game.terms, streams, self.epoch, decided)
        });
        let offers = served.as_deref().unwrap_or(&round.offers);
        if let (World::Rollup(rollup), Some(machines), Detail::Slots) =
            (&game.setting.world, &mut self.machines, detail)
        {
            let (selection, service) = (&mut round.selection, &mut self.service);
            operation::slot_by_slot(rollup, &at, machines, &self.streams, selection, service);
        } else {
            operation::fluid(&at, &mut round.selection, &mut self.service);
            for (i, &aside) in self.service.illicit.iter().enumerate().filter(|(_, aside)| **aside != 0.0) {
                self.ledger.take_aside(i, aside);
            }
        }
        let docket = self.docket.as_mut().filter(|_| detail == Detail::Slots);
        if let Some(docket) = docket {
            let (service, ledger) = (&mut self.service, &mut self.ledger);
            docket.live(game.setting, game.terms, self.epoch, service, &self.announced, ledger);
        }
        game.rule.settle(&mut self.state, &at, offers, &round.selection, &self.service, &mut self.ledger);
        if let Some(docket) = &mut self.docket {
            docket.revalue(&game.terms.collateral, &at.moves, &mut self.ledger);
        }
        for trade in &round.selection.resold {
            let amount = trade.premium * self.service.scheduled[trade.buyer];
            self.ledger.pay_seller(trade.buyer, trade.seller, amount);
        }
        self.epoch += 1;
        if let Some(docket) = self.docket.as_mut().filter(|_| detail == Detail::Slots) {
            docket.judge(game.terms, self.epoch - 1, &self.service, &mut self.ledger);
            for i in 0..game.setting.candidates() {
                if self.docket.as_ref().is_some_and(|docket| docket.found[i]) {
                    self.convict(game, i);
                }
            }
        }
        // What was slashed is returned value, too.
        self.ledger.redistribute(&game.terms.overlays.redistribution());
        if let Some(rule) = &game.terms.overlays.token {
            self.token.close(rule, &self.ledger);
        }
        self.ledger.close(self.epoch - 1, &self.service)
    }

    /// Finds candidate `i` guilty after the last epoch: it is barred, what it has locked or delegators have staked on it is slashed,
    /// users leave, and the token loses trust.
    pub fn convict(&mut self, game: &Game<M>, i: usize) {
        let Some(docket) = &mut self.docket else { return };
        let share = game.terms.oversight.slash_fraction;
        let withheld = if share > 0.0 {
            game.rule.escrows_mut(&mut self.state).into_iter().map(|escrow| escrow.withhold(i, share)).sum()
        } else {
            0.0
        };
        let staked = if share > 0.0 {
            game.rule.slash_delegated(&mut self.state, game.setting, i, share)
        } else {
            Vec::new()
        };
        docket.convict(game.terms, self.epoch - 1, i, withheld, &staked, &mut self.ledger);
        if let Some(rule) = &game.terms.overlays.token {
            self.token.distrust(rule);
        }
    }

    /// Lets everybody behave like this.
    pub fn behave(&mut self, behaviour: &Behaviour) {
        if let Some(docket) = &mut self.docket {
            docket.behaviour = behaviour.clone();
        }
    }

    /// Lets candidate `i` behave like this from now on.
    pub fn behave_as(&mut self, i: usize, conduct: Conduct) {
        if let Some(docket) = &mut self.docket {
            docket.behaviour.conduct[i] = conduct;
        }
    }

    /// Whether governance finds nobody guilty from now on.
    pub fn spare(&mut self, lenient: bool) {
        if let Some(docket) = &mut self.docket {
            docket.lenient = lenient;
        }
    }

    /// Misconduct, where there can be some.
    pub fn docket(&self) -> Option<&Docket> {
        self.docket.as_ref()
    }

    /// Legal penalties of candidate `i` in the last epoch, in ETH.
    pub fn penalties(&self, i: usize) -> f64 {
        self.docket.as_ref().map_or(0.0, |docket| docket.penalties[i])
    }

    /// Whether candidate `i` is barred from office in the epoch to be played next.
    pub fn is_barred(&self, i: usize) -> bool {
        self.docket.as_ref().is_some_and(|docket| docket.is_barred(i, self.epoch))
    }

    /// Adds what each price of the briber would have brought over the targets that closed in the last epoch, by column, and
    /// says how many there were.
    pub fn prices_tried(&self, game: &Game<M>, out: &mut [f64]) -> usize {
        self.docket.as_ref().map_or(0, |docket| docket.prices_tried(game.setting, game.terms, out))
    }
}

/// What candidate `i` sees when it offers, its own net value being `reference`.
#[inline]
pub fn view<M: Mechanism>(rule: &M, at: &At, i: usize, reference: f64) -> View {
    View {
        value: reference,
        reserve: rule.least_offer(),
        rank: at.signals.rank[i],
        candidates: at.setting.candidates() as f64,
        seats: rule.seat_count(at.setting.candidates()) as f64,
        epoch_slots: f64::from(at.terms.epoch_slots),
        cost: at.live_cost(i),
        fee: at.signals.expected_fee,
    }
}

/// The moment of a round.
fn at<'a, M>(
    game: &Game<'a, M>,
    key: Key,
    epoch: u32,
    cohorts: bool,
    signals: &'a Signals,
    continuation: &'a [f64],
    idle: &'a [f64],
) -> At<'a> {
    let moves = Moves::NONE;
    At { setting: game.setting, terms: game.terms, epoch, key, signals, cohorts, continuation, idle, moves }
}
