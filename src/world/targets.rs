//! Bribe demand: transactions that somebody wants kept out.
//!
//! In each slot a targeted transaction arrives with probability `λ`. It carries a tip for whoever includes it, and a briber
//! gains `G` if it stays out for a window of `D` slots. Its sender loses a fixed sum with every slot of delay. After `D_L1`
//! slots L1 includes it, and nobody gets the tip.
//!
//! Of a slot in which several can include ([any live](crate::mechanism::oversight::Inclusion)), those who do are paid by
//! one of three rules: each the tip; the one tip, split; or a *conditional* tip, which pays more to one who includes
//! alone. What an includer forgoes by keeping the transaction out is what it would collect alone.
//!
//! Source: Fox, Pai and Resnick (2023), "Censorship resistance in on-chain auctions", AFT '23 (arXiv 2301.13321), section 3
//! on tips and section 5 on conditional ones.

use crate::draws::{Key, Purpose, Stream, Who};
use crate::settings::{Parameter, Section};

/// Arrival.
pub const RATE: Parameter = Parameter::number_optional(
    "target_rate",
    0.0,
    1.0,
    "per slot",
    "probability that a transaction arrives that a briber wants kept out; absent: there are none",
)
.open_low();
/// Tip.
pub const TIP: Parameter =
    Parameter::number("target_tip", 0.0, 1e12, 0.0, "ETH", "tip of a targeted transaction to its includer");
/// How it is paid.
pub const TIP_RULE: Parameter = Parameter::choice(
    "tip_rule",
    &["each", "shared", "conditional"],
    "each",
    "what the includers of one slot are paid: each the tip, the tip split among them, or more to one alone",
);
/// Tip to one alone.
pub const TIP_ALONE: Parameter = Parameter::number(
    "tip_alone",
    0.0,
    1e12,
    0.0,
    "ETH",
    "conditional tip to a sequencer that includes a targeted transaction alone",
);
/// Value of censorship.
pub const VALUE: Parameter = Parameter::number(
    "target_value",
    0.0,
    1e12,
    0.0,
    "ETH",
    "what the briber gains if a targeted transaction stays out for the window",
);
/// Window.
pub const WINDOW: Parameter = Parameter::integer(
    "target_window",
    1,
    10_000,
    10,
    "slots",
    "slots for which the briber wants a targeted transaction out, that of its arrival included",
);
/// Users' loss.
pub const DELAY_COST: Parameter = Parameter::number(
    "delay_cost",
    0.0,
    1e12,
    0.0,
    "ETH per slot",
    "what the sender of a targeted transaction loses with each slot of delay",
);
/// Forced inclusion.
pub const FORCED: Parameter = Parameter::integer(
    "forced_inclusion",
    1,
    10_000_000,
    43_200,
    "slots",
    "slots after which L1 includes a transaction that sequencers keep out (default: a day of slots of two seconds)",
);

/// Keys that need [`RATE`].
pub const DETAILS: &[&Parameter] = &[&TIP, &TIP_RULE, &TIP_ALONE, &VALUE, &WINDOW, &DELAY_COST, &FORCED];

/// How the includers of one slot are paid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tips {
    /// Each the tip.
    Each(f64),
    /// The tip, split.
    Shared(f64),
    /// One amount for whoever includes alone, another for each of several.
    Conditional {
        /// For one alone.
        alone: f64,
        /// For each of several.
        together: f64,
    },
}

impl Tips {
    /// What each of `includers` collects, in ETH.
    pub fn collected(self, includers: usize) -> f64 {
        match self {
            Tips::Each(tip) => tip,
            Tips::Shared(tip) => tip / includers.max(1) as f64,
            Tips::Conditional { alone, .. } if includers <= 1 => alone,
            Tips::Conditional { together, .. } => together,
        }
    }
}

/// Targeted transactions of a rollup.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Targets {
    /// Probability that one arrives in a slot.
    pub rate: f64,
    /// What includers are paid.
    pub tips: Tips,
    /// What the briber gains by keeping one out for the window, in ETH.
    pub value: f64,
    /// Window, in slots.
    pub window: u32,
    /// What a slot of delay costs the sender, in ETH.
    pub delay_cost: f64,
    /// Slots after which L1 includes.
    pub forced: u32,
}

impl Targets {
    /// Reads the keys of `[world]`; `None` where there are no targets.
    pub fn read(section: &Section) -> Option<Targets> {
        let Some(rate) = section.optional_number(&RATE) else {
            for parameter in DETAILS {
                section
                    .note_unread_key(parameter, "without a `target_rate` there are no targeted transactions");
            }
            return None;
        };
        let tip = section.number(&TIP);
        let tips = match section.choice(&TIP_RULE) {
            "shared" => Tips::Shared(tip),
            "conditional" => Tips::Conditional { alone: section.number(&TIP_ALONE), together: tip },
            _ => Tips::Each(tip),
        };
        section.note_unread_key(&TIP_ALONE, "it belongs to `tip_rule = \"conditional\"`");
        Some(Targets {
            rate,
            tips,
            value: section.number(&VALUE),
            window: section.integer(&WINDOW) as u32,
            delay_cost: section.number(&DELAY_COST),
            forced: section.integer(&FORCED) as u32,
        })
    }

    /// Whether a target can stay out for the whole window before L1 includes it.
    pub fn can_stay_out(&self) -> bool {
        self.forced >= self.window
    }

    /// The stream of arrivals of the market with this key.
    pub fn stream(key: Key) -> Stream {
        key.stream(Purpose::Target, Who::MARKET)
    }

    /// Whether a target arrives in a slot of an epoch.
    #[inline]
    pub fn arrives(&self, stream: Stream, epoch: u32, slot: u32) -> bool {
        stream.uniform(epoch, slot) < self.rate
    }
}
