//! Who backs whom, and how stake moves: those who reconsider choose anew, the others stay.

use super::Delegated;
use crate::agent::Setting;
use crate::agent::delegator::DelegatorGroup;
use crate::draws::Purpose;
use crate::learning::population::Revision;
use crate::mechanism::At;
use crate::mechanism::roulette::Roulette;

/// What the market remembers.
#[derive(Clone, Debug)]
pub struct Stakes {
    /// Share of each group's stake behind each candidate, and last behind nobody: shape (groups, candidates + 1).
    pub(super) share: Vec<f64>,
    /// Choices of the members of groups of atoms.
    choice: Vec<Vec<u32>>,
    /// What an offer of one has paid out an epoch, smoothed, as each group sees it: shape (groups, candidates). Over
    /// `backing` it is the payout of a unit of stake; means are taken before dividing, as stake may come near nothing.
    pub(super) paid_out: Vec<f64>,
    /// Share of all stake that it was paid on, smoothed alike: shape (groups, candidates).
    pub(super) backing: Vec<f64>,
    /// Members behind each candidate, and last behind nobody, in groups of atoms: shape (groups, candidates + 1).
    backers: Vec<u32>,
    /// Share of its slots that each candidate has delivered, as each group sees it: shape (groups, candidates).
    pub(super) uptime: Vec<f64>,
    /// What a unit of stake behind each candidate loses by slashing in an epoch, if it were all stake, smoothed as each group sees
    /// it, and what was lost since the last epoch was settled: shape (groups, candidates), and by candidate.
    pub(super) loss: Vec<f64>,
    pub(super) just_lost: Vec<f64>,
    pub(super) opened: bool,
    /// What past payouts still weigh in the utility of each candidate and, last, of nobody, in groups that sum payouts
    /// up: shape (groups, candidates + 1), or empty where no group does.
    carried: Vec<f64>,
    /// Working space of the choices.
    weights: Vec<f64>,
    utility: Vec<f64>,
    roulette: Roulette,
    /// One for each place, where it matters to choices.
    by_place: Vec<Roulette>,
    movers: Vec<u32>,
}

impl Stakes {
    /// The state of a market that opens: nobody backs anybody.
    pub(super) fn open(setting: &Setting) -> Self {
        let n = setting.candidates();
        let largest = setting.delegators.iter().filter(|g| !g.continuum).map(|g| g.count).max().unwrap_or(0);
        Stakes {
            share: vec![0.0; setting.delegators.len() * (n + 1)],
            choice: setting
                .delegators
                .iter()
                .map(|g| vec![n as u32; if g.continuum { 0 } else { g.count }])
                .collect(),
            paid_out: vec![0.0; n * setting.delegators.len()],
            backing: vec![0.0; n * setting.delegators.len()],
            // Everybody begins behind nobody.
            backers: setting
                .delegators
                .iter()
                .flat_map(|g| (0..=n).map(|i| if i == n { g.count as u32 } else { 0 }))
                .collect(),
            uptime: vec![1.0; n * setting.delegators.len()],
            loss: vec![0.0; n * setting.delegators.len()],
            just_lost: vec![0.0; n],
            opened: false,
            carried: if setting.delegators.iter().any(|g| forgetting(g).is_some()) {
                vec![0.0; setting.delegators.len() * (n + 1)]
            } else {
                Vec::new()
            },
            weights: vec![0.0; n + 1],
            utility: vec![0.0; n + 1],
            roulette: Roulette::default(),
            by_place: Vec::new(),
            movers: vec![0; largest],
        }
    }
}

/// Share of past payouts that a group forgets, if it sums them up.
fn forgetting(group: &DelegatorGroup) -> Option<f64> {
    match group.rule {
        Revision::Hedge { forgetting } => Some(forgetting),
        _ => None,
    }
}

impl Stakes {
    /// What past payouts weigh in the utility of option `j` to group `g`.
    #[inline]
    pub(super) fn carried(&self, at: &At, g: usize, j: usize) -> f64 {
        if self.carried.is_empty() { 0.0 } else { self.carried[g * (at.setting.candidates() + 1) + j] }
    }

    /// Shares of group `g`, once it has chosen.
    pub(super) fn population(&self, g: usize, n: usize) -> Option<&[f64]> {
        self.opened.then(|| &self.share[g * (n + 1)..(g + 1) * (n + 1)])
    }
}

impl Delegated {
    /// Share of its stake that a group does not reconsider this epoch: nothing in the first.
    pub(super) fn stuck(group: &DelegatorGroup, state: &Stakes) -> f64 {
        if state.opened { group.inertia } else { 0.0 }
    }

