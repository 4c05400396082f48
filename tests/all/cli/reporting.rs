//! `report DIR`, and the options of figures.

use crate::program::Folder;

#[test]
fn a_report_is_written_at_the_end_of_a_run_and_again_from_the_store_alone() {
    let folder = Folder::with_pngs();
    let ended = folder.run(&["run", "tiny.toml"]).with(0);
    assert!(ended.out.contains("output/tiny/report.html"), "{ended:?}");
    let page = folder.text("output/tiny/report.html");
    let written: Vec<_> = folder
        .snapshot()
        .into_iter()
        .filter(|(path, _)| {
            let inside = |name: &str| path.parent().is_some_and(|p| p.ends_with(name));
            let report = path.file_name().is_some_and(|n| n == "report.md" || n == "report.html");
            report || inside("tables") || inside("charts")
        })
        .collect();
    assert!(written.len() > 15, "{}", written.len());
    for (path, _) in &written {
        std::fs::remove_file(path).unwrap();
    }
    std::fs::remove_file(folder.path("tiny.toml")).unwrap();
    std::fs::remove_file(folder.path("output/tiny/experiment.toml")).unwrap();
    let again = folder.run(&["report", "output/tiny", "--json"]).with(0).json();
    assert!(again["files"].as_array().unwrap().iter().any(|f| f == "output/tiny/report.html"));
    for (path, bytes) in written {
        assert!(std::fs::read(&path).ok() == bytes, "{}", path.display());
    }
    // Without a manifest the report says so, and stands all the same.
    std::fs::remove_file(folder.path("output/tiny/manifest.json")).unwrap();
    folder.run(&["report", "output/tiny", "--quiet"]).with(0);
    let without = folder.text("output/tiny/report.html");
    assert!(without.contains("manifest.json") && without != page);
    assert!(!folder.text("output/tiny/tables/differences.tex").contains("$^{*"));
    folder.run(&["report", "output/tiny", "--stars", "--quiet"]).with(0);
    assert!(folder.text("output/tiny/tables/differences.tex").contains("p<.001"));
    folder.run(&["report", "nowhere"]).with(2).says("nowhere");
}

/// Width of a PNG in dots.
fn dots(png: &[u8]) -> u32 {
    u32::from_be_bytes([png[16], png[17], png[18], png[19]])
}

#[test]
fn figures_have_the_size_theme_and_files_that_are_asked_for() {
    let folder = Folder::with_pngs();
    folder.run(&["run", "tiny.toml", "--size", "single"]).with(0);
    let png = || folder.bytes("output/tiny/charts/surplus.png");
    let first = png();
    assert_eq!(dots(&first), 1050);
    folder.run(&["plot", "output/tiny", "--scale", "2"]).with(0);
    assert_eq!(dots(&png()), 4320);
    folder.run(&["plot", "output/tiny", "--size", "single", "--theme", "dark"]).with(0);
    assert_eq!(dots(&png()), 1050);
    assert_ne!(png(), first);
    folder.run(&["plot", "output/tiny", "--size", "single"]).with(0);
    assert_eq!(png(), first);
    // Without PNGs texts refer to SVGs, and none is left that does not show the data.
    folder.run(&["report", "output/tiny", "--no-png"]).with(0);
    assert!(!folder.path("output/tiny/charts/surplus.png").exists());
    let report = folder.text("output/tiny/report.md");
    assert!(report.contains("(charts/surplus.svg)") && !report.contains(".png"));
    folder.run(&["plot", "output/tiny", "--no-png", "--scale", "2"]).with(2).says("--scale");
    folder.run(&["plot", "output/tiny", "--bare"]).with(0);
    assert!(!folder.text("output/tiny/charts/surplus.svg").contains("\nWho gets the value"));
    folder.run(&["plot", "output/tiny", "--theme", "sepia"]).with(2).says("paper");
    let pdf = folder.path("output/tiny/charts/surplus.pdf");
    let asked = folder.run(&["plot", "output/tiny", "--pdf"]);
    if cfg!(feature = "pdf") {
        asked.with(0);
        assert!(std::fs::read(pdf).unwrap().starts_with(b"%PDF-"));
    } else {
        asked.with(2).says("--features pdf");
        assert!(!pdf.exists());
    }
}

#[test]
fn listed_charts_are_drawn_from_the_store_without_running_again() {
    let folder = Folder::with_pngs();
    folder.run(&["run", "tiny.toml", "--quiet"]).with(0);
    let results = folder.bytes("output/tiny/results.csv");
    let text = folder.text("tiny.toml");
    let charts = "\n[[charts]]\nkind = \"distribution\"\nname = \"prices\"\nmetrics = [\"revenue\"]\ntitle = \"Revenue\"\n";
    std::fs::write(folder.path("tiny.toml"), text + charts).unwrap();
    folder.run(&["run", "tiny.toml"]).with(0);
    assert_eq!(folder.bytes("output/tiny/results.csv"), results);
    let manifest: serde_json::Value =
        serde_json::from_slice(&folder.bytes("output/tiny/manifest.json")).unwrap();
    assert_eq!(manifest["units"]["reused"], 6);
    assert!(folder.text("output/tiny/charts/prices.svg").contains("\nRevenue\n"));
    assert!(!folder.path("output/tiny/charts/distribution.svg").exists());
    assert!(folder.text("output/tiny/report.md").contains("(charts/prices.png)"));
    // `plot` draws what the run's own file asked for, or what another asks for by now.
    let edited = folder.text("tiny.toml").replace("name = \"prices\"", "name = \"dark\"\ntheme = \"dark\"");
    std::fs::write(folder.path("edited.toml"), edited).unwrap();
    folder.run(&["plot", "output/tiny", "--quiet"]).with(0);
    assert!(folder.path("output/tiny/charts/prices.svg").exists());
    folder.run(&["plot", "output/tiny", "--charts", "edited.toml", "--quiet"]).with(0);
    assert!(!folder.path("output/tiny/charts/prices.svg").exists());
    assert!(folder.text("output/tiny/charts/dark.svg").contains("#16181C"));
    assert!(folder.text("output/tiny/charts/surplus.svg").contains("fill=\"#FFFFFF\""));
    std::fs::write(folder.path("wrong.toml"), "[[charts]]\nkind = \"surpuls\"\n[whatever]\nx = 1\n").unwrap();
    let refused = folder.run(&["plot", "output/tiny", "--charts", "wrong.toml"]).with(2);
    refused.says("surplus");
    folder.run(&["plot", "output/tiny", "--charts", "none.toml"]).with(2).says("none.toml");
    // A file that asks for nothing is taken for a slip of the pen.
    std::fs::write(folder.path("chart.toml"), "[[chart]]\nkind = \"surplus\"\n").unwrap();
    folder.run(&["plot", "output/tiny", "--charts", "chart.toml"]).with(2).says("did you mean `charts`");
}
