//! The rules under comparison, one file each, and what they have in common.
//!
//! A mechanism sees offers and decides who sequences ([`Mechanism::select`]), says what each setting of a lever would
//! have earned ([`Mechanism::payoffs`]), and moves money ([`Mechanism::settle`]).
//!
//! To add one: write its file, with `SUMMARY`, `PARAMETERS`, `NEEDS`, `read` and the implementation of [`Mechanism`]; add
//! two lines here, the module and its row in [`for_rules!`](crate::for_rules); and put it into an experiment file, with a
//! strategy file if its offers need one. Nothing else in the program names rules, but for what only theory knows of some
//! of them, and for the hues of the eight (a further rule is grey). The tests refuse a file without a row, a row without an
//! experiment, and a rule whose documentation lacks one of its five parts; they hold every row of the catalogue to the laws,
//! balance its books with everything switched on, and move each of its parameters: METHOD.md, "Adding a rule", says how.

pub mod algorithmic;
pub mod auction;
pub mod auction_rotation;
pub mod authority;
pub mod centralized;
pub mod collateral;
pub mod delegated;
pub mod escrow;
pub mod findings;
pub mod lottery;
pub mod operation;
pub mod ordering;
pub mod overlays;
pub mod oversight;
pub mod redistribution;
pub mod removal;
pub mod resale;
mod roulette;
pub mod seat_sale;
pub mod stake;
pub mod stake_rotation;
pub mod starting;
pub mod terms;
pub mod token;
pub mod upgrade;
pub mod volition;

use crate::agent::Setting;
use crate::draws::Key;
use crate::play::ledger::Ledger;
use crate::play::repeated::stage::Tie;
use crate::settings::{Parameter, Section};
use crate::world::Signals;
use collateral::Moves;
use escrow::Escrow;
use lottery::{Lottery, Race};
use operation::Service;
use removal::Removal;
use resale::Trade;
use seat_sale::SeatSale;
use terms::Terms;

/// What a sequencer can set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lever {
    /// ETH per scheduled slot, paid to the protocol.
    Bid,
    /// Payout promised to delegators.
    Kickback,
    /// ETH locked for the epoch.
    Stake,
    /// Investment in the performance that scores measure.
    Effort,
}

impl Lever {
    /// Name in tables and charts.
    pub fn name(self) -> &'static str {
        match self {
            Lever::Bid => "bid",
            Lever::Kickback => "kickback",
            Lever::Stake => "stake",
            Lever::Effort => "effort",
        }
    }
}

/// What is always true of a mechanism; verified over the whole catalogue by the law tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Exchanging the names of two identical candidates exchanges their expected outcomes.
    pub anonymous: bool,
    /// Offering one's own net value is a best response to anything.
    pub truthful: bool,
    /// A slot may be left without a leader.
    pub may_leave_slots_empty: bool,
    /// The market remembers something from epoch to epoch that bears on payoffs.
    pub has_memory: bool,
}

/// What a rule asks of the file besides its own parameters. Keys that no contender's rule needs are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// Groups of delegators.
    pub delegators: bool,
    /// Sequencers' cost of capital: the rule locks what is theirs.
    pub capital: bool,
    /// Sequencers' discount factor and the horizon of feedback: what an epoch leaves behind earns later.
    pub future: bool,
    /// The world's takeovers, whatever `redundancy` says: there are standbys always.
    pub standbys: bool,
    /// How feedback is taken in a sale of seats ([`Mechanism::seat_sale`]).
    pub sale: bool,
    /// There is one operator, whom nobody can replace: findings drive users away and bar nobody.
    pub one_operator: bool,
}

impl Needs {
    /// Nothing more.
    pub const NOTHING: Needs = Needs {
        delegators: false,
        capital: false,
        future: false,
        standbys: false,
        sale: false,
        one_operator: false,
    };
}

/// How offers stand beside private values in a figure, both for a whole epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OfferAxis {
    /// Name of the offer and its unit.
    pub name: &'static str,
    /// Name of what offers are made against, and its unit.
    pub against: &'static str,
    /// Factor on private values, as offers are made against them.
    pub value: f64,
    /// Factor on offers.
    pub offer: f64,
    /// Whether offer and private value have the same unit.
    pub diagonal: bool,
}

