//! Each warning in words: its cause, and what to do about it.

use super::{
    COARSE, Departure, FEW_REPLICATES, HEAVY_SHAPE, Idle, LARGE_DRIFT, SMALL_AS_SUCH, SMALL_GAIN, Uncovered,
    Warning,
};
use crate::agent::strategy::{MOST_BINS, MOST_POINTS};
use crate::chart::ticks::significant;
use crate::measure::basins;
use crate::report::naming::shortened;

impl Warning {
    /// What is the matter, in a sentence or two.
    pub fn cause(&self) -> String {
        match self {
            Self::Missing { contender, done, planned, failed, reason } => {
                let failed = reason.as_ref().map(|(error, shared)| (shortened(error), shared)).map_or(
                    String::new(),
                    |(error, shared)| match (failed, shared) {
                        (1, _) => format!(" One failed: {error}."),
                        (failed, shared) if failed == shared => {
                            format!(" {failed} failed, all of them with: {error}.")
                        }
                        (failed, shared) => format!(" {failed} failed, {shared} of them with: {error}."),
                    },
                );
                format!(
                    "{contender}: only {done} of {planned} replicates are done.{failed} Differences are taken over common replicates."
                )
            }
            Self::NobodyProduces { contender, idle } => {
                let why = match idle {
                    Idle::Committee => "the committee of `volition` never signs".to_owned(),
                    Idle::Bond(bond, most) => format!(
                        "a seat takes {} ETH of bonds at a time, and nobody can post more than {}",
                        significant(*bond, 3),
                        significant(*most, 3)
                    ),
                    Idle::Reserve(reserve) => {
                        format!("nobody bids the reserve of {} ETH per slot", significant(*reserve, 3))
                    }
                    Idle::Offers => "nobody takes part".to_owned(),
                };
                format!(
                    "{contender}: nobody produces anything, in any replicate: {why}. That nobody gains by offering otherwise may be true \
                     and says nothing of a market at work."
                )
            }
            Self::EntryUnsettled { contender, settled } => format!(
                "{contender}: who takes part goes round in a circle in {}% of replicates: as one group enters, another leaves and the first \
                 with it. What is measured is where that was left off, and no equilibrium of entry.",
                percent(1.0 - settled)
            ),
            Self::EntryAtALoss { contender, margin } => format!(
                "{contender}: not even one entrant covers its `entry_cost`. One takes part all the same, as a market of nobody cannot be \
                 played, and loses {} ETH per epoch.",
                significant(-margin, 2)
            ),
            Self::CoarseReserve { contender, reserve, bins, group, .. } => format!(
                "{contender}: bids bend at the reserve of {} ETH per slot, and {group} bids one multiple of value in each of {bins} bins. \
                 What is certified holds for such bids; with finer ones revenue can differ by a few percent.",
                significant(*reserve, 3)
            ),
            Self::NotCertified {
                contender,
                certified,
                of,
                gain,
                upper,
                gainer,
                delegators,
                tolerance,
                ..
            } => {
                let others = if *certified == 0 { "On average" } else { "In the others, on average," };
                let delegators = delegators.map_or(String::new(), |upper| {
                    format!(" Delegators, whose choice is not by taste, may forgo up to {}%.", percent(upper))
                });
                let who = gainer.as_ref().map_or(String::new(), |(group, gain)| {
                    format!(" Who gains most is {group} ({}% where it does).", percent(*gain))
                });
                format!(
                    "{contender}: {certified} of {of} replicates are certified. {others} the best deviation found gains {}% of \
                     potential value and the 95% bound on all of them is {}%; the tolerance is {}%.{who}{delegators}",
                    percent(*gain),
                    percent(*upper),
                    percent(*tolerance)
                )
            }
            Self::NoEquilibrium { contender, lost, of, upper, tolerance, .. } => format!(
                "{contender}: no equilibrium found. In {lost} of {of} replicates play keeps moving, and even against its average \
                 the bound on deviations exceeds the tolerance (on average {}% of potential value, against {}%).",
                percent(*upper),
                percent(*tolerance)
            ),
            Self::Restless { contender, restless, of, unrest } => format!(
                "{contender}: certified as a time average. In {restless} of {of} replicates play keeps moving: current policies \
                 swing round their mean by {}% of net value (of the mean offer, where menus are amounts) on average over replicates.",
                percent(*unrest)
            ),
            Self::Basins { contender, sizes } => format!(
                "{contender}: replicates end in {} distinct basins ({} replicates). Means over all of them, and differences \
                 from them, describe none.",
                sizes.len(),
                sizes.iter().map(usize::to_string).collect::<Vec<_>>().join(" and ")
            ),
            Self::Unfinished { contender, unfinished, of, alone, epochs } => format!(
                "{contender}: in {unfinished} of {of} replicates what is measured, plans or policies as they are when learning ends, was still \
                 changing in the last quarter of learning (`{}` = {epochs} epochs). What it was at that moment is no outcome of learning, \
                 and is not certified.",
                length(*alone)
            ),
            Self::CutHorizon { contender, horizon, needed } => format!(
                "{contender}: learning and certificate follow deviations for {horizon} epochs (`play.horizon`), and a thousandth of their \
                 effect is left only after {needed}. That is another game than the one played, and nothing is certified."
            ),
            Self::LaxTolerance { contender, tolerance, upper, earned, .. } if *earned <= 0.0 => format!(
                "{contender}: the tolerance is {}% of potential value, of which a sequencer is left with nothing on average after the cost of \
                 capital. Play that is certified may leave up to {}% of potential value (the 95% bound) to be gained.",
                percent(*tolerance),
                percent(*upper)
            ),
            Self::LaxTolerance { contender, tolerance, upper, earned, .. } => format!(
                "{contender}: the tolerance is {}% of potential value, of which a sequencer is left with {}% on average after the cost of \
                 capital. The 95% bound of {}% is {}% of that: play that is certified may leave so much to be gained.",
                percent(*tolerance),
                percent(*earned),
                percent(*upper),
                percent(upper / earned)
            ),
            Self::OtherConduct { contender, tolerance, gain, upper, earned } => {
                let beside = if *upper > *tolerance {
                    format!("more than the tolerance of {}%", percent(*tolerance))
                } else if *earned > 0.0 {
                    format!(
                        "{}% of what a sequencer is left with after the cost of capital ({}%)",
                        percent(upper / earned),
                        percent(*earned)
                    )
                } else {
                    "while a sequencer is left with nothing after the cost of capital".to_owned()
                };
                format!(
                    "{contender}: somebody who behaves otherwise in one epoch may gain up to {}% of potential value (the 95% bound; the \
                     estimate is {}%), {beside}. Conduct is not shown to be a best response.",
                    percent(*upper),
                    percent(*gain)
                )
            }
            Self::OffTheory { contender, what, found, error, theory, causes, .. } => {
                let why = match causes.as_slice() {
                    [] => "bids are given".to_owned(),
                    causes => causes.iter().map(Departure::cause).collect::<Vec<_>>().join("; "),
                };
                let off = if *theory == 0.0 {
                    String::new()
                } else {
                    format!(" ({:+.1}%)", 100.0 * (found / theory - 1.0))
                };
                format!(
                    "{contender}: {what} in ETH: {} ± {} (standard error), where theory says {} of this very game{off}: {why}. \
                     Differences between contenders that are smaller than that are not identified.",
                    significant(*found, 5),
                    significant(*error, 2),
                    significant(*theory, 5),
                )
            }
            Self::Losing { contender, share, .. } => format!(
                "{contender}: sequencers together lose {}% of potential value over staying idle, the cost of their capital counted.",
                percent(*share)
            ),
            Self::NoPureEquilibrium { contender, .. } => format!(
                "{contender}: theory knows that this contest has no symmetric equilibrium in pure offers: against the candidate of the \
                 first-order condition somebody would rather offer something else, or nothing (`theory::contest`)."
            ),
            Self::AtMenuEdge { contender, top, share } => format!(
                "{contender}: {}% of play is on the {} setting of a menu that could go further. Deviations {} it were not tried: a small \
                 deviation gain may be owed to the menu.",
                percent(*share),
                if *top { "highest" } else { "lowest" },
                if *top { "above" } else { "below" }
            ),
            Self::ShortBribes { contender, top, price, cost, value, .. } => format!(
                "{contender}: the briber's highest price is {} ETH, and keeping a target out takes {} ETH for everybody who could include it. \
                 That would cost {} ETH a target and is worth {} ETH to it: what it does not try is not deterred.",
                significant(*top, 3),
                significant(*price, 3),
                significant(*cost, 3),
                significant(*value, 3)
            ),
            Self::NotCovered { contender, who: Uncovered::Delegators, forgone, earned, tolerance } => {
                format!(
                    "{contender}: `certified` is about sequencers' offers. Delegators choose by taste: a small one may forgo up to {}% of potential \
                 value, were it to hold all stake, where they have {}% together (the tolerance is {}%). That is how they are supposed to choose; \
                 it is no best reply to money alone.",
                    percent(*forgone),
                    percent(*earned),
                    percent(*tolerance)
                )
            }
            Self::NotCovered { contender, who: Uncovered::Briber, forgone, earned, tolerance } => format!(
                "{contender}: `certified` is about sequencers' offers. The briber forgoes {}% of potential value against the best price that it \
                 could post, where it gains {}% (the tolerance is {}%).",
                percent(*forgone),
                percent(*earned),
                percent(*tolerance)
            ),
            Self::OtherOrder { contenders, formula } => format!(
                "{}: theory says `{formula}` of sequencers who take turns in a random order, and theirs is another: where groups alternate waits are \
                 shorter, where they sit in blocks longer.",
                contenders.join(", ")
            ),
            Self::NotJudged { groups } => format!(
                "{}: follows a script without a menu, so that its own deviations are not tried. What is certified is that nobody \
                 else gains.",
                groups.join(", ")
            ),
            Self::ValueIgnored { groups } => format!(
                "{}: learns with one bin, so that it offers the same whatever its private value, and deviations that depend on the value \
                 are not tried. What is certified is an equilibrium among those who do not look at their values.",
                groups.join(", ")
            ),
            Self::FewTopBidders { contender, top: 1 } => format!(
                "{contender}: a first-price auction with a single highest value, known to all. Learning by average payoffs need \
                 not find an equilibrium there, neither on average nor in the last iterate (Deng et al. 2022)."
            ),
            Self::FewTopBidders { contender, top } => format!(
                "{contender}: a first-price auction in which {top} bidders share the highest value, known to all. On a menu of ticks there \
                 are several equilibria (both bidding one tick below it and, where no other value reaches so far, both bidding two); learning by average payoffs reaches one of them on average over \
                 time, but its last iterate need not settle (Deng et al. 2022)."
            ),
            Self::FewReplicates { replicates: 1 } => {
                "there is one replicate, so no interval and no test can be given.".to_owned()
            }
            Self::FewReplicates { replicates } => {
                let basins = if *replicates < basins::FEWEST as u64 {
                    format!(
                        " Whether they end in distinct basins, of which a mean describes none, is not looked at below {}.",
                        basins::FEWEST
                    )
                } else {
                    String::new()
                };
                format!(
                    "there are {replicates} replicates. Intervals from fewer than {FEW_REPLICATES} are wide, and right only if replicates \
                     are about normal.{basins}"
                )
            }
            Self::Drift { contender, drift, .. } => format!(
                "{contender}: over the last quarter of learning average policies moved by {drift:.2} (total variation; above \
                 {LARGE_DRIFT} they had not settled, or cycle)."
            ),
            Self::HeavyTail { what, shape, .. } => format!(
                "{what} has a Pareto tail of shape {shape}. At {HEAVY_SHAPE} and below there is no variance, so means \
                 over replicates are not normal and their intervals come out too short."
            ),
            Self::PairingHurts { a, b, metrics, others } => {
                let named: Vec<String> = metrics
                    .iter()
                    .map(|(label, reduction)| format!("{label} ({:.0}% more variance)", -100.0 * reduction))
                    .collect();
                let others = match others {
                    0 => String::new(),
                    1 => " So they do another pair (`comparison.csv` has it).".to_owned(),
                    more => format!(" So they do {more} other pairs (`comparison.csv` has them)."),
                };
                format!(
                    "{a} and {b}: common draws pull these apart instead of together: {}.{others}",
                    named.join(", ")
                )
            }
        }
    }

