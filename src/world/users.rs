//! What users suffer beyond fees, and what they do about it.
//!
//! *Toxic MEV* is the part of MEV that is taken at users' expense (sandwiches, aimed reordering): a share `x` of all MEV,
//! which only those take who choose to. Each ETH of it harms users by a multiple. What is left is benign.
//!
//! *Exit*: when misconduct is found out, a share of the users leaves for rival rollups, whatever the rule; of those who
//! have left a share comes back in each epoch. Fees and MEV shrink with them. This is what "proof of legitimacy" rests on.
//! Somebody has to find it out: users see what a contender's `governance` says, its errors included, and nothing else. Outages
//! and delay cost them their transactions or their patience, and drive nobody away.

use crate::settings::{Parameter, Section};

/// Toxic share of MEV.
pub const TOXIC_SHARE: Parameter = Parameter::number_optional(
    "toxic_share",
    0.0,
    1.0,
    "share",
    "share of MEV that is taken at users' expense, by those who choose to; absent: none",
)
.open_low()
.open_high();
/// Harm.
pub const TOXIC_HARM: Parameter =
    Parameter::number("toxic_harm", 0.0, 1e6, 1.0, "ETH per ETH", "harm to users for each ETH of toxic MEV");
/// Exit.
pub const EXIT: Parameter = Parameter::number(
    "user_exit",
    0.0,
    1.0,
    0.0,
    "share",
    "share of users who leave when a sequencer's misconduct is found out",
);
/// Return.
pub const RETURN: Parameter = Parameter::number(
    "user_return",
    0.0,
    1.0,
    0.0,
    "per epoch",
    "share of the users who have left that come back in an epoch",
);

/// Toxic MEV.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Toxic {
    /// Share of all MEV.
    pub share: f64,
    /// Harm for each ETH taken.
    pub harm: f64,
}

impl Toxic {
    /// Reads the keys of `[world]`; `None` where all MEV is benign.
    pub fn read(section: &Section) -> Option<Toxic> {
        let Some(share) = section.optional_number(&TOXIC_SHARE) else {
            section.note_unread_key(&TOXIC_HARM, "without a `toxic_share` all MEV is benign");
            return None;
        };
        Some(Toxic { share, harm: section.number(&TOXIC_HARM) })
    }

    /// What can be taken besides so much benign MEV.
    pub fn beside(&self, benign: f64) -> f64 {
        benign * self.share / (1.0 - self.share)
    }
}

/// How users leave and come back.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Exit {
    /// Share that leaves at a finding.
    pub leave: f64,
    /// Share of the lost that comes back in an epoch.
    pub back: f64,
}

impl Exit {
    /// Reads the keys of `[world]`, where there can be misconduct and where it can be found out.
    pub fn read(section: &Section, misconduct: bool, governed: bool) -> Exit {
        let missing = match (misconduct, governed) {
            (false, _) => {
                Some("there is no misconduct to find out without a `target_rate` or a `toxic_share`")
            }
            (true, false) => Some(
                "users leave when misconduct is found out, and no contender has a `governance` that could find it, such as \
                 `governance = { detection = 0.2 }` in its table",
            ),
            (true, true) => None,
        };
        if let Some(reason) = missing {
            for parameter in [&EXIT, &RETURN] {
                section.note_unread_key(parameter, reason);
            }
            return Exit::default();
        }
        let leave = section.number(&EXIT);
        if leave == 0.0 {
            section.note_unread_key(&RETURN, "nobody leaves without a `user_exit`");
            return Exit::default();
        }
        Exit { leave, back: section.number(&RETURN) }
    }
}
