//! Contributions of one player's deviations, summed over markets, and what follows from them: the split estimate and the
//! upper bound of [`super::certificate`].

/// Gains over markets of one player's contributions.
#[derive(Clone, Debug)]
pub struct Gains {
    deviations: usize,
    states: usize,
    /// Of the market at hand: shape (states, deviations).
    market: Vec<f64>,
    /// Over even and odd markets.
    half: [Vec<f64>; 2],
    square: Vec<f64>,
    /// Whether the market at hand came upon a state, and how many markets did.
    seen: Vec<bool>,
    markets: Vec<u32>,
}

impl Gains {
    /// No market yet.
    pub fn new(states: usize, deviations: usize) -> Self {
        let zeros = || vec![0.0; states * deviations];
        let (seen, markets) = (vec![false; states], vec![0; states]);
        Gains {
            deviations,
            states,
            market: zeros(),
            half: [zeros(), zeros()],
            square: zeros(),
            seen,
            markets,
        }
    }

    /// Closes a market: its sums times `scale` are one observation.
    pub fn close(&mut self, market: u32, scale: f64) {
        let half = &mut self.half[(market % 2) as usize];
        for ((sum, square), x) in half.iter_mut().zip(&mut self.square).zip(&mut self.market) {
            let mean = *x * scale;
            *sum += mean;
            *square += mean * mean;
            *x = 0.0;
        }
        for (markets, seen) in self.markets.iter_mut().zip(&mut self.seen) {
            *markets += u32::from(std::mem::take(seen));
        }
    }

    /// Adds what each deviation earns more than play in a state of the market at hand.
    #[inline]
    pub fn add(&mut self, state: usize, weight: f64, payoffs: &[f64], play: f64) {
        self.seen[state] = true;
        let row = &mut self.market[state * self.deviations..(state + 1) * self.deviations];
        for (sum, payoff) in row.iter_mut().zip(payoffs) {
            *sum += weight * (payoff - play);
        }
    }

    /// What a deviation gains in one state, on average over `markets` markets.
    pub fn mean(&self, state: usize, deviation: usize, markets: u32) -> f64 {
        let cell = state * self.deviations + deviation;
        (self.half[0][cell] + self.half[1][cell]) / f64::from(markets)
    }

    /// Pairs of a state and a deviation.
    pub fn cells(&self) -> usize {
        self.states * self.deviations
    }

    /// Whether every state came up in so many markets.
    pub fn covered(&self, fewest: u32) -> bool {
        self.markets.iter().all(|&seen| seen >= fewest)
    }

    /// What the best deviation gains on one half, in the sample that picks it.
    pub fn picked(&self, choose: usize) -> f64 {
        let best = |row: &[f64]| row.iter().fold(0.0_f64, |a, &b| a.max(b));
        self.half[choose].chunks(self.deviations).map(best).sum()
    }

    /// Gain of the deviation that is best on one half, measured on the other.
    pub fn split(&self, choose: usize, judge: usize, markets: f64) -> f64 {
        (0..self.states)
            .map(|state| {
                let row = state * self.deviations..(state + 1) * self.deviations;
                let chosen = &self.half[choose][row.clone()];
                let best =
                    (0..self.deviations).fold(0, |best, a| if chosen[a] > chosen[best] { a } else { best });
                // The state's own play is always available, at no gain.
                if chosen[best] > 0.0 { self.half[judge][row][best] / markets } else { 0.0 }
            })
            .sum()
    }

    /// `Σ_b max_a (g + z·se)`, own play included.
    pub fn upper(&self, z: f64, markets: f64) -> f64 {
        (0..self.states)
            .map(|state| {
                (state * self.deviations..(state + 1) * self.deviations)
                    .map(|cell| {
                        let mean = (self.half[0][cell] + self.half[1][cell]) / markets;
                        let variance = (self.square[cell] / markets - mean * mean).max(0.0) / (markets - 1.0);
                        mean + z * variance.sqrt()
                    })
                    .fold(0.0_f64, f64::max)
            })
            .sum()
    }
}
