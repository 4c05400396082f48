//! The stage game: what everyone earns in an epoch, as a table.
//!
//! Where nothing private is drawn and nothing is remembered, an epoch's expected payoffs are a function of the settings
//! that the players chose, the *profile*. With `m_j` settings for player `j` there are `Π m_j` profiles; profile
//! `Σ_j a_j·Π_{l>j} m_l` has player `j` at its setting `a_j`.

/// Most cells that a table of payoffs, or everybody's values together, may have.
pub const MOST_CELLS: usize = 1 << 23;

/// Number of profiles of players with so many settings each.
///
/// # Errors
/// If there is nobody, a player has no setting, or a table of payoffs would have more than [`MOST_CELLS`] cells.
pub fn profiles(sizes: &[usize]) -> Result<usize, String> {
    if sizes.is_empty() || sizes.contains(&0) {
        return Err("a game needs players, and every player a setting".to_owned());
    }
    let cells = sizes.iter().try_fold(sizes.len(), |cells, &size| cells.checked_mul(size));
    match cells.filter(|&cells| cells <= MOST_CELLS) {
        Some(cells) => Ok(cells / sizes.len()),
        None => Err(format!(
            "{} players with up to {} settings have more profiles than fit in a table of {MOST_CELLS} payoffs",
            sizes.len(),
            sizes.iter().max().unwrap_or(&0)
        )),
    }
}

/// A lot among players whose offers tie: `winners` of the `players` (bit `j` for player `j`) share evenly, in expectation,
/// what the profile pays; in an epoch that many of them get all of it and the others nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tie {
    /// Who ties.
    pub players: u64,
    /// How many of them win.
    pub winners: u32,
}

impl Tie {
    /// Whether player `j` ties.
    pub fn holds(self, j: usize) -> bool {
        self.players >> j & 1 == 1
    }
}

/// A one-shot game in normal form, with the offers behind the settings.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    offers: Vec<Vec<f64>>,
    strides: Vec<usize>,
    /// Payoffs in ETH: shape (profiles, players).
    payoffs: Vec<f64>,
    /// Lots by profile; empty where none are drawn.
    ties: Vec<Option<Tie>>,
    /// For each player, what it earns by offering nothing, by profile; empty where that cannot be chosen. Its own setting in
    /// the profile does not count.
    abstaining: Vec<Vec<f64>>,
}

impl Stage {
    /// The game in which player `j` has the settings `offers[j]`; `payoffs` fills in what each player earns at a profile,
    /// given as one setting's index for each player.
    ///
    /// # Errors
    /// As [`profiles`].
    pub fn new(offers: Vec<Vec<f64>>, mut payoffs: impl FnMut(&[usize], &mut [f64])) -> Result<Self, String> {
        let players = offers.len();
        let profiles = profiles(&offers.iter().map(Vec::len).collect::<Vec<_>>())?;
        let mut strides = vec![1; players];
        for j in (1..players).rev() {
            strides[j - 1] = strides[j] * offers[j].len();
        }
        let mut stage = Stage {
            offers,
            strides,
            payoffs: vec![0.0; profiles * players],
            ties: Vec::new(),
            abstaining: Vec::new(),
        };
        let mut settings = vec![0; players];
        for profile in 0..profiles {
            for (j, setting) in settings.iter_mut().enumerate() {
                *setting = stage.setting(profile, j);
            }
            payoffs(&settings, &mut stage.payoffs[profile * players..(profile + 1) * players]);
        }
        Ok(stage)
    }

    /// The same game with lots: `tie` says which are drawn at a profile, given as one setting's index for each player.
    #[must_use]
    pub fn with_lots(mut self, mut tie: impl FnMut(&[usize]) -> Option<Tie>) -> Self {
        let mut settings = vec![0; self.players()];
        let mut at = |profile: usize| {
            settings.iter_mut().enumerate().for_each(|(j, setting)| *setting = self.setting(profile, j));
            tie(&settings)
        };
        let ties: Vec<Option<Tie>> = (0..self.profiles()).map(&mut at).collect();
        self.ties = if ties.iter().any(Option::is_some) { ties } else { Vec::new() };
        self
    }

    /// The same game in which whoever deviates may offer nothing; `payoff` says what that earns a player, given as one setting's
    /// index for each player, its own without meaning.
    #[must_use]
    pub fn with_abstaining(mut self, mut payoff: impl FnMut(usize, &[usize]) -> f64) -> Self {
        let mut settings = vec![0; self.players()];
        let mut of = |j: usize| -> Vec<f64> {
            let mut table = vec![f64::NAN; self.profiles()];
            for profile in (0..self.profiles()).filter(|&profile| self.setting(profile, j) == 0) {
                settings.iter_mut().enumerate().for_each(|(l, setting)| *setting = self.setting(profile, l));
                let earned = payoff(j, &settings);
                (0..self.size(j)).for_each(|a| table[self.with(profile, j, a)] = earned);
            }
            table
        };
        self.abstaining = (0..self.players()).map(&mut of).collect();
        self
    }

