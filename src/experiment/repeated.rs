//! A unit whose stage game repeats: a session of Q-learners, measured on the cycle that it ended in, and diagnosed.

use super::kickback_game::{KickbackGame, worths};
use super::outcome::Curve;
use super::stake_game::{StakeGame, can_post};
use crate::agent::Setting;
use crate::agent::strategy::answers::Answers;
use crate::learning::policy::Policy;
use crate::measure::certificate::Certificate;
use crate::mechanism::auction_rotation::AuctionRotation;
use crate::mechanism::stake::Stake;
use crate::mechanism::terms::Terms;
use crate::mechanism::{Mechanism, Rule};
use crate::play::learning_loop::Learned;
use crate::play::market::Game;
use crate::play::repeated::diagnosis::{Diagnosis, ROUNDING, diagnose, retrain};
use crate::play::repeated::of_market::{RepeatedGame, answers_of, column, repeats};
use crate::play::repeated::session::{Session, Stop, play};
use crate::play::schedule::{Phase, Schedule, market_key};

/// Most histories of an agent whose answers are stored with every unit.
/// Four offers of fifteen settings each, as two Q-learners with a memory of two epochs see or four with a memory of one, are
/// 50,625 histories: 100 kB in the store, and 200 kB as a strategy file.
pub const MOST_STORED: usize = 65_536;

/// What everybody together earns per epoch, in ETH, where nobody looks beyond the epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Benchmark {
    /// In the Nash equilibrium of the stage game.
    pub nash: f64,
    /// At most.
    pub joint: f64,
}

impl Benchmark {
    /// The benchmark of a contender whose stage game repeats, where theory knows it:
    ///
    /// * kickbacks per unit of stake: the equilibrium and the joint-profit maximum of [`crate::theory::kickback`];
    /// * auctions with known values and even seats: bidders who pay the highest value that wins nothing (in every pricing
    ///   the outcome of undominated play, up to a tick; see [`crate::theory::complete_information`]), and the worthiest
    ///   who pay the reserve;
    /// * stakes for an epoch: the equilibrium of [`crate::theory::contest`] with what each candidate can stake at most, and the candidate with
    ///   the most to earn alone, whose stake need not be more than next to nothing.
    pub fn of(rule: &Rule, setting: &Setting, terms: &Terms) -> Option<Self> {
        match rule {
            Rule::Delegated(rule) => {
                repeats(rule, setting, terms).ok()?;
                let market = KickbackGame::new(setting, terms, rule).ok()?.market;
                let sum = |xs: &[f64]| -> f64 {
                    market.shares(xs).iter().zip(&market.rents).zip(xs).map(|((q, r), x)| (r - x) * q).sum()
                };
                let (nash, joint) = (market.equilibrium(), market.joint_maximum());
                Some(Benchmark { nash: sum(&nash.kickback), joint: sum(&joint.kickback) })
            }
            Rule::AuctionRotation(auction) => {
                repeats(auction, setting, terms).ok()?;
                Self::of_auction(auction, setting, terms)
            }
            Rule::Auction(auction) => {
                repeats(auction, setting, terms).ok()?;
                Self::of_auction(auction.sale(), setting, terms)
            }
            Rule::Stake(stake) => Self::of_stakes(stake, setting, terms),
            _ => None,
        }
    }

    fn of_auction(rule: &AuctionRotation, setting: &Setting, terms: &Terms) -> Option<Self> {
        // Whoever cannot post the bonds is no bidder.
        if rule.is_proportional() || !can_post(setting, rule.bonds_at_once()) {
            return None;
        }
        let worths = worths(setting, terms, rule)?;
        let constant = |class: usize| match worths[class].law.atoms().as_slice() {
            [(value, _)] => Some(value - worths[class].cost),
            _ => None,
        };
        let mut values: Vec<f64> =
            setting.sequencers.iter().map(|s| constant(s.class)).collect::<Option<_>>()?;
        values.sort_by(|a, b| b.total_cmp(a));
        let reserve = rule.reserve();
        let price = values.get(rule.seats()).map_or(reserve, |losing| losing.max(reserve));
        let epoch = f64::from(terms.epoch_slots);
        let slots = if rule.unit_seats() { epoch } else { epoch / rule.seats() as f64 };
        let keep =
            |price: f64| values.iter().take(rule.seats()).map(|v| (v - price).max(0.0) * slots).sum::<f64>();
        Some(Benchmark { nash: keep(price), joint: keep(reserve) })
    }

