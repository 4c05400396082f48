//! What a briber pays before it meets one who refuses, by how far ahead it sees the schedule.
//!
//! Derived here. `N` sequencers take turns in a fixed order, one leads a slot and can include, and `E` slots are an epoch. All but
//! one keep a transaction out for a tip, and that one for no price. The transaction arrives when the refuser's turn is `J` slots
//! away (0: now) and `s` slots of the epoch are over; it is to stay out for `D ≤ N` slots. If `J ≥ D`, that costs `D` tips.
//! Otherwise it cannot succeed, and what counts is how soon that is seen:
//!
//! * with secret leaders the briber pays all who come first, `J` tips;
//! * with `L` epochs public, the decisions at the arrival and at the beginning of every later epoch are on sight of the slots
//!   up to `(L − 1)E` beyond the epoch's end. Those before the first decision on sight of the refuser are paid in vain: none
//!   if `J < LE − s`, else `jE − s` with the least `j` for which `J < (j + L)E − s`.

/// Sequencers who take turns, one of whom refuses, and a transaction that is to stay out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Aimed {
    /// Sequencers, `N`.
    pub sequencers: u64,
    /// Slots of an epoch, `E`.
    pub epoch_slots: u64,
    /// Slots for which it is to stay out, `D`, at most `N`.
    pub window: u64,
    /// Epochs whose schedule is public as an epoch begins, `L`; 0: none.
    pub lookahead: u64,
}

impl Aimed {
    /// Tips that are paid where the refuser's turn is `distance` slots away and `past` slots of the epoch are over.
    pub fn paid(&self, distance: u64, past: u64) -> u64 {
        if distance >= self.window {
            return self.window;
        }
        if self.lookahead == 0 {
            return distance;
        }
        let e = self.epoch_slots;
        let seen = |j: u64| distance < (j + self.lookahead) * e - past;
        // By then even one epoch's notice has shown everything up to there.
        let last = (distance + past) / e + 1;
        match (0..=last).find(|&j| seen(j)) {
            None | Some(0) => 0,
            Some(j) => j * e - past,
        }
    }

    /// Expected number of tips paid for a transaction that arrives in a slot at random.
    pub fn expected(&self) -> f64 {
        let (n, e) = (self.sequencers, self.epoch_slots);
        let paid = |clock: u64| self.paid((n - clock % n) % n, clock % e);
        (0..n * e).map(paid).sum::<u64>() as f64 / (n * e) as f64
    }

    /// Probability that it stays out: the refuser comes later.
    pub fn success(&self) -> f64 {
        (self.sequencers - self.window) as f64 / self.sequencers as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_sees_further_pays_less_in_vain() {
        let of = |lookahead| Aimed { sequencers: 11, epoch_slots: 4, window: 8, lookahead };
        let (secret, one, two, three) = (of(0), of(1), of(2), of(3));
        // In vain: the mean of 0..7 for eight places in eleven; nothing once the whole window is seen.
        assert!((secret.expected() - (28.0 + 3.0 * 8.0) / 11.0).abs() < 1e-12);
        assert!((three.expected() - 24.0 / 11.0).abs() < 1e-12);
        assert!(one.expected() < secret.expected() && two.expected() < one.expected());
        assert!(three.expected() < two.expected());
        // Seven slots away with three of the epoch over: the epochs end after 1, 5 and 9 slots.
        assert_eq!([secret, one, two, three].map(|a| a.paid(7, 3)), [7, 5, 1, 0]);
    }
}
