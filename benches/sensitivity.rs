//! How often do intervals of sensitivity indices cover the analytic values? `cargo bench --bench sensitivity`.
//!
//! Ishigami's function and Sobol's g, rows of several numbers, [`STUDIES`] independent studies each; share of 95% intervals that
//! cover, mean over indices of a kind, and the lowest of any index. Then a function of two parameters with luck in it: each factor, and
//! the groups "parameters" and "luck", of which the narrower of two intervals is taken. Last Morris screening of a curved function with
//! noise: coverage of the mean effect and of the mean square of expected effects, and how often an input that only stirs the noise is said
//! to move the output.

use sequencer_lab::draws::{Key, Purpose, Who};
use sequencer_lab::experiment::sensitivity::findings::better;
use sequencer_lab::measure::sensitivity::Interval;
use sequencer_lab::measure::sensitivity::functions::Function;
use sequencer_lab::measure::sensitivity::indices::{Rows, Swapped, evaluate};
use sequencer_lab::measure::sensitivity::positions::trajectory;
use sequencer_lab::measure::sensitivity::screening::{Effects, Screened};
use sequencer_lab::numerics::normal_quantile;

const STUDIES: u64 = 400;

/// Covered and all, by index.
#[derive(Default)]
struct Coverage(Vec<u32>);

impl Coverage {
    fn note(&mut self, index: usize, interval: Interval, truth: f64) {
        if self.0.len() <= index {
            self.0.resize(index + 1, 0);
        }
        // An index that is exactly zero in every row is known exactly.
        self.0[index] += u32::from(interval.low <= truth && truth <= interval.high);
    }

    fn words(&self) -> String {
        let rates: Vec<f64> = self.0.iter().map(|&n| f64::from(n) / STUDIES as f64).collect();
        let mean = rates.iter().sum::<f64>() / rates.len() as f64;
        format!("{mean:.3} (lowest {:.3})", rates.iter().copied().fold(1.0, f64::min))
    }
}

fn main() {
    println!("coverage of 95% intervals over {STUDIES} studies: first order, total, second order");
    for (name, function) in [("Ishigami", Function::ISHIGAMI), ("Sobol g", Function::g())] {
        let n = function.inputs();
        let pairs: Vec<(usize, usize)> = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j))).collect();
        for rows in [32, 64, 128, 512] {
            let [mut first, mut total, mut second] = [const { Coverage(Vec::new()) }; 3];
            for seed in 0..STUDIES {
                let found = evaluate(|x| function.at(x), n, rows, true, seed).indices(&pairs, seed);
                let found = found.expect("there are rows");
                for (i, index) in found.sets.iter().enumerate() {
                    first.note(i, index.first, function.first(i));
                    total.note(i, index.total, function.total(i));
                }
                for (place, &(i, j, interval)) in found.pairs.iter().enumerate() {
                    second.note(place, interval, function.second(i, j));
                }
            }
            println!("{name:9} {rows:4} rows  {}  {}  {}", first.words(), total.words(), second.words());
        }
    }
    // y = 2x₁ + x₂ + world + ½ learning·x₁: variances 1/3, 1/12, 1, and of learning 1/16 alone (the mean of x₁ is ½) and 1/48 with x₁.
    println!("with luck: first order, total of each factor; then of the groups `parameters` and `luck`");
    for rows in [32, 128] {
        let [mut first, mut total, mut group_first, mut group_total] = [const { Coverage(Vec::new()) }; 4];
        let (x, y, world, learning, joint) = (4.0 / 12.0, 1.0 / 12.0, 1.0, 1.0 / 16.0, 1.0 / 48.0);
        let all = x + y + world + learning + joint;
        let factors = [(x, x + joint), (y, y), (world, world), (learning, learning + joint)];
        let groups = [(x + y, x + y + joint), (world + learning, world + learning + joint)];
        for seed in 0..STUDIES {
            let found = lucky(rows, seed).indices(&[], seed).expect("there are rows");
            for (i, (s, t)) in factors.into_iter().enumerate() {
                first.note(i, found.sets[i].first, s / all);
                total.note(i, found.sets[i].total, t / all);
            }
            let (parameters, luck) = (&found.sets[4], &found.sets[5]);
            let taken = [better(parameters, luck), better(luck, parameters)];
            for (i, (index, (s, t))) in taken.iter().zip(groups).enumerate() {
                group_first.note(i, index.first, s / all);
                group_total.note(i, index.total, t / all);
            }
        }
        println!(
            "{rows:4} rows  {}  {}; groups {}  {}",
            first.words(),
            total.words(),
            group_first.words(),
            group_total.words()
        );
    }
    // 3x² on four levels has effects of 2 and 4: mean 3, mean square 10. The other input stirs the noise and nothing else.
    println!("Morris: mean effect, mean square of expected effects; idle input said to move the output");
    for trajectories in [16, 64] {
        let [mut mean, mut square] = [const { Coverage(Vec::new()) }; 2];
        let mut moved = 0;
        for seed in 0..STUDIES {
            let [moving, idle] = screened(trajectories, seed);
            mean.note(0, moving.mu, 3.0);
            mean.note(1, idle.mu, 0.0);
            square.note(0, moving.square, 10.0);
            square.note(1, idle.square, 0.0);
            moved += u32::from(idle.square.low > 0.0);
        }
        let rate = f64::from(moved) / STUDIES as f64;
        println!("{trajectories:4} trajectories  {}  {}; {rate:.3}", mean.words(), square.words());
    }
}