    /// Of stakes with exponent `τ ≤ 1` among candidates with constant values whose machines never fail, each with what it can stake at most
    /// ([`StakeGame`]). To be live costs whoever stakes a fixed sum, which moves nothing as long as it leaves those something who stake without
    /// it.
    fn of_stakes(rule: &Stake, setting: &Setting, terms: &Terms) -> Option<Self> {
        let game = StakeGame::new(rule, setting, terms).filter(|_| rule.power() <= 1.0)?;
        let nash = game.equilibrium()?;
        let within = (0..nash.shares.len()).filter(|&i| nash.shares[i] > 0.0);
        let sum = within.map(|i| nash.payoffs[i] - game.fixed[i]).sum();
        let alone = setting.sequencers.iter().enumerate().filter(|(_, s)| s.traits.capital_limit > 0.0);
        let alone = alone.map(|(i, _)| game.rewards[i] - game.fixed[i]);
        Some(Benchmark { nash: sum, joint: alone.fold(f64::NEG_INFINITY, f64::max) })
    }

    /// Where a joint payoff lies: 0 at Nash, 1 at most; `None` where there is nothing in between.
    pub fn profit_gain(&self, joint: f64) -> Option<f64> {
        let range = self.joint - self.nash;
        (range > 1e-9 * self.joint.abs()).then(|| (joint - self.nash) / range)
    }
}

/// A finished session.
#[derive(Debug)]
pub struct Played {
    /// How it ended.
    pub session: Session,
    /// What that is.
    pub diagnosis: Diagnosis,
    /// Gain of retraining, in ETH per epoch.
    retrained: Option<f64>,
    repeated: RepeatedGame,
}

impl Played {
    /// Plays a contender's session, if it is a game that repeats.
    pub fn new<M: Mechanism>(game: &Game<M>, schedule: &Schedule, seed: u64, replicate: u32) -> Option<Self> {
        let repeated = RepeatedGame::new(game, schedule.regime)?;
        let stop = Stop { stable_epochs: schedule.stable_epochs, max_epochs: schedule.max_epochs };
        let RepeatedGame { stage, parts, .. } = &repeated;
        let session = play(stage, parts, stop, market_key(seed, replicate, Phase::Learn, 0));
        let diagnosis = diagnose(stage, parts, &session);
        let key = |j: usize| market_key(seed, replicate, Phase::Certify, j as u32);
        let retrained = retrain(stage, parts, &session, &diagnosis.payoffs, stop, key);
        Some(Played { session, diagnosis, retrained, repeated })
    }

    /// The column that player `p` plays in an epoch: the cycle over and over.
    pub fn column<M: Mechanism>(&self, game: &Game<M>, p: usize, epoch: u32) -> usize {
        let profiles = &self.diagnosis.profiles;
        let i = game.seats.players[p].members[0];
        column(game, p, self.repeated.stage.setting(profiles[epoch as usize % profiles.len()], i))
    }

    /// About `wanted` epochs that are whole rounds of the cycle.
    pub fn epochs(&self, wanted: u32) -> u32 {
        let length = self.diagnosis.cycle.len() as u32;
        (wanted / length).max(1) * length
    }

    /// What was learned, as policies: how often each setting comes up on the cycle.
    pub fn learned<M: Mechanism>(&self, game: &Game<M>) -> Learned {
        let length = self.diagnosis.cycle.len() as u32;
        let policy = |p: usize| {
            let mut policy = Policy::uniform(1, game.seats.players[p].menu.columns());
            let mut row = vec![0.0; policy.settings()];
            for epoch in 0..length {
                row[self.column(game, p, epoch)] += 1.0;
            }
            policy.set(0, &row);
            policy
        };
        let players = game.seats.players.len();
        Learned {
            policies: (0..players).map(policy).collect(),
            drift: None,
            unrest: None,
            at_rest: self.anybody_learns().then(|| self.session.is_at_rest()),
            learning: self.anybody_learns(),
            epochs: self.session.epochs,
            converged: Some(self.session.converged),
            offers: vec![Vec::new(); players],
            gains: Vec::new(),
        }
    }

