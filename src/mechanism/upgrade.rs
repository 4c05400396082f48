//! Upgrades: who can change the protocol, and what it would cost to capture them.
//!
//! **Rule.** An *immutable* core cannot be changed. Under *opt-in* anybody can publish a new version, and a share of users
//! (`adoption`) takes it up without looking; the others stay. A *multisig* of so many `voters` with one vote each, or a
//! *governance* of token holders, changes the protocol for everybody when votes for it reach `quorum`. Token holders are as many
//! `voters` with equal stakes or, where that is not said, the contender's delegators with a vote for each unit of stake.
//!
//! **Capture.** A harmful upgrade costs all voters together `loss` ETH, each in proportion to its votes. A briber who wants it
//!
//! * buys votes *flat*, at one price for each unit of vote: whoever votes no matter what others do takes its loss, so that it
//!   costs `loss` times the least sum of votes that carries the upgrade (to within one voter, where votes differ): a price at
//!   which voters are just indifferent, as the theory has it, and to which no `least_bribe` is added;
//! * or makes *pivotal* promises: to each of more voters than needed, `least_bribe` for a vote for the upgrade and the voter's
//!   loss besides if its vote turns out to decide. To vote for it is dominant, nobody decides, and everybody gets next to
//!   nothing. Somebody decides in any case where all votes are needed: it is paid in full. The promise takes votes that can
//!   be seen (`ballot = "open"`).
//!
//! What is bought is found by going through the voters, and each promise by what the voter's own vote changes: see
//! [`Electorate`].
//!
//! **What theory says.** Pivotal bribes cost nothing short of unanimity, flat prices a majority's losses. Opt-in upgrades need no
//! votes and reach those who do not look. An immutable core has no price.
//!
//! **References.** Dal Bó (2007), "Bribing voters", AJPS 51(4), 789–803; polynya (2021) on immutable
//! rollups.

use crate::agent::Setting;
use crate::agent::delegator::DelegatorGroup;
use crate::settings::{Parameter, Section};

/// Key of the table.
pub const TABLE: &str = "upgrade";
/// Who decides.
pub const BY: Parameter = Parameter::choice_required(
    "by",
    &["immutable", "opt_in", "multisig", "governance"],
    "who can change the protocol: nobody, users each for themselves, signers, or holders of the token",
);
/// Voters.
pub const VOTERS: Parameter = Parameter::integer_optional(
    "voters",
    1,
    100_000,
    "",
    "signers of the multisig, or token holders with equal stakes; absent under `governance`: the delegators",
);
/// Quorum.
pub const QUORUM: Parameter = Parameter::number(
    "quorum",
    0.0,
    1.0,
    0.5,
    "share",
    "share of all votes that carries an upgrade, at least one vote",
);
/// Loss.
pub const LOSS: Parameter = Parameter::number(
    "loss",
    0.0,
    1e15,
    0.0,
    "ETH",
    "what a harmful upgrade costs all voters together, each in proportion to its votes",
);
/// Ballots.
pub const BALLOT: Parameter = Parameter::choice(
    "ballot",
    &["open", "secret"],
    "open",
    "whether a briber can see how each of them voted",
);
/// Least bribe.
pub const LEAST_BRIBE: Parameter =
    Parameter::number("least_bribe", 0.0, 1e12, 0.0, "ETH", "least that anybody bothers to vote for");
/// Adoption.
pub const ADOPTION: Parameter = Parameter::number(
    "adoption",
    0.0,
    1.0,
    0.5,
    "share",
    "share of users who take up any upgrade without looking (under `opt_in`)",
);
/// Keys of the table.
pub const PARAMETERS: &[&Parameter] = &[&BY, &VOTERS, &QUORUM, &LOSS, &BALLOT, &LEAST_BRIBE, &ADOPTION];

/// Who can change the protocol.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Upgrade {
    /// Nobody.
    Immutable,
    /// Users for themselves, of whom a share takes up anything.
    OptIn(f64),
    /// A vote.
    Vote(Vote),
}

/// A vote on an upgrade.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vote {
    /// Voters with equal votes; `None`: the delegators by stake.
    voters: Option<usize>,
    quorum: f64,
    loss: f64,
    open: bool,
    least_bribe: f64,
}

/// What it costs to capture upgrades, in ETH, and whom it reaches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Capture {
    /// At a flat price.
    pub flat: Option<f64>,
    /// By pivotal bribes.
    pub pivotal: Option<f64>,
    /// Share of users.
    pub reach: f64,
}

impl Upgrade {
    /// Reads the table of a contender, if it has one.
    pub fn read(contender: &Section, setting: &Setting) -> Option<Upgrade> {
        let section = contender.table(TABLE)?;
        section.known(PARAMETERS);
        let by = section.optional_choice(&BY)?;
        let votes = matches!(by, "multisig" | "governance");
        if by != "opt_in" {
            section.note_unread_key(&ADOPTION, "it is what users do under `by = \"opt_in\"`");
        }
        if !votes {
            for parameter in [&VOTERS, &QUORUM, &LOSS, &BALLOT, &LEAST_BRIBE] {
                section.note_unread_key(parameter, "nobody votes on upgrades");
            }
            return Some(match by {
                "opt_in" => Upgrade::OptIn(section.number(&ADOPTION)),
                _ => Upgrade::Immutable,
            });
        }
        let voters = section.optional_integer(&VOTERS).map(|voters| voters as usize);
        let atoms = !setting.delegators.is_empty() && setting.delegators.iter().all(|group| !group.continuum);
        if voters.is_none() && !(by == "governance" && atoms) {
            section.refuse(
                VOTERS.key,
                "a vote without voters who can be counted",
                "a number of `voters`, or (with `by = \"governance\"`) groups of delegators none of which is a `continuum`",
                None,
            );
        }
        let open = section.choice(&BALLOT) == "open";
        Some(Upgrade::Vote(Vote {
            voters,
            quorum: section.number(&QUORUM),
            loss: section.number(&LOSS),
            open,
            least_bribe: section.number(&LEAST_BRIBE),
        }))
    }