    pub(super) fn delegate(&self, state: &mut Stakes, at: &At, offers: &[Option<f64>]) {
        let n = offers.len();
        if !state.opened {
            let even = 1.0 / n as f64;
            state.backing.fill(even);
            state.paid_out.fill(even * self.start(at));
        }
        let mut weights = std::mem::take(&mut state.weights);
        let mut utility = std::mem::take(&mut state.utility);
        for (g, group) in at.setting.delegators.iter().enumerate() {
            let (sum, _) = self.group_weights(at, g, state, offers, &mut utility, &mut weights);
            let stuck = Self::stuck(group, state);
            let row = g * (n + 1)..(g + 1) * (n + 1);
            // Payoffs are linear in stake unless seats go to the top, so that expected shares say all there is to learn.
            if group.continuum || (at.cohorts && self.seats.is_none()) {
                for (share, &w) in state.share[row].iter_mut().zip(&weights) {
                    *share = stuck * *share + (1.0 - stuck) * w / sum;
                }
                continue;
            }
            let by_place = group.rule.depends_on_place() && state.opened;
            if by_place {
                state.by_place.resize_with(n + 1, Roulette::default);
                for (place, roulette) in state.by_place.iter_mut().enumerate() {
                    let share = Some(&state.share[row.clone()]);
                    group.rule.from_place(place, &utility, share, &mut weights);
                    roulette.set(&weights, 1.0, group.count / n);
                }
            } else {
                state.roulette.set(&weights, sum, group.count);
            }
            let reconsider = at.key.stream(Purpose::Reconsider, group.who);
            let choose = at.key.stream(Purpose::Delegate, group.who);
            // First who, then whom: no processor foresees who reconsiders, so that the first loop has no branch for it.
            let mut moving = 0;
            for member in 0..group.count {
                state.movers[moving] = member as u32;
                moving += usize::from(stuck == 0.0 || reconsider.uniform(at.epoch, member as u32) >= stuck);
            }
            // Most members stay where they are, so that only moves are counted.
            let backers = &mut state.backers[row.clone()];
            let choice = &mut state.choice[g];
            for &member in &state.movers[..moving] {
                let place = choice[member as usize] as usize;
                let roulette = if by_place { &state.by_place[place] } else { &state.roulette };
                let new = roulette.at(choose.uniform(at.epoch, member)) as u32;
                let old = std::mem::replace(&mut choice[member as usize], new);
                backers[old as usize] -= 1;
                backers[new as usize] += 1;
            }
            let each = 1.0 / group.count as f64;
            for (share, &members) in state.share[row].iter_mut().zip(&*backers) {
                *share = f64::from(members) * each;
            }
        }
        state.weights = weights;
        state.utility = utility;
        state.opened = true;
        self.carry(state, at, offers);
    }

    /// In groups that sum payouts up, lets this epoch's join those of the past, and forgets a part.
    fn carry(&self, state: &mut Stakes, at: &At, offers: &[Option<f64>]) {
        if state.carried.is_empty() {
            return;
        }
        let n = offers.len();
        for (g, group) in at.setting.delegators.iter().enumerate() {
            let Some(forgetting) = forgetting(group) else { continue };
            for j in 0..=n {
                let offer = offers.get(j).copied().flatten();
                let expected = match offer {
                    Some(x) => x * self.payout(at, state, g, j) - state.loss[g * n + j],
                    None if j == n => group.outside_option.unwrap_or(0.0),
                    None => 0.0,
                };
                let carried = &mut state.carried[g * (n + 1) + j];
                *carried = (1.0 - forgetting) * (*carried + group.price_sensitivity * expected);
            }
        }
    }

    /// Takes `share` of the stake behind candidate `i`: what each group loses, in ETH. Delegators make up for it, so that votes
    /// stay where they are, and learn of it when the next epoch is settled.
    pub(super) fn slash_stakes(setting: &Setting, state: &mut Stakes, i: usize, share: f64) -> Vec<f64> {
        let n = setting.candidates();
        state.just_lost[i] += share * setting.total_stake();
        let staked =
            |(g, group): (usize, &DelegatorGroup)| group.total_stake() * state.share[g * (n + 1) + i];
        setting.delegators.iter().enumerate().map(|group| share * staked(group)).collect()
    }

    /// Share of all stake behind candidate `i`.
    pub(super) fn share_of_all(setting: &Setting, state: &Stakes, i: usize) -> f64 {
        let n = setting.candidates();
        let group = |(g, group): (usize, &DelegatorGroup)| group.total_stake() * state.share[g * (n + 1) + i];
        setting.delegators.iter().enumerate().map(group).sum::<f64>() / setting.total_stake()
    }

    /// Share of all stake behind each candidate.
    pub(super) fn total_share(setting: &Setting, share: &[f64], out: &mut [f64]) {
        let n = out.len();
        let all = setting.total_stake();
        out.fill(0.0);
        for (g, group) in setting.delegators.iter().enumerate() {
            let weight = group.total_stake() / all;
            for (total, &s) in out.iter_mut().zip(&share[g * (n + 1)..g * (n + 1) + n]) {
                *total += weight * s;
            }
        }
    }

    /// Whether candidate `i` is among the `k` with most stake; candidates without stake never are, ties by lot.
    pub(super) fn seated(at: &At, share: &[f64], i: usize, k: usize) -> bool {
        let lot = |j: usize| at.key.stream(Purpose::Tie, at.setting.sequencers[j].who).bits(at.epoch, 0);
        share[i] > 0.0
            && (0..share.len())
                .filter(|&j| j != i && (share[j] > share[i] || (share[j] == share[i] && lot(j) > lot(i))))
                .count()
                < k
    }
}
