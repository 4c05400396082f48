//! Findings of governance that somebody with a stake expects: how probable one is in an epoch, and what it costs.
//!
//! A slot brings, with the probability `c`, a target on which the owner of the stake acts if it meets it. A target stays out for `W`
//! slots, that of its arrival among them, and meets its owner once, in the first of these in which it can include. Hence who includes
//! after not having been able to for `g` slots, that one counted, meets the targets of the last `min(g, W)`, and no act on one of them is
//! found out, each with the probability `f`, with the probability `(1 − fc)^min(g, W)`.
//!
//! **Slots drawn.** Each slot of every epoch is drawn by itself: the probability `q` that the owner includes in it is the same for all. Then the
//! probability that nothing is found out in an epoch follows exactly, slot by slot (`unnoticed`).
//!
//! **Seats drawn.** Turns of a seat come one after another all epoch. Seats are taken together as far as `W` reaches, up to all of
//! them. Where it reaches farther than from one turn to the next, who has a seat meets targets of the epochs before as well, if it had
//! none then: as many as `W` leaves of the slots from its last turn to its first. That distance is taken at its mean over seats,
//! and targets of the epoch at theirs. One seat is exact; with two to four the probability of a finding is off by at most 5½% of itself wherever
//! it was enumerated (most where `W` is about the number of seats), and by no more than 3% where `fc` is at most 5% and an epoch is whole turns.
//!
//! Outages are taken as independent from slot to slot.

use super::oversight::Governance;
use crate::numerics::pow;

/// Where a stake puts its owner in an epoch, as governance sees it: so many draws, independent of each other, each of which it wins with
/// the same probability.
#[derive(Clone, Copy, Debug)]
pub struct Office {
    /// Slots of the epoch.
    pub slots: f64,
    /// Slots, where each slot's leader is drawn; seats, where those are drawn with replacement; else one.
    pub draws: f64,
    /// Probability to win a draw, and to lead something thereby.
    pub wins: f64,
    /// Slots in which it can include if it wins a draw, and if it does not, in expectation.
    pub including: [f64; 2],
}

impl Office {
    /// Of somebody who leads each of so many slots with the probability `leads` and can include in it with the probability `including`, if
    /// it is the leader and over all.
    #[inline]
    pub fn of_slots(slots: f64, leads: f64, [leading, over_all]: [f64; 2]) -> Office {
        let beside = if leads < 1.0 { (over_all - leads * leading).max(0.0) / (1.0 - leads) } else { 0.0 };
        Office { slots, draws: slots, wins: leads, including: [leading, beside] }
    }

    /// The same with slots of an epoch in which targets arrive that it meets in that epoch, in place of those in which it can include.
    ///
    /// Seats have their turns one after another, of which `w` consecutive ones are taken together: a winner of any of them, with the
    /// probability `1 − (1 − p)^w`, meets the targets of all their slots.
    fn meeting(&self, window: f64) -> Office {
        let Office { slots, draws, wins, including } = *self;
        let each = slots / draws;
        let shares = including.map(|including| including / each);
        let together = window.clamp(1.0, draws);
        let again = (window / together).max(1.0);
        let [leading, beside] = shares.map(|share| (share * again).min(1.0));
        let won = 1.0 - pow(1.0 - wins, together);
        let all = 1.0 - pow(1.0 - (wins * leading + (1.0 - wins) * beside), together);
        let else_met = 1.0 - pow(1.0 - beside, together);
        let if_won = if won > 0.0 { ((all - (1.0 - won) * else_met) / won).clamp(0.0, 1.0) } else { 0.0 };
        let met = each * together;
        Office { slots, draws: draws / together, wins: won, including: [met * if_won, met * else_met] }
    }

    /// Slots from its last turn in one epoch to its first in the next, if it has a seat in both: on average over how many it has.
    fn between(&self) -> f64 {
        let Office { slots, draws, wins, including } = *self;
        if draws <= 1.0 || wins <= 0.0 {
            return if including[0] > 0.0 { slots / including[0] } else { f64::INFINITY };
        }
        // With m of k seats the first turn comes after (k + 1)/(m + 1) slots, and as many follow the last, but for one.
        let none = pow(1.0 - wins, draws);
        let more = (1.0 - none * (1.0 - wins)) / wins - (draws + 1.0) * none;
        2.0 * more / (1.0 - none) - 1.0
    }
}