/// What bids and kickbacks are drawn against.
pub const NET_VALUE: &str = "Net value of a whole epoch (ETH)";

/// The moment at which a mechanism acts: everything it may look at besides its own state.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    /// World and agents.
    pub setting: &'a Setting,
    /// Clock and redundancy.
    pub terms: &'a Terms,
    /// Epoch, from 0.
    pub epoch: u32,
    /// The market's luck.
    pub key: Key,
    /// What the candidates know.
    pub signals: &'a Signals,
    /// Whether the members of a group of later movers are taken together, in expectation over their own choices.
    pub cohorts: bool,
    /// Discounted value of holding one more unit of each stock that the mechanism remembers, from the next epoch on:
    /// shape (stocks, candidates), row-major, in ETH. Empty where nothing is remembered.
    pub continuation: &'a [f64],
    /// Slots for which each candidate's machine has been idle as the epoch begins; empty where nobody ever was live.
    pub idle: &'a [f64],
    /// How prices have moved since the epoch before.
    pub moves: Moves,
}

impl At<'_> {
    /// Expected net income of candidate `i` from a slot that it leads and for which it is live in `live_per_slot` slots:
    /// [`At::led_worth`] less the cost of being live.
    #[inline]
    pub fn slot_worth(&self, i: usize, share: f64, live_per_slot: f64) -> f64 {
        self.led_worth(i, share) - live_per_slot * self.live_cost(i)
    }

    /// Expected income of candidate `i` from a slot that it leads: if it delivers, `share` of gross income less posting, and what it
    /// earns [aside](Terms::aside).
    #[inline]
    pub fn led_worth(&self, i: usize, share: f64) -> f64 {
        let earned = share * self.signals.gross[i] - self.terms.posting_cost;
        self.terms.keeping(i).delivered * (earned + self.terms.aside(i))
    }

    /// Whether candidate `i` may take an office.
    #[inline]
    pub fn may_serve(&self, i: usize) -> bool {
        !self.signals.is_barred(i)
    }

    /// What it costs candidate `i` to have an ETH locked for an epoch: the cost of its capital, and what the token is expected to lose by
    /// what the protocol does, `r + w·(1 − E)` with the token's share `w` and its last move `E`, which is expected to go on. That is
    /// exact where issuance or buy-backs are the same in all epochs. What the token is expected to gain is counted as far as it
    /// pays for the capital: were there more to be had by locking it, no stake would be large enough.
    #[inline]
    pub fn holding_cost(&self, i: usize) -> f64 {
        self.cost_of_holding(i, 1.0, 1.0)
    }

    /// The same of an ETH of which the share `locked` is locked and the share `tied` is of no use meanwhile.
    #[inline]
    pub fn cost_of_holding(&self, i: usize, locked: f64, tied: f64) -> f64 {
        let loss = self.terms.collateral.in_token() * (1.0 - self.moves.protocol);
        (self.terms.capital_rate[i] * tied + loss * locked).max(0.0)
    }

    /// What a live slot costs candidate `i` more than an idle one.
    #[inline]
    pub fn live_cost(&self, i: usize) -> f64 {
        let traits = &self.setting.sequencers[i].traits;
        traits.live_cost * self.setting.world.state_factor(self.epoch) - traits.idle_cost
    }

    /// Expected share of slots in which a candidate is live that leads each with probability `q`: leaders of the next
    /// `redundancy − 1` slots stand by, so that it is `1 − (1 − q)^redundancy`; all, where leaders are secret.
    #[inline]
    pub fn live_share(&self, q: f64) -> f64 {
        self.live_share_among(q, self.terms.redundancy)
    }

    /// The same with so many live in each slot.
    #[inline]
    pub fn live_share_among(&self, q: f64, redundancy: usize) -> f64 {
        if self.terms.oversight.secret { f64::from(u8::from(q > 0.0)) } else { live_share(q, redundancy) }
    }

    /// The same of a candidate that leads each with the probability `led` and stands by with the probability `beside` for each of the
    /// `redundancy − 1` before: less than it leads where who has been removed leaves standbys missing and turns to others.
    #[inline]
    pub fn live_beside(&self, led: f64, beside: f64, redundancy: usize) -> f64 {
        if self.terms.oversight.secret || beside == led {
            self.live_share_among(led, redundancy)
        } else {
            led + (1.0 - led) * live_share(beside, redundancy - 1)
        }
    }

    /// Slots in which the holder of one of so many seats that take turns is live, for each that it leads: it stands by for the
    /// `redundancy − 1` seats before its own, or for all, where leaders are secret.
    #[inline]
    pub fn live_per_turn(&self, seats: usize) -> f64 {
        (if self.terms.oversight.secret { seats } else { self.terms.redundancy }) as f64
    }

    /// Derivative of [`At::live_share`].
    #[inline]
    pub fn live_share_slope(&self, q: f64) -> f64 {
        if self.terms.oversight.secret {
            return 0.0;
        }
        let r = self.terms.redundancy;
        r as f64 * power(1.0 - q, r - 1)
    }
}

