//! How often do intervals of sensitivity indices cover the analytic values? `cargo bench --bench sensitivity`.
//!
//! Ishigami's function and Sobol's g, rows of several numbers, [`STUDIES`] independent studies each; share of 95% intervals that
//! cover, mean over indices of a kind, and the lowest of any index. Then a function with luck in it, the share of intervals of the
//! luck's indices that cover.

use sequencer_lab::draws::{Key, Purpose, Who};
use sequencer_lab::measure::sensitivity::Interval;
use sequencer_lab::measure::sensitivity::functions::Function;
use sequencer_lab::measure::sensitivity::indices::{Rows, Swapped, evaluate};
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
    // y = 2x + world + ½ learning·x, all centred: variances 1/3, 1 and 1/4 · 1/12 of x by luck of learning and 1/16 of that alone.
    println!("with luck: parameter, world, learning");
    for rows in [32, 128] {
        let [mut first, mut total] = [const { Coverage(Vec::new()) }; 2];
        let of_x = 4.0 / 12.0;
        let (world, learning, joint) = (1.0, 1.0 / 16.0, 1.0 / 48.0);
        let all = of_x + world + learning + joint;
        for seed in 0..STUDIES {
            let found = lucky(rows, seed).indices(&[], seed).expect("there are rows");
            for (i, (s, t)) in
                [(of_x, of_x + joint), (world, world), (learning, learning + joint)].into_iter().enumerate()
            {
                first.note(i, found.sets[i].first, s / all);
                total.note(i, found.sets[i].total, t / all);
            }
        }
        println!("{rows:4} rows  {}  {}", first.words(), total.words());
    }
}

/// Rows of a function of one parameter and two lucks.
fn lucky(rows: u32, seed: u64) -> Rows {
    let luck = |which: u32, place: u32| {
        normal_quantile(Key::new(seed, place, which).stream(Purpose::Resample, Who::MARKET).uniform(0, 0))
    };
    let parameter = |place: u32| Key::new(seed, place, 9).stream(Purpose::Design, Who::MARKET).uniform(0, 0);
    let f = |x: u32, world: u32, learning: u32| {
        let x = parameter(x);
        2.0 * x + luck(0, world) + 0.5 * luck(1, learning) * x
    };
    let mut found = Rows { sets: vec![Swapped::default(); 3], ..Rows::default() };
    for row in 0..rows {
        let (a, b) = (2 * row, 2 * row + 1);
        found.a.push(f(a, a, a));
        found.b.push(f(b, b, b));
        for (set, (one, other)) in found.sets.iter_mut().zip([
            (f(b, a, a), f(a, b, b)),
            (f(a, b, a), f(b, a, b)),
            (f(a, a, b), f(b, b, a)),
        ]) {
            set.ab.push(one);
            set.ba.push(other);
        }
    }
    found
}
