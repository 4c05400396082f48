//! What sequencers learn to pay depends on how delegators choose: each rule against a closed form.
//!
//! Notation: `n` candidates of the same rent, `m = R − c − x` the margin, `q = 1/n`, μ the noise of choice (1/price
//! sensitivity), ρ inertia, δ the sequencers' discount factor.

use crate::lab::{estimate, metric, read, replicates, seed, try_read};
use sequencer_lab::experiment::outcome::Outcome;
use sequencer_lab::theory::kickback::bertrand_income;
use std::fmt::Write;

/// A game of kickbacks on a grid of `points` from 0 to 1.2.
struct Game {
    name: &'static str,
    /// Rents of the candidates.
    rents: &'static [f64],
    mu: f64,
    discount: f64,
    /// Keys of the delegators besides.
    delegators: &'static str,
    /// Their strategy.
    strategy: &'static str,
    /// How sequencers play.
    play: &'static str,
}

const GAME: Game = Game {
    name: "",
    rents: &[1.0, 1.0],
    mu: 0.25,
    discount: 0.0,
    delegators: "continuum = true",
    strategy: "learner = \"quantal_response\"",
    play: "learner = \"hedge\"",
};

impl Game {
    fn text(&self, points: usize) -> String {
        let mut text = format!(
            "[experiment]\nname = \"case\"\nseed = {}\n\n[mechanism.dpos]\nrule = \"delegated\"\n\n\
             [play]\nrounds = 4\nwarmup_epochs = 800\nmeasured_epochs = 25\ncertificate_markets = 16\ncertificate_epochs = 16\n\n\
             [[delegators]]\nname = \"holders\"\nprice_sensitivity = {:?}\nstrategy = \"flock\"\n{}\n\n\
             [strategies.flock]\nrole = \"delegator\"\n{}\n\n",
            seed(self.name),
            1.0 / self.mu,
            self.delegators,
            self.strategy
        );
        for (i, rent) in self.rents.iter().enumerate() {
            let play = self.play.replace("OFFER", &format!("{{ absolute = {:?} }}", 0.4 + 0.1 * i as f64));
            let menu = if self.play.contains("OFFER") {
                String::new()
            } else {
                format!("menu = {{ absolute = [0.0, 1.2], points = {points} }}")
            };
            write!(
                text,
                "[[sequencers]]\nname = \"s{i}\"\ncount = 1\nvalue = {{ constant = {rent:?} }}\ndiscount = {:?}\nstrategy = \"p{i}\"\n\n\
                 [strategies.p{i}]\n{play}\n{menu}\n\n",
                self.discount,
            )
            .unwrap();
        }
        text
    }

    /// Learned payouts lie within three standard errors and a tick of theory.
    fn pays(&self, theory: f64) -> Vec<Outcome> {
        let points = 97;
        let tick = 1.2 / (points - 1) as f64;
        let outcomes = replicates(&read(&self.text(points)), 4);
        let (paid, se) = estimate(&outcomes, |o| metric(o, "bribes_to_delegators").unwrap());
        println!("{}: {paid:.4} ± {se:.4}, theory {theory:.4}", self.name);
        assert!((paid - theory).abs() <= 3.0 * se + tick, "{}: {paid} ± {se}, theory {theory}", self.name);
        outcomes
    }

    /// Besides, nobody gains a tick by deviating, which is certified where delegators' rule can be.
    fn settles(&self, theory: f64, certifiable: bool) {
        let outcomes = self.pays(theory);
        let (sure, _) = estimate(&outcomes, |o| metric(o, "certified").unwrap());
        let (gain, _) = estimate(&outcomes, |o| metric(o, "deviation_gain_upper").unwrap());
        assert!(gain <= 0.01, "{}: {gain}", self.name);
        assert_eq!(sure, f64::from(u8::from(certifiable)), "{}", self.name);
    }
}

/// Imitators who meet at random: `dq/dx = (1−ρ)(1−ν)q(1−q)/μ`, so that myopic sequencers keep `m = μ/((1−ρ)(1−ν)(1−q))`.
#[test]
fn imitators_leave_margins_that_grow_with_experiments_and_inertia() {
    let strategy = "learner = \"replicator\"\nexperimentation = 0.05";
    let base = Game { mu: 0.3, strategy, ..GAME };
    let margin = |n: f64, rho: f64| 0.3 / ((1.0 - rho) * 0.95 * (1.0 - 1.0 / n));
    Game { name: "imitation, two", ..base }.settles(1.0 - margin(2.0, 0.0), true);
    // To replay every deviation of three on so fine a menu is more work than a certificate may take.
    Game { name: "imitation, three", rents: &[1.0, 1.0, 1.0], ..base }.settles(1.0 - margin(3.0, 0.0), false);
    let slow = Game { name: "imitation, inertia", delegators: "continuum = true\ninertia = 0.2", ..base };
    slow.settles(1.0 - margin(2.0, 0.2), true);
}