/// `1 − (1 − q)^redundancy`.
#[inline]
pub fn live_share(q: f64, redundancy: usize) -> f64 {
    if redundancy == 1 { q } else { 1.0 - power(1.0 - q, redundancy) }
}

/// `x^n` for a small whole `n`.
fn power(x: f64, n: usize) -> f64 {
    (0..n).fold(1.0, |product, _| product * x)
}

/// How slots are assigned within the epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Schedule {
    /// Seats take turns.
    #[default]
    Rotation,
    /// Each slot's leader is drawn in proportion to weight.
    Weighted,
    /// Seats are drawn in proportion to weight, and take turns (see [`lottery`]).
    Lottery,
}

/// Who sequences this epoch, and at what price. All vectors have one entry for each candidate, but for `seats`.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// How slots are assigned.
    pub schedule: Schedule,
    /// Holders of the seats, in the order of the rotation; `None` is a seat that nobody took.
    pub seats: Vec<Option<usize>>,
    /// Weights of the draw of leaders.
    pub weight: Vec<f64>,
    /// Weight of leaving a slot empty.
    pub empty_weight: f64,
    /// Slots that the candidate leads, in expectation before the schedule is drawn.
    pub slots: Vec<f64>,
    /// ETH owed to the protocol per scheduled slot.
    pub price: Vec<f64>,
    /// Bond or stake posted for this epoch, in ETH.
    pub bond: Vec<f64>,
    /// Bond among it that stays locked for the dispute window, where stakes do not; empty: none.
    pub disputed: Vec<f64>,
    /// Slots of the epoch, counted over all seats.
    pub total: f64,
    /// Whether everybody with a weight is live in every slot, so that any of them may take over: the one whom the draw of
    /// the slot's leader would have taken next.
    pub all_live: bool,
    /// How seats are drawn, where they are.
    pub lottery: Lottery,
    /// Probability of holding a seat, where seats are drawn: 1 or 0 once they have been.
    pub active: Vec<f64>,
    /// Probability with which a candidate was drawn and did not turn up: 1 or 0 once seats have been drawn; empty: nobody.
    pub failed: Vec<f64>,
    /// Own slots missed in an epoch after which a leader is removed for the rest of it.
    pub miss_tolerance: Option<u32>,
    /// Share of their turns that candidates keep, for fear of removal; empty: all.
    pub kept: Vec<f64>,
    /// Sequencers live in each slot, where the rule decides that from epoch to epoch; else the terms do.
    pub redundancy: Option<usize>,
    /// What candidates spend in the epoch besides running their machines, in ETH.
    pub effort: Vec<f64>,
    /// Share of the slots that they lead which candidates deliver; empty: their availability.
    pub delivery: Vec<f64>,
    /// Seats that were resold: their buyers stand in the other columns.
    pub resold: Vec<Trade>,
    /// Working space of rules that rank offers.
    ranking: auction_rotation::Ranking,
    /// Working space of lotteries.
    race: Race,
}

impl Selection {
    /// Empties the selection for `n` candidates.
    pub fn clear(&mut self, n: usize) {
        self.seats.clear();
        self.empty_weight = 0.0;
        self.total = 0.0;
        self.all_live = false;
        self.miss_tolerance = None;
        self.redundancy = None;
        self.active.clear();
        self.failed.clear();
        self.delivery.clear();
        self.resold.clear();
        self.kept.clear();
        self.disputed.clear();
        for column in [&mut self.weight, &mut self.slots, &mut self.price, &mut self.bond, &mut self.effort] {
            column.clear();
            column.resize(n, 0.0);
        }
    }

