//! Random draws as stateless functions of what they are for.
//!
//! A [`Key`] stands for (seed, replicate, market); a [`Stream`] adds the purpose and the entity. Each decision is one
//! uniform number, a function of the stream, the epoch and a counter within the epoch, turned into anything else by
//! inverse transform. Nothing depends on the mechanism, its parameters, the thread or the order of evaluation: two
//! mechanisms under one seed meet the same world (common random numbers), and adding an agent moves nobody else's luck.
//!
//! The generator is SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014,
//! figure 17), read at random positions: draw `c` of a stream with base `s` is `mix(s + c·γ)`.

use std::convert::Infallible;

/// What a draw decides. Streams of different purposes are independent; the numbers are part of every result, so a new
/// purpose takes a new number and none is reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Purpose {
    /// A candidate's private signal: its value of the right, or its efficiency shock.
    Signal = 1,
    /// Innovation of the demand index.
    Demand = 2,
    /// MEV of a slot.
    Mev = 3,
    /// Durations of a sequencer's own outages and repairs.
    Outage = 4,
    /// Durations of common-cause outages.
    CommonOutage = 5,
    /// Whether a standby's takeover succeeds.
    Failover = 6,
    /// Which setting of its lever an agent plays.
    Play = 7,
    /// Whether a delegator reconsiders.
    Reconsider = 8,
    /// Which sequencer a delegator then chooses.
    Delegate = 9,
    /// Leaders and standbys of a slot, where the schedule is random.
    Leader = 10,
    /// Breaks ties between equal offers.
    Tie = 11,
    /// A learner's own exploration.
    Explore = 12,
    /// Resampling in statistics.
    Resample = 13,
    /// Initial states (of markets, of learners).
    Initial = 14,
    /// Points of a random design.
    Design = 15,
    /// Whether a committee makes the data of a slot available.
    Committee = 35,
    /// Who is drawn for the seats of an epoch.
    Seat = 16,
    /// Candidates of an optimizer.
    Search = 17,
    /// Whether a targeted transaction arrives in a slot.
    Target = 31,
    /// Whether a jurisdiction orders its sequencers to censor.
    Order = 32,
    /// Whether a sequencer's misconduct is found out.
    Finding = 33,
    /// Which price a briber offers.
    Bribe = 34,
    /// Whether a candidate restakes in time.
    Restake = 29,
    /// Moves of the token's price.
    TokenPrice = 30,
    /// Moves of the stable asset's price.
    StablePrice = 28,
    /// In which order appointees take turns.
    Turn = 36,
}

const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

/// Finalizer of SplitMix64 (Stafford's variant 13).
#[inline]
const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Hash of a name: FNV-1a over its bytes, finalized. Stable ids of entities are made of names, never of positions.
pub fn name_hash(name: &str) -> u64 {
    let hash = name
        .bytes()
        .fold(0xCBF2_9CE4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01B3));
    mix(hash)
}

/// Stable identity of an entity: the name of its group and its number within the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Who(u64);

impl Who {
    /// Nobody in particular: draws that belong to the market itself.
    pub const MARKET: Who = Who(0);

    /// Member `member` of the group called `group`.
    pub fn member(group: &str, member: u32) -> Self {
        Who(mix(name_hash(group) ^ mix(u64::from(member).wrapping_add(GAMMA))))
    }
}

/// The luck of one market of one replicate under one master seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(u64);

impl Key {
    /// The key of market `market` in replicate `replicate` under `seed`.
    pub fn new(seed: u64, replicate: u32, market: u32) -> Self {
        let word = (u64::from(replicate) << 32) | u64::from(market);
        Key(mix(mix(seed.wrapping_add(GAMMA)) ^ mix(word.wrapping_mul(GAMMA) ^ 0xA5A5_5A5A_C3C3_3C3C)))
    }

    /// The stream of draws for one purpose and one entity.
    #[inline]
    pub fn stream(self, purpose: Purpose, who: Who) -> Stream {
        Stream(mix(mix(self.0 ^ who.0).wrapping_add((purpose as u64).wrapping_mul(GAMMA))))
    }
}

/// The luck of a replicate, in two halves: of the world in which play is measured, and of learning.
///
/// Replicate `r` has both halves from `r`. A *crossed* replicate has them from two replicates, so that one half can be drawn
/// anew while the other stays: its number is 2³¹ + 2¹⁵ · world + learning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Luck {
    /// Replicate whose draws the measured epochs meet.
    pub world: u32,
    /// Replicate whose draws learning meets.
    pub learning: u32,
}

/// Set in the number of a crossed replicate.
const CROSSED: u32 = 1 << 31;
/// Bits of each half of a crossed replicate.
const HALF: u32 = 15;

impl Luck {
    /// Replicates below this can be crossed.
    pub const MOST_CROSSED: u32 = 1 << HALF;