/// Best responses make Bertrand competition: delegators get the second-best rent, to a tick. (Losers are indifferent among
/// all offers that lose. Where theirs wander, the winner could at times pay less, so that play need not be certified.)
#[test]
fn best_responses_make_bertrand_competition() {
    let rents = &[1.0, 0.9, 0.8];
    let game = Game { name: "Bertrand", rents, strategy: "learner = \"fictitious_play\"", ..GAME };
    game.pays(bertrand_income(rents));
    let game = Game { name: "Bertrand, patient", discount: 0.9, ..game };
    game.pays(bertrand_income(rents));
}

/// Payouts that are summed up count `Σ(1−λ)^t` times: margins are `μ(1−δρ)(1−δ(1−λ))/((1−ρ)(1−q))`, the static ones for
/// sequencers who do not look ahead, and followed to first order only for those who do.
#[test]
fn memory_of_payouts_narrows_the_margins_of_the_patient() {
    let game = Game { name: "memory, myopic", strategy: "learner = \"hedge\"\nforgetting = 0.2", ..GAME };
    game.settles(1.0 - 0.25 / 0.5, true);
    let margin = 0.25 * (1.0 - 0.9 * 0.8) / 0.5;
    Game { name: "memory, patient", discount: 0.9, ..game }.settles(1.0 - margin, true);
}

/// Without memory a sum of payouts is the present one.
#[test]
fn forgetting_all_is_logit_choice() {
    let game = Game { name: "logit", discount: 0.9, ..GAME };
    let sum = Game { strategy: "learner = \"hedge\"\nforgetting = 1.0", ..game };
    let metrics = |game: &Game| replicates(&read(&game.text(25)), 1)[0].metrics.clone();
    let without = |metrics: Vec<(&'static str, f64)>| -> Vec<(&'static str, f64)> {
        // Deviations are computed under the one and replayed under the other.
        let same = |key: &str| {
            !key.starts_with("deviation") && !key.starts_with("delegator_gain") && key != "certified"
        };
        metrics.into_iter().filter(|(key, _)| same(key)).collect()
    };
    assert_eq!(without(metrics(&game)), without(metrics(&sum)));
}

/// Delegators who do not shop around are paid the least that they accept.
#[test]
fn even_delegators_get_what_keeps_them() {
    let strategy = "learner = \"scripted\"";
    Game { name: "even", strategy, ..GAME }.settles(0.0, true);
    let delegators = "continuum = true\noutside_option = 0.3";
    Game { name: "even, outside option", strategy, delegators, ..GAME }.settles(0.3, true);
}

/// Imitators come to rest where the best-paid candidate has all but what mutants bring to the others, single ones
/// and a continuum alike.
#[test]
fn imitators_rest_with_the_best_paid() {
    let strategy = "learner = \"replicator\"\nexperimentation = 0.02";
    let game =
        Game { name: "rest", mu: 0.5, strategy, play: "learner = \"scripted\"\noffer = OFFER", ..GAME };
    // Offers 0.4 and 0.5; with shares b and s: s = (1−ν)·s·(1 − b·d) + ν/2, d = 0.1/μ.
    let (nu, d) = (0.02, 0.1 / 0.5);
    let mut b = 0.5;
    for _ in 0..10_000 {
        b = 1.0 - nu / 2.0 / (1.0 - (1.0 - nu) * (1.0 - b * d));
    }
    let theory = 0.4 + 0.1 * b;
    let pay = |delegators| {
        let game = Game { delegators, ..game };
        estimate(&replicates(&read(&game.text(0)), 8), |o| metric(o, "bribes_to_delegators").unwrap())
    };
    let (paid, _) = pay("continuum = true");
    assert!((paid - theory).abs() < 1e-4, "{paid}, theory {theory}");
    // Single delegators scatter round it; the rest is a little off the mean-field one, by the variance over s.
    let (paid, se) = pay("count = 2000");
    assert!((paid - theory).abs() < 3.0 * se + 0.1 / 2000.0, "{paid} ± {se}, theory {theory}");
}

/// Rules that do not fit the role are refused, with those that do.
#[test]
fn learners_that_do_not_fit_are_refused() {
    let game = Game { strategy: "learner = \"regret_matching\"", ..GAME };
    let error = try_read(&game.text(25)).unwrap_err();
    assert!(
        error.contains("`regret_matching` does not fit delegators")
            && error.contains("quantal_response, hedge, fictitious_play, replicator, scripted"),
        "{error}"
    );
    let error =
        try_read(&GAME.text(25).replace("strategy = \"flock\"", "strategy = \"truthful\"")).unwrap_err();
    assert!(error.contains("a strategy of sequencers, named by a group of delegators"), "{error}");
    let error = try_read(&GAME.text(25).replace("strategy = \"p0\"", "strategy = \"logit\"")).unwrap_err();
    assert!(error.contains("a strategy of delegators, named by a group of sequencers"), "{error}");
}