    /// What to do about it.
    pub fn remedy(&self) -> String {
        match self {
            Self::Missing { reason: Some(_), .. } => {
                "change what the error names: the same settings fail on the same draws again, and running once more computes only what is not done. \
                 All errors stand in failures.csv, with settings, replicate and seed."
                    .to_owned()
            }
            Self::NobodyProduces { idle, .. } => match idle {
                Idle::Committee => "lower `quorum`, `down` or `withheld` of `volition`.".to_owned(),
                Idle::Bond(..) => "lower `bond` or `dispute_epochs`, or raise the sequencers' `capital_limit`.".to_owned(),
                Idle::Reserve(_) => "lower `reserve_price` below what a slot is worth after costs.".to_owned(),
                Idle::Offers => {
                    "see what a slot is worth after costs (`world.fee_per_slot`, `world.posting_cost`, `live_cost`, `value`), and what the \
                     rule takes or pays (`bond`, `contract_fee`, `capital_cost`)."
                        .to_owned()
                }
            },
            Self::EntryUnsettled { .. } => {
                "try other entry costs or numbers of members, or give the number that takes part (`count` without `entry_cost`).".to_owned()
            }
            Self::EntryAtALoss { .. } => {
                "read it as a market that nobody would enter, or lower `entry_cost`.".to_owned()
            }
            Self::CoarseReserve { strategy, .. } => {
                format!("raise `bins` of the strategy, as with `--set strategies.{strategy}.bins={COARSE}`.")
            }
            Self::Missing { .. } => {
                "run the experiment again: it continues where it stopped; errors stand in failures.csv.".to_owned()
            }
            Self::NotCertified { scripts: true, gaining: 0, .. } => {
                "raise `play.certificate_markets` or `play.certificate_epochs`: the bound is too wide.".to_owned()
            }
            Self::NotCertified { scripts: true, .. } => {
                "scripts do not learn, and stay as they are: read them as what was given, or give them an offer from which nobody gains by \
                 departing (`offer` or `policy` in the strategy)."
                    .to_owned()
            }
            Self::NotCertified { alone: true, .. } => {
                "none is needed if adaptive agents are the question: alone they need not find an equilibrium. To find one, set \
                 `play.regime = \"self_play\"`, and a strategy that remembers no offers."
                    .to_owned()
            }
            Self::NotCertified { delegators: Some(_), gaining: 0, loose: 0, .. } => {
                "sequencers are in equilibrium, delegators are not: read payouts as what this rule of choice brings, or let them \
                 choose by `strategy = \"best_response\"` or `\"logit\"`."
                    .to_owned()
            }
            Self::NotCertified { gaining: 0, loose: 1.., .. } => {
                "in these the estimate is within the tolerance, the bound is not: raise `play.certificate_markets` or \
                 `play.certificate_epochs` to tighten it."
                    .to_owned()
            }
            Self::NotCertified { gaining, loose: loose @ 1.., .. } => format!(
                "in {loose} of these only the bound is too wide (raise `play.certificate_markets` or `play.certificate_epochs`); in \
                 {gaining} somebody does gain: let agents learn for longer (`play.warmup_epochs`) or from more markets (`play.rounds`)."
            ),
            Self::NotCertified { gaining: 0, .. } => {
                "too few markets for a conclusion: raise `play.certificate_markets`.".to_owned()
            }
            Self::NotCertified { seated: true, .. } => {
                "scripts and seated policies do not learn: where one of them gains, give it another offer or a learner; otherwise let agents learn \
                 for longer (`play.warmup_epochs`) or from more markets (`play.rounds`)."
                    .to_owned()
            }
            Self::NotCertified { .. } => {
                "let agents learn for longer (`play.warmup_epochs`) or from more markets (`play.rounds`), or give them a finer \
                 menu or more bins in their strategy."
                    .to_owned()
            }
            Self::NoEquilibrium { alone: true, .. } => {
                "none is needed if adaptive agents are the question. To look for an equilibrium, set `play.regime = \"self_play\"`."
                    .to_owned()
            }
            Self::NoEquilibrium { .. } => {
                "try another learner (`--set sequencers.*.strategy=regret_matching`) or longer learning (`play.warmup_epochs`); if \
                 play goes on turning, there may be no equilibrium in pure offers on this menu (one in mixed offers always is): \
                 report the circles, not the means."
                    .to_owned()
            }
            Self::Restless { .. } => {
                "none is needed to read averages. Longer learning (`play.warmup_epochs`) tells slow convergence from circles."
                    .to_owned()
            }
            Self::Basins { .. } => {
                "read the blocks by basin above and basins.csv; more replicates (`experiment.replicates`) say how often each is \
                 reached."
                    .to_owned()
            }
            Self::Unfinished { alone, .. } => {
                format!("raise `{}`, or let exploration fade sooner (`exploration_decay` in the strategy).", length(*alone))
            }
            Self::CutHorizon { .. } => "leave `play.horizon` out.".to_owned(),
            Self::LaxTolerance { gain, upper, earned, markets, alone, .. } => {
                let held = held_to(*earned);
                let to = if *earned > 0.0 { "a tenth of what is left" } else { "what is small as such" };
                let set = format!("hold play to {to} (`--set experiment.tolerance={held}`)");
                if *gain < held {
                    // What is beyond the estimate falls with the root of the number of markets.
                    let ratio = (upper - gain.max(0.0)) / (held - gain.max(0.0));
                    let markets_needed = format!("{:.0e}", f64::from(*markets) * ratio * ratio);
                    format!(
                        "{set}. The estimate of the gain ({}% of potential value) keeps to that and the bound does not: it takes more markets to \
                         tell (`play.certificate_markets`, about {} instead of {markets}), or more epochs of each (`play.certificate_epochs`).",
                        percent(*gain),
                        significant(markets_needed.parse().unwrap_or(f64::INFINITY), 1)
                    )
                } else {
                    format!(
                        "{set}. The estimate of the gain ({}% of potential value) does not keep to that, so that more markets would not certify \
                         it: let agents learn for longer (`{}`) or on a finer menu.",
                        percent(*gain),
                        length(*alone)
                    )
                }
            }
            Self::OtherConduct { gain, upper, tolerance, earned, .. } => {
                let small = if *earned > 0.0 { tolerance.min(SMALL_GAIN * earned) } else { *tolerance };
                if *gain > small && gain + gain > *upper {
                    "what a finding costs hangs on how others behave: where many are barred at a time, or for good, whoever is left has \
                     more to lose, and conduct may have no rest that is the same for all of a group. Give them groups of their own, or let \
                     findings bar for fewer epochs, and see whether the gain stays."
                        .to_owned()
                } else {
                    "the bound is wide beside the estimate: read shares of censored targets and bribes as those of this conduct, and see \
                     whether they stay over seeds (`--set experiment.seed=…`)."
                        .to_owned()
                }
            }
            Self::OffTheory { what, causes, alone, .. } => match causes.as_slice() {
                [] => "read it as what these bids earn.".to_owned(),
                causes => {
                    let each: Vec<String> = causes.iter().map(|cause| cause.remedy(*alone)).collect();
                    format!("{}, and see whether {what} moves towards theory.", each.join("; "))
                }
            },
            Self::Losing { offers: true, .. } => {
                "see whether a script offers more than a slot is worth to it, and whether learners have learned for long enough.".to_owned()
            }
            Self::Losing { offers: false, .. } => {
                "read it as work that nobody would do, or see what a slot brings and costs (`world.fee_per_slot`, `value`, `live_cost`, \
                 `bond`, `capital_cost`)."
                    .to_owned()
            }
            Self::NoPureEquilibrium { alone: true, .. } => {
                "look at each agent apart: equals who learn alone may settle on offers that differ, which theory does not exclude.".to_owned()
            }
            Self::NoPureEquilibrium { .. } => {
                "read what is certified as a mixture of offers, lower `score_power` or `stake_power`, or let agents learn alone \
                 (`play.regime = \"independent\"`), who may settle on offers that differ."
                    .to_owned()
            }
            Self::AtMenuEdge { top, .. } => format!(
                "give the strategy a menu that {} (`menu` in its file or table) and see whether play moves.",
                if *top { "ends higher" } else { "begins lower" }
            ),
            Self::ShortBribes { strategy, price, .. } => format!(
                "give `{strategy}` a menu that reaches what a target is worth, `menu = {{ between = [0.0, 1.0], points = 61 }}`, or at least {} \
                 ETH.",
                significant(*price, 3)
            ),
            Self::NotCovered { who: Uncovered::Delegators, .. } => {
                "read `delegator_gain` beside `certified`; a higher `price_sensitivity` and less `inertia` bring choice closer to a best reply, \
                 and a `strategy` of delegators that goes by money is part of what is certified."
                    .to_owned()
            }
            Self::NotCovered { who: Uncovered::Briber, .. } => {
                "give its strategy a finer menu, or one that reaches the `censorship_price`; a learner that errs for good (`quantal_response`, \
                 `exp3`) never comes closer."
                    .to_owned()
            }
            Self::OtherOrder { .. } => {
                "draw the line beside `authority` with `rotation = \"shuffled\"`, or `stake_rotation` with `replacement = false` and a seat for \
                 everybody."
                    .to_owned()
            }
            Self::NotJudged { .. } => {
                "give the script a `menu` of the deviations against which it is to be judged.".to_owned()
            }
            Self::ValueIgnored { .. } => "raise `bins` in the strategy.".to_owned(),
            Self::FewTopBidders { .. } => {
                "look at `settled` and at the basins; a third bidder with the same value makes the last iterate settle.".to_owned()
            }
            Self::FewReplicates { .. } => "raise `experiment.replicates`, or run with --replicates 32.".to_owned(),
            Self::Drift { alone: true, .. } => "raise `play.stable_epochs` and `play.max_epochs`.".to_owned(),
            Self::Drift { .. } => {
                "raise `play.warmup_epochs`; if drift stays, play cycles, and averages are all that can be reported.".to_owned()
            }
            Self::HeavyTail { mev: true, .. } => {
                "lower `world.mev_tail_cap` or raise `world.mev_tail_shape`; paired differences suffer less than levels.".to_owned()
            }
            Self::HeavyTail { .. } => {
                "raise the shape, or take a bounded law; paired differences suffer less than levels.".to_owned()
            }
            Self::PairingHurts { .. } => {
                "the intervals hold, they are only wider than need be: raise `experiment.replicates`.".to_owned()
            }
        }
    }
}