/// The findings of governance that somebody with a stake expects, and what they cost it. A larger stake leads more, and has more to lose
/// of itself, so that this is told by acts and not by slots.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Findings {
    /// Shares of epochs under no order and under one, and the probability that a slot brings a target then on which it acts if it meets it.
    pub acts: [(f64, f64); 2],
    /// Slots for which targets stay out on which it acts.
    pub window: f64,
    /// Probability that it takes toxic MEV, one act, in an epoch in which it leads something.
    pub toxic: f64,
    /// Share of the stake that a finding takes, discounted to when that is taken.
    pub share: f64,
    /// What one costs whatever the stake, in ETH: other bonds, and what office is worth; below 0 where being out of office is worth something.
    pub fixed: f64,
}

/// Probability of epochs in which nothing comes to light.
struct Quiet {
    /// No act is found out.
    all: f64,
    /// Nothing is led besides.
    unseen: f64,
    /// Nothing is led, and there is no act at all.
    unjudged: f64,
}

impl Findings {
    /// What one costs somebody with this stake: nothing where being out of office is worth more than what is lost, as nobody needs a
    /// finding for that.
    pub fn cost(&self, stake: f64) -> f64 {
        (self.share * stake + self.fixed).max(0.0)
    }

    /// Probability of a finding in an epoch.
    pub fn probability(&self, governance: &Governance, office: &Office) -> f64 {
        let mean = |&(share, acts): &(f64, f64)| {
            if share > 0.0 { share * self.probability_with(acts, governance, office) } else { 0.0 }
        };
        self.acts.iter().map(mean).sum()
    }

    /// The same in epochs with so many acts for a slot that is met. Nothing is left to governance where it passes over all acts but
    /// what it judges those by who have led something or acted: toxic MEV and errors.
    fn probability_with(&self, acts: f64, governance: &Governance, office: &Office) -> f64 {
        let (error, toxic) = (governance.false_finding, governance.found * self.toxic);
        let judged = [toxic > 0.0, error > 0.0];
        let quiet = if office.draws == office.slots {
            self.quiet_slots(acts, governance.found, office, judged)
        } else {
            self.quiet_seats(acts, governance.found, office, judged)
        };
        let Quiet { all, unseen, unjudged } = quiet;
        1.0 - (1.0 - error) * ((1.0 - toxic) * all + toxic * unseen) - error * unjudged
    }

    /// Where each slot is drawn; of what is not asked for 0.
    fn quiet_slots(&self, acts: f64, found: f64, office: &Office, [toxic, errors]: [bool; 2]) -> Quiet {
        let Office { slots, wins, including: [leading, beside], .. } = *office;
        let able = wins * leading + (1.0 - wins) * beside;
        let through = |weights: [f64; 2], odds: f64| {
            unnoticed(slots as usize, self.window, able, weights, 1.0 - odds * acts)
        };
        let idle = [(1.0 - wins) * beside, (1.0 - wins) * (1.0 - beside)];
        Quiet {
            all: through([able, 1.0 - able], found),
            unseen: if toxic { through(idle, found) } else { 0.0 },
            unjudged: if errors { through(idle, 1.0) } else { 0.0 },
        }
    }