/// Effects of 3x₁² with noise of each place and luck.
fn screened(trajectories: u32, seed: u64) -> [Screened; 2] {
    let at = |x: &[f64], luck: u32| {
        let place = (3.0 * x[0]).round() as u32 * 4 + (3.0 * x[1]).round() as u32;
        let noise = Key::new(seed, luck, place).stream(Purpose::Resample, Who::MARKET).uniform(0, 0);
        3.0 * x[0] * x[0] + 0.5 * normal_quantile(noise)
    };
    let mut effects = [const { Effects { pairs: Vec::new() } }; 2];
    for number in 0..trajectories {
        let t = trajectory(seed, number, 2, 4);
        for (k, (input, size)) in t.steps.iter().enumerate() {
            let effect = |luck: u32| {
                let luck = 2 * number + luck;
                (at(&t.points[k + 1], luck) - at(&t.points[k], luck)) / size
            };
            effects[*input].pairs.push([effect(0), effect(1)]);
        }
    }
    effects.map(|effects| effects.screen(seed).expect("there are trajectories"))
}

/// Rows of a function of two parameters and two lucks: each of them, then both parameters, then both lucks.
fn lucky(rows: u32, seed: u64) -> Rows {
    let luck = |which: u32, place: u32| {
        normal_quantile(Key::new(seed, place, which).stream(Purpose::Resample, Who::MARKET).uniform(0, 0))
    };
    let parameter = |which: u32, place: u32| {
        Key::new(seed, place, 9 + which).stream(Purpose::Design, Who::MARKET).uniform(0, 0)
    };
    let f = |[x, y, world, learning]: [u32; 4]| {
        let x = parameter(0, x);
        2.0 * x + parameter(1, y) + luck(0, world) + 0.5 * luck(1, learning) * x
    };
    let sets: [&[usize]; 6] = [&[0], &[1], &[2], &[3], &[0, 1], &[2, 3]];
    let mut found = Rows { sets: vec![Swapped::default(); sets.len()], ..Rows::default() };
    for row in 0..rows {
        let (a, b) = (2 * row, 2 * row + 1);
        let exchanged = |set: &[usize], own: u32, other: u32| {
            f(std::array::from_fn(|factor| if set.contains(&factor) { other } else { own }))
        };
        found.a.push(exchanged(&[], a, b));
        found.b.push(exchanged(&[], b, a));
        for (place, set) in sets.into_iter().enumerate() {
            found.sets[place].ab.push(exchanged(set, a, b));
            found.sets[place].ba.push(exchanged(set, b, a));
        }
    }
    found
}