impl Departure {
    fn cause(&self) -> String {
        match self {
            Self::Noise { strategy } => format!("offers of `{strategy}` have logit noise, which the certificate lets pass within the tolerance"),
            Self::Bandit { strategy } => {
                format!("`{strategy}` learns from its own earnings alone, and goes on trying other offers")
            }
            Self::Bins { bins, amounts, .. } => format!(
                "bids are one {} in each of {bins} bins, on the steps of a menu, and what is certified holds for such bids",
                if *amounts { "amount" } else { "multiple of value" }
            ),
            Self::Menu { points, strategy, .. } => format!(
                "offers of `{strategy}` are among the {points} settings of its menu, and what is certified holds for these"
            ),
            Self::NoTruth { strategy } => {
                format!("the menu of `{strategy}` has no bid of one's whole net value, which is what to bid here")
            }
            Self::Undominated => "values are known, so that a bid that loses costs nothing whatever it is; to bid less than one's value is weakly \
                                  dominated, which is no reason for learners to leave it"
                .to_owned(),
            Self::Unlearned => "one's net value, the best bid here, is on the menu, but bids beside it cost next to nothing against these rivals and are \
                                not all unlearned"
                .to_owned(),
        }
    }

    fn remedy(&self, alone: bool) -> String {
        match self {
            Self::Noise { strategy } => {
                format!("raise `precision` of the strategy (`strategies.{strategy}.precision`)")
            }
            Self::Bandit { .. } => {
                format!(
                    "let it learn for longer (`{}`), or give it a rule that learns from what other bids would have earned, as `hedge` does",
                    length(alone)
                )
            }
            Self::Bins { bins, .. } if *bins >= MOST_BINS => {
                format!(
                    "give the strategy a finer `menu` and longer learning (`{}`), as bins are not finer than this",
                    length(alone)
                )
            }
            Self::Bins { bins, strategy, .. } => format!(
                "raise `bins` of the strategy (`--set strategies.{strategy}.bins={}`), give it a finer `menu` and longer learning",
                (4 * bins).clamp(COARSE, MOST_BINS)
            ),
            Self::Menu { points, .. } if *points >= MOST_POINTS => {
                format!("let agents learn for longer (`{}`), as menus are not finer than this", length(alone))
            }
            Self::Menu { points, ends: (low, high), relative, strategy } => format!(
                "give `{strategy}` more settings (`--set 'strategies.{strategy}.menu={{ {} = [{low}, {high}], points = {} }}'`) and let agents \
                 learn for longer (`{}`)",
                if *relative { "relative" } else { "absolute" },
                (4 * points + 1).clamp(201, MOST_POINTS),
                length(alone)
            ),
            Self::NoTruth { strategy } => {
                format!(
                    "give `{strategy}` a relative `menu` that holds 1, such as one from 0 to 1.2 in 61 points"
                )
            }
            Self::Undominated => {
                "have those bid their value who learn in vain (`strategy = \"truthful\"`), or give values a spread".to_owned()
            }
            Self::Unlearned => format!("let agents learn for longer (`{}`)", length(alone)),
        }
    }
}

/// A tenth of what is earned, or what is small as such where that is nothing; two digits, and not more than it is, so that what keeps to
/// it is small.
fn held_to(earned: f64) -> f64 {
    if earned <= 0.0 {
        return SMALL_AS_SUCH;
    }
    let most = SMALL_GAIN * earned;
    let text = format!("{most:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    format!("{}e{exponent}", &mantissa[..mantissa.len().min(3)]).parse().unwrap_or(most)
}

fn percent(share: f64) -> String {
    crate::chart::ticks::significant(100.0 * share, 2)
}

/// The key that says for how many epochs agents learn.
fn length(alone: bool) -> &'static str {
    if alone { "play.max_epochs" } else { "play.warmup_epochs" }
}
