//! Parameters of algorithmic rotation, and how they go together.

use super::Algorithmic;
use super::scores::{Controller, Scoring};
use super::weights::{Base, Form};
use crate::mechanism::auction_rotation::{BOND, RESERVE};
use crate::mechanism::collateral::{BOND_ASSET, HAIRCUT};
use crate::mechanism::escrow::DISPUTE_EPOCHS;
use crate::mechanism::stake::{Contest, ISSUANCE, STAKE_POWER};
use crate::mechanism::terms::{COMMISSION, EPOCH_SLOTS, REDUNDANCY, Terms};
use crate::settings::{Parameter, Section};

/// Base.
pub const BASE: Parameter = Parameter::choice(
    "base",
    &["stake", "auction", "equal"],
    "stake",
    "what weights come from, before scores: stakes, bids, or nothing, where effort decides",
);
/// Seats of the auction.
pub const SEATS: Parameter =
    Parameter::integer_optional("seats", 1, 1000, "", "winners of the auction; absent: all who bid enough");
/// Most sequencers live.
pub const R_MAX: Parameter = Parameter::integer_optional(
    "r_max",
    1,
    1000,
    "",
    "sequencers live in each slot when a market opens, whittled down to `redundancy` as far as availability and inclusion allow; absent: `redundancy` throughout",
);
/// Target.
pub const AVAILABILITY_TARGET: Parameter = Parameter::number(
    "availability_target",
    0.0,
    1.0,
    0.999,
    "share",
    "share of slots produced at which redundancy settles: the rest may be missed, and as far as it is not, redundancy falls",
);
/// Target.
pub const INCLUSION_TARGET: Parameter = Parameter::number_optional(
    "inclusion_target",
    0.0,
    1.0,
    "share",
    "share of targeted transactions that get in within their windows at which redundancy settles; absent: no matter",
);
/// Window.
pub const CONTROL_EPOCHS: Parameter = Parameter::integer(
    "control_epochs",
    1,
    100_000,
    10,
    "epochs",
    "epochs after which redundancy may move by one, by as many failures as the targets allow in them",
);
/// Form of scores.
pub const SCORE_FORM: Parameter = Parameter::choice(
    "score_form",
    &["power", "exp"],
    "power",
    "whether a score S counts as S^γ or as e^(γS), with γ the `score_power`",
);
/// Power of scores.
pub const SCORE_POWER: Parameter =
    Parameter::number("score_power", 0.0, 100.0, 1.0, "", "how much scores count; 0: not at all");
/// Memory of scores.
pub const SCORE_LEARNING: Parameter = Parameter::number(
    "score_learning",
    0.0,
    1.0,
    0.1,
    "",
    "weight of the newest epoch in a score, against what was delivered before",
)
.open_high();
/// Prior.
pub const NEWCOMER_SCORE: Parameter =
    Parameter::number("newcomer_score", 0.0, 1.0, 1.0, "", "score of somebody about whom nothing is known")
        .open_low();
/// Probation.
pub const PROBATION_EPOCHS: Parameter = Parameter::integer(
    "probation_epochs",
    0,
    100_000,
    0,
    "epochs",
    "epochs of service in which a newcomer counts for less",
);
/// Weight in probation.
pub const PROBATION_WEIGHT: Parameter = Parameter::number(
    "probation_weight",
    0.0,
    1.0,
    0.5,
    "share",
    "share of its weight for which a newcomer counts in probation",
)
.open_low();
/// Eviction.
pub const LEAST_SCORE: Parameter = Parameter::number(
    "least_score",
    0.0,
    1.0,
    0.0,
    "",
    "score below which a candidate is evicted; 0: nobody is",
);
/// Time out.
pub const EVICTION_EPOCHS: Parameter = Parameter::integer(
    "eviction_epochs",
    1,
    100_000,
    10,
    "epochs",
    "epochs after which an evicted candidate may come back as a newcomer",
);
/// Scaling of bonds.
pub const BOND_POWER: Parameter = Parameter::number(
    "bond_power",
    0.0,
    10.0,
    0.0,
    "",
    "exponent ζ of the expected demand index V in the bond B·V^ζ; 0: the bond is the same in all epochs",
);
/// Cost of effort.
pub const EFFORT_COST: Parameter =
    Parameter::number("effort_cost", 0.0, 1e12, 1.0, "ETH", "cost c of effort: e costs c·e²/2 an epoch")
        .open_low();