    /// Candidates who may lead a slot: holders of seats, or all with a weight where leaders or seats are drawn.
    pub fn may_lead(&self) -> Vec<usize> {
        let led = |i: &usize| match self.schedule {
            Schedule::Rotation => self.seats.contains(&Some(*i)),
            Schedule::Weighted | Schedule::Lottery => self.weight[*i] > 0.0,
        };
        (0..self.weight.len()).filter(led).collect()
    }

    /// Draws the leader of each slot in proportion to the weights that have been set, and scales them to one; slots
    /// stay empty where nobody has any.
    fn draw_slots(&mut self, all_live: bool) {
        self.all_live = all_live;
        let all: f64 = self.weight.iter().sum();
        if all > 0.0 {
            self.weight.iter_mut().for_each(|weight| *weight /= all);
        }
        self.share_slots();
    }

    /// Draws the leader of each slot in proportion to the weights that have been set, which sum to one or are all nothing.
    fn share_slots(&mut self) {
        self.schedule = Schedule::Weighted;
        for (slots, weight) in self.slots.iter_mut().zip(&self.weight) {
            *slots = self.total * *weight;
        }
        if self.weight.iter().all(|w| *w <= 0.0) {
            self.empty_weight = 1.0;
        }
    }
}

/// What stake that backs one candidate got.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Payout {
    /// Share of the group's stake that is there.
    pub share: f64,
    /// Payout, in ETH an epoch for the whole stake; `None` where the option is not there.
    pub payout: Option<f64>,
}

/// A rule that decides who sequences and who pays whom.
pub trait Mechanism: Sync {
    /// What the rule remembers from epoch to epoch in one market.
    type State: Clone + Send;
    /// Working space for counterfactuals, kept between rounds so that the loop allocates nothing.
    type Scratch: Default + Send;

    /// Facts that hold for this parameterization.
    fn facts(&self) -> Facts;

    /// The lever that candidates set, if they set one.
    fn lever(&self) -> Option<Lever>;

    /// Seats of an epoch among so many candidates: all of them where the rule has no number of seats.
    fn seat_count(&self, candidates: usize) -> usize {
        candidates
    }

    /// The state of a market that opens.
    fn open(&self, setting: &Setting) -> Self::State;

    /// What a relative offer of 1 means for candidate `i`: its own net value, in the lever's unit.
    fn reference(&self, at: &At, i: usize) -> f64;

    /// The least offer that counts, which is what a relative offer of 0 means.
    fn least_offer(&self) -> f64 {
        0.0
    }

    /// Refuses what makes no sense together with this world and these agents.
    fn check(&self, _section: &Section, _setting: &Setting) {}

    /// Sets how many epochs a deviation's effect is followed for; by default until a thousandth is left.
    fn set_horizon(&mut self, _horizon: Option<u32>) {}

    /// How offers are drawn; `None` where they cannot stand beside private values.
    fn offer_axis(&self, _setting: &Setting, _terms: &Terms) -> Option<OfferAxis> {
        None
    }

    /// Whether offers are taken in this epoch.
    fn is_open(&self, _state: &Self::State, _at: &At) -> bool {
        true
    }

    /// Prepares the counterfactuals of one round: to be called before [`Mechanism::payoffs`], with the state before
    /// anything was decided.
    fn prepare(&self, state: &Self::State, at: &At, offers: &[Option<f64>], scratch: &mut Self::Scratch);

    /// Expected payoff of candidate `i` for each setting in `menu` (`out[a + 1]` for `menu[a]`; `out[0]` abstains): its
    /// income before capital cost less the capital cost of its bond, others' offers fixed, later movers reacting through
    /// their current behaviour, with the continuation of [`At::continuation`] for what the epoch leaves behind.
    fn payoffs(
        &self,
        state: &Self::State,
        at: &At,
        i: usize,
        menu: &[f64],
        scratch: &mut Self::Scratch,
        out: &mut [f64],
    );

    /// Whether an epoch's expected payoffs depend on that epoch's offers alone, so that with constant private values the
    /// same stage game repeats.
    ///
    /// # Errors
    /// What else they depend on.
    fn repeats(&self, _setting: &Setting, _terms: &Terms) -> Result<(), String> {
        Err("the rule does not say what a profile of offers earns".to_owned())
    }

