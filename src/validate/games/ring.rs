//! A ring of `n` equal bidders for `k` seats worth 1 each, which cost nothing while the ring holds and all they are worth
//! afterwards.

/// How the ring divides what it wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// Everybody gets an even part of the rent each epoch.
    Split,
    /// The one seat goes round.
    Rotation,
    /// The one seat goes to whom the lot falls, anew each epoch.
    Lottery,
}

/// A ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ring {
    /// Members.
    pub n: u32,
    /// Seats.
    pub k: u32,
    /// Division.
    pub share: Share,
}

impl Ring {
    /// Discounted income of a member who keeps to the ring and whose next turn comes in `wait` epochs, added up epoch by
    /// epoch; `win` is the share of epochs that a lot wins.
    fn kept(&self, discount: f64, wait: u32, win: f64) -> f64 {
        let (mut weight, mut sum, mut epoch) = (1.0, 0.0, 0_u32);
        while weight > 1e-12 * (1.0 - discount) {
            let income = match self.share {
                Share::Split => f64::from(self.k) / f64::from(self.n),
                Share::Rotation => f64::from(u8::from(epoch % self.n == wait)),
                // This epoch's lot is lost: that is when a member is tempted.
                Share::Lottery => {
                    if epoch == 0 {
                        0.0
                    } else {
                        win
                    }
                }
            };
            sum += weight * income;
            weight *= discount;
            epoch += 1;
        }
        sum
    }

    /// Whether no member would rather have one whole seat at once and nothing ever after.
    pub fn holds(&self, discount: f64, win: f64) -> bool {
        let turns = if self.share == Share::Rotation { self.n } else { 1 };
        (0..turns).all(|wait| self.kept(discount, wait, win) >= 1.0)
    }

    /// The least discount factor at which it holds.
    pub fn threshold(&self, win: f64) -> f64 {
        let (mut low, mut high) = (0.0, 0.999);
        for _ in 0..40 {
            let discount = f64::midpoint(low, high);
            if self.holds(discount, win) { high = discount } else { low = discount }
        }
        high
    }
}
