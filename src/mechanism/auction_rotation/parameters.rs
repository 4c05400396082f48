//! Parameters of the multi-winner auction, and how a contender is read.

use super::{AuctionRotation, Pricing};
use crate::mechanism::collateral::{BOND_ASSET, HAIRCUT};
use crate::mechanism::removal::MISS_TOLERANCE;
use crate::mechanism::terms::{COMMISSION, EPOCH_SLOTS, REDUNDANCY, SEATS, Terms};
use crate::settings::{Parameter, Section};

/// Payment rule.
pub const PRICING: Parameter = Parameter::choice(
    "pricing",
    &["pay_as_bid", "uniform", "vcg", "myerson"],
    "pay_as_bid",
    "what winners pay per scheduled slot: their bid, the highest losing bid, or the threshold payment",
);
/// Schedule.
pub const SCHEDULE: Parameter = Parameter::choice(
    "schedule",
    &["even", "proportional"],
    "even",
    "whether winners lead equally many slots, or in proportion to their bids",
);
/// Reserve.
pub const RESERVE: Parameter =
    Parameter::number("reserve_price", 0.0, 1e12, 0.0, "ETH per scheduled slot", "least bid that can win");
/// Bond.
pub const BOND: Parameter = Parameter::number("bond", 0.0, 1e12, 0.0, "ETH", "bond that a winner posts");
/// Dispute window.
pub const DISPUTE_EPOCHS: Parameter = Parameter::integer(
    "dispute_epochs",
    0,
    100_000,
    0,
    "epochs",
    "epochs after its own during which a bond stays locked",
);
/// Unit seats.
pub const UNIT_SEATS: Parameter = Parameter::flag(
    "unit_seats",
    false,
    "every seat is worth the whole epoch (the textbook's identical units; abstract world only)",
);

/// Parameters read.
pub const PARAMETERS: &[&Parameter] = &[
    &EPOCH_SLOTS,
    &SEATS,
    &REDUNDANCY,
    &COMMISSION,
    &PRICING,
    &SCHEDULE,
    &RESERVE,
    &BOND,
    &BOND_ASSET,
    &HAIRCUT,
    &DISPUTE_EPOCHS,
    &MISS_TOLERANCE,
    &UNIT_SEATS,
];

/// Reads a contender.
pub fn read(section: &Section, terms: &Terms) -> Option<AuctionRotation> {
    // Of seats that are out of range themselves nothing else is said.
    let given = section.optional_integer(&SEATS);
    let seats = given.map_or(usize::MAX, |seats| seats as usize);
    if given.is_some() && seats > terms.candidates {
        section.refuse(
            "seats",
            &format!("{seats} seats for {} sequencers", terms.candidates),
            &format!("a whole number from 1 to {} (the number of sequencers)", terms.candidates),
            None,
        );
    }
    let proportional = section.choice(&SCHEDULE) == "proportional";
    let pricing = match section.choice(&PRICING) {
        "pay_as_bid" => Pricing::PayAsBid,
        "myerson" => Pricing::Myerson,
        _ => Pricing::Uniform,
    };
    if proportional && pricing == Pricing::Uniform {
        section.refuse(
            "pricing",
            "a proportional schedule with a price that does not depend on one's own bid",
            "`pay_as_bid` or `myerson` with `schedule = \"proportional\"`",
            Some("with a uniform price a higher bid would buy more slots at no higher price, so that bids would have no limit".to_owned()),
        );
    }
    let unit_seats = section.flag(&UNIT_SEATS);
    if unit_seats && proportional {
        section.refuse(
            "unit_seats",
            "whole-epoch seats with a proportional schedule",
            "`schedule = \"even\"`",
            None,
        );
    }
    if terms.redundancy > seats {
        section.refuse(
            "redundancy",
            &format!("{} live sequencers per slot with {seats} seats", terms.redundancy),
            &format!("a whole number from 1 to {seats} (the number of seats: standbys hold the next seats)"),
            None,
        );
    }
    let miss_tolerance = if proportional || unit_seats {
        section.note_unread_key(
            &MISS_TOLERANCE,
            "there are no turns that could pass on with `schedule = \"proportional\"` or `unit_seats`",
        );
        None
    } else {
        section.optional_integer(&MISS_TOLERANCE).map(|slots| slots as u32)
    };
    Some(AuctionRotation {
        seats,
        pricing,
        proportional,
        reserve: section.number(&RESERVE),
        bond: terms.collateral.posted(section.number(&BOND)),
        dispute_epochs: section.integer(&DISPUTE_EPOCHS) as usize,
        unit_seats,
        commission: section.number(&COMMISSION),
        term: 1,
        resold: terms.overlays.resale.is_some(),
        miss_tolerance,
    })
}
