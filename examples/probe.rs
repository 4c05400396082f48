use sequencer_lab::cli::library::Files;
use sequencer_lab::experiment::file::Experiment;
use sequencer_lab::experiment::simulate::simulate;
use sequencer_lab::settings::Document;
fn main() {
    let mut args = std::env::args().skip(1);
    let path = args.next().unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let mut doc = Document::parse(&path, &text).unwrap();
    let mut reps = 8;
    let mut verbose = false;
    for a in args {
        if a == "-v" { verbose = true; continue; }
        let (k, v) = a.split_once('=').unwrap();
        if k == "reps" { reps = v.parse().unwrap(); continue; }
        doc.set(k, v).unwrap_or_else(|e| panic!("{e}"));
    }
    let exp = match Experiment::read(doc, &Files::beside(std::path::Path::new(&path))) { Ok(e) => e, Err(e) => { eprintln!("{e}"); std::process::exit(2) } };
    for c in &exp.contenders {
        let t = std::time::Instant::now();
        let outs: Vec<_> = (0..reps).map(|r| simulate(&c.rule, &exp.setting, &c.terms, &exp.play, exp.seed, r).unwrap()).collect();
        let dt = t.elapsed().as_secs_f64() / f64::from(reps);
        println!("== {} {dt:.3}s/unit", c.name);
        for (k, (key, _)) in outs[0].metrics.iter().enumerate() {
            let xs: Vec<f64> = outs.iter().map(|o| o.metrics[k].1).collect();
            let m = xs.iter().sum::<f64>() / xs.len() as f64;
            let v = xs.iter().map(|x| (x - m) * (x - m)).sum::<f64>() / (xs.len() as f64 - 1.0);
            println!("{key:24} {m:12.6} se {:.6}", (v / xs.len() as f64).sqrt());
        }
        if verbose {
            for cu in &outs[0].curves { if cu.name.starts_with("offer") { println!("{} {}: {:?}", cu.name, cu.agent, cu.points.iter().map(|p| format!("{:.3}:{:.3}", p.0, p.1 )).collect::<Vec<_>>()); } 
              if cu.name.starts_with("learning") { println!("{} {}: {:?}", cu.name, cu.agent, cu.points.iter().map(|p| format!("{}:{:.4}", p.0, p.1)).collect::<Vec<_>>()); } }
            for p in outs[0].policies.iter().filter(|p| p.probability > 0.01) { println!("{} {:.3} {:?} {:.3}", p.agent, p.state, p.action, p.probability); }
        }
    }
}