/// Parameters read.
pub const PARAMETERS: &[&Parameter] = &[
    &EPOCH_SLOTS,
    &BASE,
    &SEATS,
    &REDUNDANCY,
    &R_MAX,
    &AVAILABILITY_TARGET,
    &INCLUSION_TARGET,
    &CONTROL_EPOCHS,
    &COMMISSION,
    &ISSUANCE,
    &STAKE_POWER,
    &RESERVE,
    &BOND,
    &BOND_POWER,
    &BOND_ASSET,
    &HAIRCUT,
    &DISPUTE_EPOCHS,
    &SCORE_FORM,
    &SCORE_POWER,
    &SCORE_LEARNING,
    &NEWCOMER_SCORE,
    &PROBATION_EPOCHS,
    &PROBATION_WEIGHT,
    &LEAST_SCORE,
    &EVICTION_EPOCHS,
    &EFFORT_COST,
];

/// Reads a contender.
pub fn read(section: &Section, terms: &Terms) -> Option<Algorithmic> {
    let n = terms.candidates;
    let kind = section.choice(&BASE);
    let most = |key: &str, found: usize, most: usize, whose: &str| {
        if found > most {
            section.refuse(
                key,
                &format!("{found}, more than the {most} {whose}"),
                &format!("a whole number from 1 to {most}"),
                None,
            );
        }
    };
    let read_if = |parameter: &'static Parameter, base: &str| -> f64 {
        if kind == base {
            return section.number(parameter);
        }
        section.note_unread_key(parameter, &format!("it belongs to `base = \"{base}\"`"));
        0.0
    };
    let mut contest = Contest::read_pay(section);
    if kind == "stake" {
        contest = contest.with_power(section.number(&STAKE_POWER));
    } else {
        section.note_unread_key(&STAKE_POWER, "it belongs to `base = \"stake\"`");
    }
    let (reserve, cost) = (read_if(&RESERVE, "auction"), read_if(&EFFORT_COST, "equal"));
    let base = match kind {
        "auction" => {
            let seats = section.optional_integer(&SEATS).map_or(n, |k| k as usize);
            most("seats", seats, n, "sequencers");
            most("redundancy", terms.redundancy, seats, "winners, from whom leaders and standbys are taken");
            Base::Auction { seats, reserve }
        }
        "equal" => Base::Equal { cost },
        _ => Base::Stake,
    };
    if kind != "auction" {
        section.note_unread_key(&SEATS, "it belongs to `base = \"auction\"`");
        most("redundancy", terms.redundancy, n, "sequencers");
    }
    let r_max = section.optional_integer(&R_MAX).map(|r| r as usize);
    let controller = if let Some(r_max) = r_max {
        most("r_max", r_max, n, "sequencers");
        most("redundancy", terms.redundancy, r_max, "that `r_max` allows");
        let inclusion = if terms.oversight.recorded {
            section.optional_number(&INCLUSION_TARGET).unwrap_or(0.0)
        } else {
            section.note_unread_key(
                &INCLUSION_TARGET,
                "there is no targeted transaction without a `target_rate`",
            );
            0.0
        };
        Some(Controller {
            most: r_max,
            availability: section.number(&AVAILABILITY_TARGET),
            inclusion,
            window: section.integer(&CONTROL_EPOCHS) as u32,
        })
    } else {
        for parameter in [&AVAILABILITY_TARGET, &INCLUSION_TARGET, &CONTROL_EPOCHS] {
            section.note_unread_key(parameter, "redundancy is fixed without `r_max`");
        }
        None
    };
    let scored = kind != "equal";
    let scoring = if scored {
        Scoring {
            learning: section.number(&SCORE_LEARNING),
            newcomer: section.number(&NEWCOMER_SCORE),
            probation_epochs: section.integer(&PROBATION_EPOCHS) as u32,
            probation_weight: section.number(&PROBATION_WEIGHT),
            least: section.number(&LEAST_SCORE),
            eviction_epochs: section.integer(&EVICTION_EPOCHS) as u32,
        }
    } else {
        for parameter in [
            &SCORE_LEARNING,
            &NEWCOMER_SCORE,
            &PROBATION_EPOCHS,
            &PROBATION_WEIGHT,
            &LEAST_SCORE,
            &EVICTION_EPOCHS,
        ] {
            section.note_unread_key(parameter, "with `base = \"equal\"` a score is this epoch's effort");
        }
        Scoring {
            learning: 0.0,
            newcomer: 1.0,
            probation_epochs: 0,
            probation_weight: 1.0,
            least: 0.0,
            eviction_epochs: 1,
        }
    };
    Some(Algorithmic {
        base,
        form: Form { exponential: section.choice(&SCORE_FORM) == "exp", power: section.number(&SCORE_POWER) },
        contest,
        scoring,
        controller,
        redundancy: terms.redundancy,
        bond: terms.collateral.posted(section.number(&BOND)),
        locked: 1 + section.optional_integer(&DISPUTE_EPOCHS).unwrap_or(0) as usize,
        bond_power: section.number(&BOND_POWER),
    })
}