    /// Expected payoff of every candidate at this profile of offers, in the state of a market that opens: as
    /// [`Mechanism::payoffs`], before any lot is drawn, so that ties are split evenly. Where no lot decides these are the
    /// counterfactuals of what is played.
    fn stage_payoffs(
        &self,
        state: &Self::State,
        at: &At,
        offers: &[Option<f64>],
        scratch: &mut Self::Scratch,
        out: &mut [f64],
    ) {
        self.prepare(state, at, offers, scratch);
        for (i, (payoff, offer)) in out.iter_mut().zip(offers).enumerate() {
            let mut earned = [0.0; 2];
            let menu: &[f64] = offer.as_slice();
            self.payoffs(state, at, i, menu, scratch, &mut earned[..=menu.len()]);
            *payoff = earned[menu.len()];
        }
    }

    /// The lot that decides who of equal candidates gets what [`Mechanism::stage_payoffs`] shares evenly among them, where
    /// one is drawn.
    fn tie(&self, _offers: &[Option<f64>]) -> Option<Tie> {
        None
    }

    /// Whether feedback is taken for every state that a candidate might have been in, rivals' offers as they are, and
    /// not only for the one that it was in. Private signals are independent, so both have the same mean; where payoffs
    /// jump, as in auctions, all states together are far less noisy for the work.
    fn explores_states(&self) -> bool {
        false
    }

    /// The sale of seats that an epoch is to candidate `i`, where it is one and nothing else: payoffs then depend on rivals
    /// only through their offers, and can be averaged over these in closed form ([`SeatSale::odds`]).
    fn seat_sale(&self, _at: &At, _i: usize) -> Option<SeatSale> {
        None
    }

    /// Persistence of each stock that the rule remembers (the share of a deviation's effect that is left after an
    /// epoch); empty where payoffs do not depend on the past.
    fn persistence(&self, _setting: &Setting) -> Vec<f64> {
        Vec::new()
    }

    /// Share that is left after an epoch of the slowest thing that the rule remembers, beliefs included.
    fn memory(&self, setting: &Setting) -> f64 {
        self.persistence(setting).into_iter().fold(0.0, f64::max)
    }

    /// What a unit of stake of each group behind each candidate got in the epoch that has just been settled, in ETH an
    /// epoch for the whole stake, and the share of the group's stake that is there: shape (groups, candidates + 1), what
    /// backs nobody last. Empty where nobody delegates.
    fn delegated_payouts(
        &self,
        _state: &Self::State,
        _at: &At,
        _offers: &[Option<f64>],
        _selection: &Selection,
        _service: &Service,
        _out: &mut Vec<Payout>,
    ) {
    }

    /// Income of each candidate this epoch for one more unit of stock (see [`At::continuation`]).
    fn margins(&self, _state: &Self::State, _at: &At, _offers: &[Option<f64>], _out: &mut [f64]) {}

    /// Lets later movers choose and decides the epoch. Of a [lottery](Schedule::Lottery) for seats it says the weights and
    /// the rule; slots led, activity and what is locked follow when it is held.
    fn select(&self, state: &mut Self::State, at: &At, offers: &[Option<f64>], selection: &mut Selection);

    /// Moves all money of the epoch, and lets the state learn from what was delivered.
    fn settle(
        &self,
        state: &mut Self::State,
        at: &At,
        offers: &[Option<f64>],
        selection: &Selection,
        service: &Service,
        ledger: &mut Ledger,
    );

    /// What an outsider would have to post and pay this epoch to control half of its slots, offers as they are, in ETH;
    /// `None` where the rule leaves no way to buy in.
    fn corruption_cost(
        &self,
        _state: &Self::State,
        _at: &At,
        _offers: &[Option<f64>],
        _selection: &Selection,
    ) -> Option<f64> {
        None
    }

    /// Whether every seat is worth a whole epoch.
    fn unit_seats(&self) -> bool {
        false
    }

    /// How it removes those who miss their slots, where it does.
    fn removal(&self, _terms: &Terms) -> Option<Removal> {
        None
    }