    /// What player `j` earns at a profile if it offers nothing instead, where that can be chosen.
    pub fn abstaining(&self, profile: usize, j: usize) -> Option<f64> {
        self.abstaining.get(j).map(|table| table[profile])
    }

    /// The lots that are drawn, by profile, where any are.
    pub fn ties(&self) -> Option<&[Option<Tie>]> {
        (!self.ties.is_empty()).then_some(self.ties.as_slice())
    }

    /// Number of players.
    pub fn players(&self) -> usize {
        self.offers.len()
    }

    /// Number of profiles.
    pub fn profiles(&self) -> usize {
        self.payoffs.len() / self.players()
    }

    /// Number of settings of player `j`.
    pub fn size(&self, j: usize) -> usize {
        self.offers[j].len()
    }

    /// What one setting more of player `j` adds to a profile's number.
    pub fn stride(&self, j: usize) -> usize {
        self.strides[j]
    }

    /// The setting of player `j` in a profile.
    pub fn setting(&self, profile: usize, j: usize) -> usize {
        profile / self.strides[j] % self.size(j)
    }

    /// The profile that differs from `profile` in that player `j` plays `setting`.
    pub fn with(&self, profile: usize, j: usize, setting: usize) -> usize {
        profile - self.setting(profile, j) * self.strides[j] + setting * self.strides[j]
    }

    /// The offer of player `j` in a profile.
    pub fn offer(&self, profile: usize, j: usize) -> f64 {
        self.offers[j][self.setting(profile, j)]
    }

    /// Expected payoff of player `j` at a profile.
    pub fn payoff(&self, profile: usize, j: usize) -> f64 {
        self.payoffs[profile * self.players() + j]
    }

    /// What all players earn together at a profile.
    pub fn joint(&self, profile: usize) -> f64 {
        self.payoffs[profile * self.players()..(profile + 1) * self.players()].iter().sum()
    }

    /// The setting of player `j` that earns most against the others' in `profile`; the lowest of equals.
    pub fn best_response(&self, profile: usize, j: usize) -> usize {
        let payoff = |setting: usize| self.payoff(self.with(profile, j, setting), j);
        (0..self.size(j)).fold(0, |best, a| if payoff(a) > payoff(best) { a } else { best })
    }

    /// The highest payoff of player `j` anywhere.
    pub fn highest(&self, j: usize) -> f64 {
        (0..self.profiles()).map(|profile| self.payoff(profile, j)).fold(f64::NEG_INFINITY, f64::max)
    }

    /// What each setting of player `j` earns on average against rivals who choose uniformly.
    pub fn against_random(&self, j: usize) -> Vec<f64> {
        let mut sums = vec![0.0; self.size(j)];
        for profile in 0..self.profiles() {
            sums[self.setting(profile, j)] += self.payoff(profile, j);
        }
        let each = self.size(j) as f64 / self.profiles() as f64;
        sums.iter().map(|sum| sum * each).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_numbered_and_payoffs_found() {
        let offers = vec![vec![0.0, 1.0], vec![5.0, 6.0, 7.0], vec![2.0, 3.0]];
        let stage = Stage::new(offers, |settings, out| {
            out.copy_from_slice(&[settings[0] as f64, settings[1] as f64 * 10.0, settings[2] as f64 * 100.0]);
        })
        .unwrap();
        assert_eq!((stage.players(), stage.profiles()), (3, 12));
        let profile = stage.stride(0) + 2 * stage.stride(1) + stage.stride(2);
        assert_eq!(profile, 11);
        assert_eq!((0..3).map(|j| stage.payoff(profile, j)).collect::<Vec<_>>(), [1.0, 20.0, 100.0]);
        assert_eq!((0..3).map(|j| stage.offer(profile, j)).collect::<Vec<_>>(), [1.0, 7.0, 3.0]);
        assert_eq!(stage.joint(profile), 121.0);
        let moved = stage.with(profile, 1, 0);
        assert_eq!((stage.setting(moved, 0), stage.setting(moved, 1), stage.setting(moved, 2)), (1, 0, 1));
        assert_eq!(stage.best_response(moved, 1), 2);
        assert_eq!(stage.against_random(1), [0.0, 10.0, 20.0]);
        assert_eq!(stage.highest(2), 100.0);
    }

    #[test]
    fn games_that_are_too_large_are_refused() {
        let menu = vec![0.0; 50];
        let refused = Stage::new(vec![menu; 5], |_, _| {}).unwrap_err();
        assert!(refused.contains("5 players with up to 50 settings"), "{refused}");
    }
}