    /// Where seats are drawn.
    fn quiet_seats(&self, acts: f64, found: f64, office: &Office, [toxic, errors]: [bool; 2]) -> Quiet {
        let met = office.meeting(self.window);
        let Office { draws, wins, including: [won, beside], .. } = met;
        // Of epochs before: none while there are seats that a window does not reach, or for who includes without a seat.
        let room = if draws <= 1.0 && beside == 0.0 { self.window - office.between() } else { 0.0 };
        let with_a_seat = if room > 0.0 && wins > 0.0 {
            let (mut spares, mut odds, mut absent) = (0.0, 1.0, 0.0);
            loop {
                let before = (absent * office.slots).min(room);
                let last = before >= room || odds < 1e-12;
                let there = if last { 1.0 } else { wins };
                spares += odds * there * spared(found, acts, won + before);
                if last {
                    break spares;
                }
                odds *= 1.0 - wins;
                absent += 1.0;
            }
        } else {
            spared(found, acts, won)
        };
        let spares = wins * with_a_seat + (1.0 - wins) * spared(found, acts, beside);
        // Nothing led, and no act that was found out, or none at all.
        let idle = |quiet: f64| pow((1.0 - wins) * quiet, draws);
        Quiet {
            all: if spares < 1.0 { pow(spares, draws) } else { 1.0 },
            unseen: if toxic { idle(spared(found, acts, beside)) } else { 0.0 },
            unjudged: if errors { idle(spared(1.0, acts, beside)) } else { 0.0 },
        }
    }

    /// Half of the way to `other`.
    #[must_use]
    pub fn halfway(&self, other: &Findings) -> Findings {
        let mean = |a: f64, b: f64| 0.5 * (a + b);
        // Shares of epochs are the world's, once they are known.
        let acts = |k: usize| {
            let ((share, now), (known, before)) = (self.acts[k], other.acts[k]);
            (share.max(known), mean(now, before))
        };
        Findings {
            acts: [acts(0), acts(1)],
            window: mean(self.window, other.window),
            toxic: mean(self.toxic, other.toxic),
            share: mean(self.share, other.share),
            fixed: mean(self.fixed, other.fixed),
        }
    }
}

/// Probability that no act is found out, each with the probability `found`, in `slots` slots each of which brings one with the
/// probability `acts`.
fn spared(found: f64, acts: f64, slots: f64) -> f64 {
    if found * acts * slots == 0.0 {
        1.0
    } else if slots <= 1.0 {
        // The slot is there with that probability.
        1.0 - found * acts * slots
    } else {
        pow(1.0 - found * acts, slots)
    }
}

/// Least change in which the ratio of one slot to the next is looked for.
const STEADY: f64 = 1e-15;