    /// What it costs to capture it.
    pub fn capture(&self, setting: &Setting) -> Capture {
        match self {
            Upgrade::Immutable => Capture { flat: None, pivotal: None, reach: 0.0 },
            Upgrade::OptIn(adoption) => Capture { flat: Some(0.0), pivotal: Some(0.0), reach: *adoption },
            Upgrade::Vote(vote) => {
                let electorate = match vote.voters {
                    Some(voters) => Electorate::new(vec![1.0; voters], vote.quorum, vote.loss),
                    None => Electorate::new(stakes(&setting.delegators), vote.quorum, vote.loss),
                };
                Capture {
                    flat: Some(electorate.flat()),
                    pivotal: vote.open.then(|| electorate.pivotal(vote.least_bribe)),
                    reach: 1.0,
                }
            }
        }
    }
}

fn stakes(groups: &[DelegatorGroup]) -> Vec<f64> {
    groups.iter().flat_map(|group| std::iter::repeat_n(group.stake, group.count)).collect()
}

/// Voters by falling weight, and what they stand to lose.
#[derive(Clone, Debug)]
pub struct Electorate {
    /// Votes of each, summing to one, largest first.
    weight: Vec<f64>,
    /// Votes that it takes.
    quota: f64,
    /// Loss of all together.
    loss: f64,
}

/// Rounding in sums of votes.
const ROUNDING: f64 = 1e-9;

impl Electorate {
    /// Voters with these votes.
    pub fn new(mut weight: Vec<f64>, quorum: f64, loss: f64) -> Self {
        let all: f64 = weight.iter().sum();
        for w in &mut weight {
            *w /= all;
        }
        weight.sort_by(|a, b| b.total_cmp(a));
        // At least the least vote.
        let quota = quorum.max(weight.last().copied().unwrap_or(0.0));
        Electorate { weight, quota, loss }
    }

    fn carries(&self, votes: f64) -> bool {
        votes >= self.quota - ROUNDING
    }

    /// Payments at a flat price: the largest voters as long as more than one is missing, then the smallest that is enough.
    pub fn flat(&self) -> f64 {
        let mut bought = 0.0;
        for (place, &weight) in self.weight.iter().enumerate() {
            if self.carries(bought) {
                break;
            }
            if self.carries(bought + weight) {
                let enough = self.weight[place..].iter().rev().find(|&&w| self.carries(bought + w));
                bought += enough.copied().unwrap_or(weight);
                break;
            }
            bought += weight;
        }
        bought * self.loss
    }

    /// Payments of pivotal promises: the largest voters until nobody among them decides, and whoever does all the same is paid
    /// its loss.
    pub fn pivotal(&self, least: f64) -> f64 {
        let mut votes = 0.0;
        let mut bought = 0;
        for &weight in &self.weight {
            // The largest of them decides if anybody does.
            if bought > 0 && self.carries(votes - self.weight[0]) {
                break;
            }
            votes += weight;
            bought += 1;
        }
        self.weight[..bought]
            .iter()
            .map(|&weight| {
                let decides = !self.carries(votes - weight);
                least + if decides { weight * self.loss } else { 0.0 }
            })
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::bribery;

    #[test]
    fn captures_cost_what_theory_says() {
        for (n, quorum, quota) in [(21, 0.5, 11), (21, 1.0, 21), (9, 2.0 / 3.0, 6), (10, 0.5, 5), (3, 0.0, 1)]
        {
            let theory = bribery::Vote::equal(n, quota, 2.0).unwrap();
            let voters = Electorate::new(vec![1.0; n], quorum, 2.0 * n as f64);
            assert!((voters.flat() - theory.flat_price_cost()).abs() < 1e-9, "{n} {quota}");
            let pivotal = voters.pivotal(1e-6);
            match theory.pivotal_cost(1e-6) {
                Some(cost) => assert!((pivotal - cost).abs() < 1e-12, "{n} {quota}: {pivotal}"),
                // Everybody decides, and is paid in full.
                None => assert!((pivotal - theory.discriminating_cost() - 1e-6 * n as f64).abs() < 1e-9),
            }
        }
    }

    #[test]
    fn one_with_most_votes_decides() {
        // 60, 30, 10: nothing passes half without the first, who has to be paid; the others need not be bought.
        let voters = Electorate::new(vec![10.0, 60.0, 30.0], 0.5, 100.0);
        assert!((voters.flat() - 60.0).abs() < 1e-9);
        assert!((voters.pivotal(0.0) - 60.0).abs() < 1e-9);
        // 40, 35, 25: any two carry it, and with all three nobody decides.
        let three = Electorate::new(vec![40.0, 25.0, 35.0], 0.5, 100.0);
        assert!((three.flat() - 65.0).abs() < 1e-9);
        assert_eq!(three.pivotal(0.0), 0.0);
    }
}