    /// Whether what it sells for an epoch are seats, each to one candidate, that can be sold on.
    fn sells_seats(&self) -> bool {
        false
    }

    /// Whether it takes bonds or stakes away.
    fn slashes(&self) -> bool {
        false
    }

    /// Takes a share of the stake that delegators have put behind candidate `i`, and says how much each group loses of it, in ETH;
    /// empty where nobody delegates.
    fn slash_delegated(
        &self,
        _state: &mut Self::State,
        _setting: &Setting,
        _i: usize,
        _share: f64,
    ) -> Vec<f64> {
        Vec::new()
    }

    /// How many evictions there have been; `None` where nobody can be evicted.
    fn evictions(&self, _state: &Self::State) -> Option<u64> {
        None
    }

    /// Epochs until what the rule locks up has filled: markets are measured after that.
    fn epochs_to_fill(&self) -> u32 {
        0
    }

    /// Whether feedback is about the very game that is played, so that a certificate means something.
    fn certifiable(&self, _setting: &Setting) -> bool {
        true
    }

    /// Everything that candidates have locked as bonds or stakes, where the rule locks something of theirs: what a finding takes
    /// its share of.
    fn escrows_mut<'s>(&self, _state: &'s mut Self::State) -> Vec<&'s mut Escrow> {
        Vec::new()
    }

    /// The same, to be looked at.
    fn escrows<'s>(&self, _state: &'s Self::State) -> Vec<&'s Escrow> {
        Vec::new()
    }

    /// What candidate `i` has locked of the stake that it set as its lever, in ETH; bonds, which it could not choose, apart.
    fn own_stake(&self, _state: &Self::State, _i: usize) -> f64 {
        0.0
    }

    /// Bonds that a candidate who serves without a break has locked at the same time, in ETH.
    fn bonds_at_once(&self) -> f64 {
        0.0
    }

    /// Stake held for the candidates at the moment, in ETH; added to bonds in `capital_locked`.
    fn stake_locked(&self, _setting: &Setting) -> f64 {
        0.0
    }
}

/// A row of the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Name in `rule = "…"`.
    pub name: &'static str,
    /// One line.
    pub summary: &'static str,
    /// Parameters that the rule reads, besides `rule` itself.
    pub parameters: &'static [&'static Parameter],
    /// What it asks of the rest of the file.
    pub needs: Needs,
    /// Reads a contender.
    pub read: fn(&Section, &Terms) -> Option<Rule>,
}

/// The rules, as (module, type); a rule is called by the name of its module. Everything else follows from this list.
#[macro_export]
macro_rules! for_rules {
    ($then:ident $($given:tt)*) => {
        $crate::$then! { { $($given)* }
            (centralized Centralized)
            (authority Authority)
            (auction Auction)
            (stake Stake)
            (stake_rotation StakeRotation)
            (auction_rotation AuctionRotation)
            (delegated Delegated)
            (algorithmic Algorithmic)
        }
    };
}

/// Writes the catalogue and the enumeration of rules.
#[macro_export]
macro_rules! declare_rules {
    ({} $(($module:ident $rule:ident))*) => {
        /// Every rule.
        pub const CATALOGUE: &[Entry] = &[$(Entry {
            name: stringify!($module),
            summary: $module::SUMMARY,
            parameters: $module::PARAMETERS,
            needs: $module::NEEDS,
            read: |section, terms| $module::read(section, terms).map(Rule::$rule),
        }),*];

        /// A contender's rule with its parameters: matched once for each unit, so that the loop is monomorphic.
        #[derive(Clone, Debug)]
        #[allow(missing_docs)]
        pub enum Rule {
            $($rule($module::$rule)),*
        }
    };
}

/// Writes the arms of [`with_rule!`](crate::with_rule).
#[macro_export]
macro_rules! match_rule {
    ({ $rule:expr, $name:ident => $body:expr } $(($module:ident $variant:ident))*) => {
        match $rule {
            $($crate::mechanism::Rule::$variant($name) => $body),*
        }
    };
}

/// Runs an expression with the concrete mechanism of a [`Rule`].
#[macro_export]
macro_rules! with_rule {
    ($rule:expr, $name:ident => $body:expr) => {
        $crate::for_rules! { match_rule $rule, $name => $body }
    };
}

crate::for_rules! { declare_rules }