    /// Whether there is a learner among plans that stay as they are.
    fn anybody_learns(&self) -> bool {
        self.repeated.parts.iter().any(|part| part.learns().is_some())
    }

    /// The certificate of those who learn, of plans with memory and of scripts with a menu beside them: the best response is
    /// exact, so that estimate and bound are one. `None` where nobody learns. It speaks of the plans with which learning ended,
    /// whether or not these were still changing.
    pub fn certificate(&self) -> Option<Certificate> {
        let RepeatedGame { stage, scripts, .. } = &self.repeated;
        let scripted = scripts.iter().map(|it| (it.player(), it.gain(stage, &self.diagnosis.profiles)));
        let gains = self.diagnosis.best_response_gains.iter().copied().chain(scripted);
        self.anybody_learns().then(|| Certificate::exact(gains))
    }

    /// The metrics that only such units have. `tolerated` is the largest gain from deviating, in ETH per epoch, that counts
    /// as none.
    pub fn metrics(&self, benchmark: Option<Benchmark>, tolerated: f64) -> Vec<(&'static str, f64)> {
        let flag = |yes: bool| f64::from(u8::from(yes));
        let joint: f64 = self.diagnosis.payoffs.iter().sum();
        let gain = benchmark.and_then(|b| b.profit_gain(joint));
        let deviation = self.diagnosis.deviation.as_ref();
        let undeterred =
            gain.is_some_and(|gain| gain > 0.0) && deviation.is_some_and(|d| d.change > ROUNDING);
        let exploitable = self.diagnosis.learners_gain.map(|gain| gain > tolerated);
        [
            ("profit_gain", gain),
            ("cycle_length", Some(self.diagnosis.cycle.len() as f64)),
            ("deviation_profit_change", deviation.map(|d| d.change)),
            ("deviation_unprofitable", deviation.map(|d| d.unprofitable)),
            ("punishment", deviation.map(|d| d.punishment)),
            ("forgiveness", deviation.map(|d| d.forgiveness)),
            ("retrained_gain", self.retrained),
            ("spurious", exploitable.map(|exploitable| flag(exploitable || undeterred))),
        ]
        .into_iter()
        .filter_map(|(key, value)| Some((key, value?)))
        .collect()
    }

    /// What player `p` does after every history that it remembers, where it learned and the table is not too large to store.
    pub fn answers(&self, p: usize) -> Option<Answers> {
        let RepeatedGame { stage, parts, .. } = &self.repeated;
        parts[p].learns()?;
        answers_of(&self.session.plans[p], stage, p).filter(|it| it.settings.len() <= MOST_STORED)
    }

    /// The impulse response, and the offers of each candidate on the cycle.
    pub fn curves<M: Mechanism>(&self, game: &Game<M>) -> Vec<Curve> {
        let mut curves = Vec::new();
        if let Some(deviation) = &self.diagnosis.deviation {
            for (agent, changes) in [("deviator", &deviation.deviator), ("rivals", &deviation.rivals)] {
                let points =
                    changes.iter().enumerate().map(|(t, &change)| (t as f64 - 1.0, change)).collect();
                curves.push(Curve { name: "impulse_response".to_owned(), agent: agent.to_owned(), points });
            }
        }
        for (i, sequencer) in game.setting.sequencers.iter().enumerate() {
            let offer = |(t, &profile): (usize, &usize)| (t as f64, self.repeated.stage.offer(profile, i));
            let points = self.diagnosis.profiles.iter().enumerate().map(offer).collect();
            let agent = game.setting.classes[sequencer.class].name.clone();
            curves.push(Curve { name: "cycle_offer".to_owned(), agent, points });
        }
        curves
    }
}