    /// The halves of a replicate.
    pub const fn of(replicate: u32) -> Self {
        if replicate & CROSSED == 0 {
            return Luck { world: replicate, learning: replicate };
        }
        let mask = Self::MOST_CROSSED - 1;
        Luck { world: (replicate >> HALF) & mask, learning: replicate & mask }
    }

    /// The number of the replicate with these halves, which where they differ are below [`Self::MOST_CROSSED`].
    pub const fn replicate(self) -> u32 {
        if self.world == self.learning {
            return self.world;
        }
        CROSSED | (self.world << HALF) | self.learning
    }
}

/// Draws of one market for one purpose and entity: a pure function of (epoch, draw).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stream(u64);

impl Stream {
    /// 64 random bits at position (`epoch`, `draw`); `draw` must stay below 2^24.
    #[inline]
    pub fn bits(self, epoch: u32, draw: u32) -> u64 {
        let counter = (u64::from(epoch) << 24) | u64::from(draw);
        mix(self.0.wrapping_add(counter.wrapping_mul(GAMMA)))
    }

    /// A uniform number strictly between 0 and 1, on the grid of odd multiples of 2^-53.
    #[inline]
    pub fn uniform(self, epoch: u32, draw: u32) -> f64 {
        ((self.bits(epoch, draw) >> 12) as f64 + 0.5) * (1.0 / 4_503_599_627_370_496.0)
    }

    /// The stream's draws of one epoch as a generator for the `rand` crates, where a sequence will do.
    pub fn sequence(self, epoch: u32) -> Sequence {
        Sequence { stream: self, epoch, next: 0 }
    }
}

/// A sequence of draws that implements the traits of the `rand` crate.
#[derive(Clone, Debug)]
pub struct Sequence {
    stream: Stream,
    epoch: u32,
    next: u32,
}

impl Sequence {
    /// The next draw as a uniform number strictly between 0 and 1.
    pub fn uniform(&mut self) -> f64 {
        let u = self.stream.uniform(self.epoch, self.next);
        self.next += 1;
        u
    }
}

impl rand::TryRng for Sequence {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|bits| (bits >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let bits = self.stream.bits(self.epoch, self.next);
        self.next += 1;
        Ok(bits)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            let word = self.try_next_u64()?.to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uniforms_have_the_moments_and_independence_of_uniforms() {
        let key = Key::new(7, 3, 1);
        let a = key.stream(Purpose::Signal, Who::member("large", 0));
        let b = key.stream(Purpose::Signal, Who::member("large", 1));
        let n = 200_000_u32;
        let (mut mean, mut square, mut cross, mut serial) = (0.0, 0.0, 0.0, 0.0);
        let mut previous = a.uniform(0, 0) - 0.5;
        for epoch in 1..=n {
            let (x, y) = (a.uniform(epoch, 0) - 0.5, b.uniform(epoch, 0) - 0.5);
            mean += x;
            square += x * x;
            cross += x * y;
            serial += x * previous;
            previous = x;
        }
        let n = f64::from(n);
        // Standard deviations: 1/sqrt(12) for x; sqrt(1/180) for x^2; 1/12 for products.
        assert!((mean / n).abs() < 4.0 * (1.0_f64 / 12.0).sqrt() / n.sqrt());
        assert!((square / n - 1.0 / 12.0).abs() < 4.0 * (1.0_f64 / 180.0).sqrt() / n.sqrt());
        assert!((cross / n).abs() < 4.0 / 12.0 / n.sqrt());
        assert!((serial / n).abs() < 4.0 / 12.0 / n.sqrt());
    }

    #[test]
    fn halves_of_luck_read_back_from_the_number_of_the_replicate() {
        for (world, learning) in [(0, 0), (3, 4), (4, 3), (0, 32_767), (32_767, 0), (1_000_003, 1_000_003)] {
            let luck = Luck { world, learning };
            assert_eq!(Luck::of(luck.replicate()), luck);
        }
        assert_eq!(Luck { world: 7, learning: 7 }.replicate(), 7);
    }

    #[test]
    fn a_draw_depends_on_every_part_of_its_address() {
        let base = Key::new(1, 2, 3).stream(Purpose::Mev, Who::MARKET).bits(4, 5);
        let others = [
            Key::new(2, 2, 3).stream(Purpose::Mev, Who::MARKET).bits(4, 5),
            Key::new(1, 3, 3).stream(Purpose::Mev, Who::MARKET).bits(4, 5),
            Key::new(1, 2, 4).stream(Purpose::Mev, Who::MARKET).bits(4, 5),
            Key::new(1, 2, 3).stream(Purpose::Demand, Who::MARKET).bits(4, 5),
            Key::new(1, 2, 3).stream(Purpose::Mev, Who::member("a", 0)).bits(4, 5),
            Key::new(1, 2, 3).stream(Purpose::Mev, Who::MARKET).bits(5, 5),
            Key::new(1, 2, 3).stream(Purpose::Mev, Who::MARKET).bits(4, 6),
        ];
        assert!(others.iter().all(|&bits| bits != base));
    }
}