/// The sum over all courses of an epoch of so many slots of what they weigh: a slot in which one includes weighs `weights[0]`, one in
/// which one does not `weights[1]`, and who includes after `g` slots passes with the factor `pass^min(g, window)`. In epochs before one
/// included in each slot with the probability `able`.
///
/// With `u, v` for the weights, `x` for `pass`, `W` for the window and `r_n` for the weight of courses that include in slot `n`,
/// `r_n = v^(n−1) u A_n + Σ_k v^(k−1) u x^min(k, W) r_(n−k)`, `A_n` being the mean of the factor over when one included last before the
/// epoch. Terms up to `W` and beyond it are each a geometric sum, carried on from slot to slot.
fn unnoticed(slots: usize, window: f64, able: f64, weights: [f64; 2], pass: f64) -> f64 {
    let ([u, v], x) = (weights, pass);
    if x >= 1.0 || u <= 0.0 {
        return pow(u + v, slots as f64);
    }
    let window = window.max(1.0);
    if window <= 1.0 {
        return pow(u * x + v, slots as f64);
    }
    let whole = window.ceil() as usize;
    let longest = pow(x, window);
    // A_1, A_2, …, as far as gaps of earlier epochs matter: A_n = q x^n + (1 − q) A_(n+1), and x^W from W on.
    let near = whole.min(slots + 1);
    let mut opening = Vec::with_capacity(near);
    let mut power = x;
    for _ in 1..near {
        opening.push(able * power);
        power *= x;
    }
    let mut after = if near == whole {
        longest
    } else {
        let (still, left) = ((1.0 - able) * x, (whole - near) as f64);
        able * power * (1.0 - pow(still, left)) / (1.0 - still) + pow(1.0 - able, left) * longest
    };
    for of_slot in opening.iter_mut().rev() {
        *of_slot += (1.0 - able) * after;
        after = *of_slot;
    }
    let reached = whole <= slots;
    let leaves = if reached { u * x * pow(v * x, whole as f64 - 1.0) } else { 0.0 };
    let enters = if reached { pow(v, whole as f64 - 1.0) * u * longest } else { 0.0 };
    let mut including = Vec::with_capacity(if reached { slots } else { 0 });
    let (mut within, mut beyond) = (0.0, 0.0);
    let (mut total, mut idle, mut ratio) = (1.0, 1.0, 0.0);
    for n in 1..=slots {
        let now = idle * u * opening.get(n - 1).unwrap_or(&longest) + within + beyond;
        let next = v * total + now;
        within = v * x * within + u * x * now;
        beyond *= v;
        if reached {
            including.push(now);
            if n >= whole {
                let old = including[n - whole];
                within -= leaves * old;
                beyond += enters * old;
            }
        }
        idle *= v;
        let (before, last) = (ratio, next / total);
        total = next;
        if n.is_multiple_of(whole) {
            // All that follows is like this.
            if n > 2 * whole && f64::abs(last - before) <= STEADY {
                return total * pow(last, (slots - n) as f64);
            }
            ratio = last;
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Governance = Governance { found: 0.3, false_finding: 0.05, evict_epochs: 0, delay: 0 };

    /// Probability of a finding by going through all that can happen in two slots: led or not, able to include or not, an act or none.
    fn by_cases(leads: f64, [leading, beside]: [f64; 2], acts: f64, toxic: f64) -> f64 {
        let mut found = 0.0;
        for case in 0..1_u32 << 7 {
            let bit = |k: u32, p: f64| if (case >> k) & 1 == 1 { p } else { 1.0 - p };
            let yes = |k: u32| (case >> k) & 1 == 1;
            let (mut odds, mut done, mut leader) = (bit(6, toxic), 0, false);
            for slot in [0, 3] {
                let able = if yes(slot) { leading } else { beside };
                odds *= bit(slot, leads) * bit(slot + 1, able) * bit(slot + 2, acts);
                done += u32::from(yes(slot + 1) && yes(slot + 2));
                leader |= yes(slot);
            }
            done += u32::from(leader && yes(6));
            found += if leader || done > 0 { odds * RULE.finds(done) } else { 0.0 };
        }
        found
    }

    #[test]
    fn findings_come_with_slots_and_with_what_is_done_beside_leaders() {
        for (leads, leading, beside, acts, toxic) in [
            (0.3, 1.0, 0.0, 0.4, 0.0),
            (0.3, 0.9, 0.2, 0.4, 0.7),
            (0.0, 0.9, 0.5, 0.4, 1.0),
            (0.6, 1.0, 0.0, 0.0, 0.5),
            (1.0, 1.0, 0.0, 1.0, 1.0),
        ] {
            let findings =
                Findings { acts: [(1.0, acts), (0.0, 0.0)], window: 1.0, toxic, ..Findings::default() };
            let over_all = leads * leading + (1.0 - leads) * beside;
            let office = Office::of_slots(2.0, leads, [leading, over_all]);
            let (told, known) =
                (findings.probability(&RULE, &office), by_cases(leads, [leading, beside], acts, toxic));
            assert!((told - known).abs() < 1e-14, "{leads} {acts} {toxic}: {told} {known}");
        }
        // Toxic MEV is there for leaders alone: the least stake risks nothing, wherever it may include.
        let toxic = Findings { acts: [(1.0, 0.0), (0.0, 0.0)], toxic: 1.0, ..Findings::default() };
        let office = Office::of_slots(40.0, 1e-9, [1.0, 1.0]);
        assert!(toxic.probability(&RULE, &office) < 1e-7);
        // Of a drawn seat's forty slots, under an order in a quarter of all epochs.
        let ordered = Findings { acts: [(0.75, 0.0), (0.25, 0.5)], ..Findings::default() };
        let office = Office { slots: 40.0, draws: 1.0, wins: 0.5, including: [40.0, 0.0] };
        let expected = 0.5 * (0.75 * RULE.finds(0) + 0.25 * RULE.finds_by_chance(0, 40, 0.5));
        assert!((ordered.probability(&RULE, &office) - expected).abs() < 1e-14);
    }

    /// Probability that somebody who leads each slot with the probability `p` acts, and is found out, where a slot brings a target with the
    /// probability `chance` that each of the next `window` slots meets: by the time since it led last.
    fn by_gaps(p: f64, window: usize, slots: u32, chance: f64) -> f64 {
        // After `g + 1` slots; the last stands for more as well.
        let mut gaps: Vec<f64> = (0..window).map(|g| p * pow(1.0 - p, g as f64)).collect();
        gaps[window - 1] = pow(1.0 - p, window as f64 - 1.0);
        for _ in 0..slots {
            let mut next = vec![0.0; window];
            for (g, odds) in gaps.into_iter().enumerate() {
                next[0] += odds * p * pow(1.0 - chance, (g + 1) as f64);
                next[(g + 1).min(window - 1)] += odds * (1.0 - p);
            }
            gaps = next;
        }
        1.0 - gaps.iter().sum::<f64>()
    }

    #[test]
    fn a_target_meets_a_leader_once() {
        let rule = Governance { false_finding: 0.0, ..RULE };
        for slots in [1, 2, 4, 10, 40, 300] {
            for window in [1, 2, 3, 10, 40] {
                for p in [0.02, 0.1, 0.25, 0.5, 0.9, 1.0] {
                    for acts in [0.01, 0.1, 0.5, 1.0] {
                        let findings = Findings {
                            acts: [(1.0, acts), (0.0, 0.0)],
                            window: f64::from(window),
                            ..Findings::default()
                        };
                        let office = Office::of_slots(f64::from(slots), p, [1.0, p]);
                        let told = findings.probability(&rule, &office);
                        let known = by_gaps(p, window as usize, slots, rule.found * acts);
                        let case = format!("{slots} {window} {p} {acts}");
                        assert!((told - known).abs() < 1e-12 + 1e-9 * known, "{case}: {told} {known}");
                    }
                }
            }
        }
        // By hand: of one slot an epoch, which is led with the probability p, and targets that stay for two, found out with the
        // probability c each. Who led the slot before meets one of them, else two.
        let (p, c) = (0.25, 0.2);
        let by_hand = p * (p * c + (1.0 - p) * (1.0 - (1.0 - c) * (1.0 - c)));
        assert!((1.0 - unnoticed(1, 2.0, p, [p, 1.0 - p], 1.0 - c) - by_hand).abs() < 1e-15);
        // Everybody who is always live meets every target, whoever leads.
        let live = Office::of_slots(40.0, 0.25, [1.0, 1.0]);
        let findings = Findings { acts: [(1.0, 0.1), (0.0, 0.0)], window: 10.0, ..Findings::default() };
        let told = findings.probability(&rule, &live);
        assert!((told - rule.finds_by_chance(0, 40, 0.1)).abs() < 1e-12, "{told}");
    }

    /// Governance that errs, and toxic MEV of those who lead: by all that can happen in three slots whose targets stay for two, and in the one before.
    #[test]
    fn who_leads_nothing_and_does_nothing_is_not_judged() {
        let (leads, leading, beside, acts, toxic) = (0.3, 0.9, 0.2, 0.4, 0.7);
        let mut known = 0.0;
        for case in 0..1_u32 << 13 {
            let yes = |k: u32| (case >> k) & 1 == 1;
            let bit = |k: u32, p: f64| if yes(k) { p } else { 1.0 - p };
            let (mut odds, mut done, mut leader, mut included_last) = (bit(12, toxic), 0, false, true);
            for slot in 0..4 {
                let (led, able, target) = (3 * slot, 3 * slot + 1, 3 * slot + 2);
                odds *=
                    bit(led, leads) * bit(able, if yes(led) { leading } else { beside }) * bit(target, acts);
                if slot > 0 && yes(able) {
                    done += u32::from(yes(target)) + u32::from(!included_last && yes(target - 3));
                }
                leader |= slot > 0 && yes(led);
                included_last = yes(able);
            }
            done += u32::from(leader && yes(12));
            known += if leader || done > 0 { odds * RULE.finds(done) } else { 0.0 };
        }
        let findings =
            Findings { acts: [(1.0, acts), (0.0, 0.0)], window: 2.0, toxic, ..Findings::default() };
        let over_all = leads * leading + (1.0 - leads) * beside;
        let told = findings.probability(&RULE, &Office::of_slots(3.0, leads, [leading, over_all]));
        assert!((told - known).abs() < 1e-14, "{told} {known}");
    }

    /// The same where each of `seats` seats is drawn with the probability `p` for an epoch of so many slots, in which they take turns.
    fn by_turns(seats: usize, p: f64, window: usize, slots: usize, chance: f64) -> f64 {
        let epoch = |gaps: &[f64], chance: f64| {
            let mut after = vec![0.0; window];
            for drawn in 0..1_u32 << seats {
                let own = drawn.count_ones();
                let odds = pow(p, f64::from(own)) * pow(1.0 - p, seats as f64 - f64::from(own));
                let mut course: Vec<f64> = gaps.iter().map(|gap| gap * odds).collect();
                for slot in 0..slots {
                    let mut next = vec![0.0; window];
                    for (g, odds) in course.into_iter().enumerate() {
                        if (drawn >> (slot % seats)) & 1 == 1 {
                            next[0] += odds * pow(1.0 - chance, (g + 1) as f64);
                        } else {
                            next[(g + 1).min(window - 1)] += odds;
                        }
                    }
                    course = next;
                }
                for (after, odds) in after.iter_mut().zip(course) {
                    *after += odds;
                }
            }
            after
        };
        let mut gaps = vec![1.0 / window as f64; window];
        for _ in 0..60 {
            gaps = epoch(&gaps, 0.0);
        }
        1.0 - epoch(&gaps, chance).iter().sum::<f64>()
    }

    #[test]
    fn a_target_of_the_epoch_before_meets_a_seat_once() {
        let rule = Governance { false_finding: 0.0, ..RULE };
        for (seats, slots) in [(1, 1), (1, 4), (1, 40), (2, 4), (4, 8), (3, 6), (3, 12), (4, 40)] {
            for window in [1, 2, 3, 4, 10, 40] {
                for p in [0.1, 0.25, 0.5] {
                    for chance in [0.005, 0.05, 0.3] {
                        let findings = Findings {
                            acts: [(1.0, chance / rule.found), (0.0, 0.0)],
                            window: window as f64,
                            ..Findings::default()
                        };
                        let (draws, each) = (seats as f64, slots as f64 / seats as f64);
                        let office = Office { slots: slots as f64, draws, wins: p, including: [each, 0.0] };
                        let told = findings.probability(&rule, &office);
                        let known = by_turns(seats, p, window, slots, chance);
                        let off = if seats == 1 {
                            1e-9
                        } else if chance > 0.05 {
                            0.055
                        } else {
                            0.03
                        };
                        let case = format!("{seats} {slots} {window} {p} {chance}");
                        assert!((told / known - 1.0).abs() < off, "{case}: {told} {known}");
                    }
                }
            }
        }
        // Of four seats without replacement, which take turns, targets that stay for three slots miss one in four.
        let lone = Office { slots: 40.0, draws: 1.0, wins: 0.25, including: [10.0, 0.0] };
        for (window, slots) in [(1.0, 10.0), (3.0, 30.0), (10.0, 40.0)] {
            let met = lone.meeting(window);
            assert_eq!((met.draws, met.wins, met.including), (1.0, 0.25, [slots, 0.0]));
        }
        assert_eq!(lone.between(), 4.0);
    }

    /// Office costs its holder 2 beside its stake, half of which a finding takes: below a stake of 4 it gains by being found guilty.
    #[test]
    fn findings_are_never_a_gain() {
        let findings = Findings { share: 0.5, fixed: -2.0, ..Findings::default() };
        assert_eq!([1.0, 4.0, 10.0].map(|stake| findings.cost(stake)), [0.0, 0.0, 3.0]);
    }
}
