//! How good is the search for one best setting? `cargo bench --bench reserve`.
//!
//! Reserves of second-price auctions with values of several laws, one to five bidders and ranges of two, five and ten times Myerson's reserve,
//! [`STUDIES`] studies each, of [`REPLICATES`] replicates of [`AUCTIONS`] auctions: how often the reserve is identified, how often it is then
//! within 2% of Myerson's, how often its 95% interval covers that, how often the flat region does where it is not identified, and the share of
//! Myerson's revenue, by quadrature, that the worst of the reserves found earns. Then a price that jumps, and values that leave low reserves without effect.

use sequencer_lab::draws::{Key, Purpose, Who};
use sequencer_lab::optimize::best::descent::Descent;
use sequencer_lab::optimize::best::{Scale, Seeking, Settings};
use sequencer_lab::optimize::space::Space;
use sequencer_lab::theory::auction::Auction;
use sequencer_lab::theory::reserve::myerson_reserve;
use sequencer_lab::world::distribution::Distribution;

const STUDIES: u32 = 40;
const REPLICATES: u32 = 64;
const AUCTIONS: u32 = 1600;

/// What a study found: the reserve, its interval, and whether it is identified.
type Found = (f64, [f64; 2], bool);

/// A search over reserves from nothing to `top`.
fn study(value: &dyn Fn(f64) -> f64, bidders: u32, top: f64, seed: u32) -> Found {
    // The two highest values of each auction, by replicate.
    let mut values: Vec<Vec<[f64; 2]>> = Vec::new();
    let settings = Settings {
        descent: Descent::Brent,
        minimum: 8,
        maximum: REPLICATES,
        seed: u64::from(seed),
        scales: vec![Scale::Linear(0.0, top)],
    };
    let mut seeking = Seeking::new(Space::cube(1), 0, settings);
    while let Some(request) = seeking.ask() {
        while values.len() <= request.replicate as usize {
            let own = Key::new(u64::from(seed), values.len() as u32, 0);
            let draws = own.stream(Purpose::Resample, Who::MARKET);
            let auction = |i: u32| {
                (0..bidders).fold([0.0_f64; 2], |[first, second], k| {
                    let v = value(draws.uniform(i, k));
                    if v > first { [v, first] } else { [first, second.max(v)] }
                })
            };
            values.push((0..AUCTIONS).map(auction).collect());
        }
        let reserve = top * seeking.candidates()[request.candidate].genes[0];
        let revenue = |[first, second]: &[f64; 2]| if *first >= reserve { second.max(reserve) } else { 0.0 };
        let all: f64 = values[request.replicate as usize].iter().map(revenue).sum();
        seeking.tell(request, Ok(&[-all / f64::from(AUCTIONS)]));
    }
    let found = seeking.found().expect("every reserve is feasible");
    let pinned = &found.pinned[0];
    let at = top * seeking.candidates()[found.place].genes[0];
    (at, pinned.interval.map(|x| top * x), pinned.is_identified)
}

fn words(name: &str, all: &[Found], known: f64) -> String {
    let identified: Vec<&Found> = all.iter().filter(|f| f.2).collect();
    let flat: Vec<&Found> = all.iter().filter(|f| !f.2).collect();
    let near = identified.iter().filter(|f| (f.0 / known - 1.0).abs() < 0.02).count();
    let covers = |some: &[&Found]| some.iter().filter(|f| f.1[0] <= known && known <= f.1[1]).count();
    format!(
        "{name}: {} of {} identified, {near} of them within 2%, {} cover; {} of {} flat regions cover",
        identified.len(),
        all.len(),
        covers(&identified),
        covers(&flat),
        flat.len()
    )
}

fn main() {
    let laws = [
        ("uniform on [0, 1]", Distribution::uniform(0.0, 1.0)),
        ("exponential, mean 1", Distribution::exponential(1.0)),
        ("lognormal, σ = 1", Distribution::lognormal(0.0, 1.0)),
        ("lognormal, σ = 1/2", Distribution::lognormal(0.0, 0.5)),
        ("lognormal, σ = 1/4", Distribution::lognormal(0.0, 0.25)),
    ];
    for (name, law) in laws {
        let law = law.expect("a law");
        let known = myerson_reserve(&law, 0.0);
        for bidders in [1, 2, 3, 5] {
            let revenue = |r: f64| Auction::new(law.clone(), bidders, 1).with_reserve(r).expected_revenue();
            let mut all: Vec<Found> = Vec::new();
            for times in [2.0, 5.0, 10.0] {
                all.extend(
                    (0..STUDIES).map(|seed| study(&|u| law.quantile(u), bidders, times * known, seed)),
                );
            }
            let worst = all.iter().map(|f| revenue(f.0)).fold(f64::INFINITY, f64::min) / revenue(known);
            println!(
                "{}; worst revenue {worst:.4}",
                words(&format!("{name}, {bidders} bidders"), &all, known)
            );
        }
    }
    let jump = |u: f64| if u < 0.5 { 1.0 } else { 3.0 };
    let all: Vec<Found> = (0..STUDIES).map(|seed| study(&jump, 1, 4.0, seed)).collect();
    println!("{}", words("1 or 3, 1 bidder", &all, 3.0));
    let all: Vec<Found> = (0..STUDIES).map(|seed| study(&|u| 2.0 + u, 2, 4.0, seed)).collect();
    println!("{}", words("uniform on [2, 3], 2 bidders (flat up to 2)", &all, 2.0));
}
