//! `bench decode` for people.

use super::report::Report;
use super::row::SizeClass;
use super::tally::Tally;

/// Writes the tables to stderr.
pub fn print(report: &Report) {
    let known = &report.pictures_measured;
    eprintln!(
        "\n{} pictures: {} with known codes, {} without a code, {} unknown, {} disputed; {} could not be used",
        known.all,
        known.with_codes,
        known.without_codes,
        known.unknown,
        known.disputed.len(),
        report.unusable.len()
    );
    eprintln!("{}\n", report.machine.line());
    let present = || report.contenders.iter().filter_map(|(key, tally)| Some((*key, tally.as_ref()?)));
    eprintln!(
        "{:<11}{:>10}{:>10}{:>12}{:>7}{:>7}{:>9}{:>9}{:>9}{:>10}{:>9}{:>9}",
        "",
        "all right",
        "any right",
        "byte-equal",
        "wrong",
        "alone",
        "p50 ms",
        "p95",
        "p99",
        "max",
        "crashed",
        "stopped"
    );
    for (key, tally) in present() {
        row(key, tally);
    }
    for (key, why) in &report.absent {
        eprintln!("{key:<11}absent: {why}");
    }
    eprintln!("\nCPU ms by size: p50 / p95 / p99 / max");
    for (key, tally) in present() {
        let cells = SizeClass::ALL.map(|size| {
            let spread = tally.cpu_ms_by_size[size.key()];
            let shown = spread
                .map_or("-".to_owned(), |ms| format!("{:.1} / {:.1} / {:.1} / {:.0}", ms.p50, ms.p95, ms.p99, ms.max));
            format!("{}: {shown}", size.key())
        });
        eprintln!("{key:<11}{}", cells.join("   "));
    }
    sets(report);
    list("zxing-cpp reads, we do not", &report.only_zxing_cpp);
    list("we read, zxing-cpp does not", &report.only_ours);
    list("nobody reads", &report.nobody);
    for (key, tally) in present() {
        for wrong in &tally.wrong {
            eprintln!("wrong, {key}: {} {:?}, also read by {:?}", wrong.file, wrong.text, wrong.also_read_by);
        }
    }
    eprintln!("\nWhat costs rqrr most, CPU ms:");
    for stall in &report.stalls {
        eprintln!("  {} ({} MP): {:?}", stall.file, stall.megapixels, stall.cpu_ms);
    }
    for one in &report.unusable {
        eprintln!("not used: {}: {}", one.path, one.error);
    }
}

fn row(key: &str, tally: &Tally) {
    let share = |percent: Option<f64>| percent.map_or("-".to_owned(), |percent| format!("{percent:.1} %"));
    let ms = |pick: fn(&crate::measure::Spread) -> f64| tally.cpu_ms.as_ref().map_or(0.0, pick);
    eprintln!(
        "{key:<11}{:>10}{:>10}{:>12}{:>7}{:>7}{:>9.1}{:>9.1}{:>9.1}{:>10.0}{:>9}{:>9}",
        share(tally.rate.all_right_percent),
        share(tally.rate.any_right_percent),
        share(tally.strict.rate.all_right_percent),
        tally.wrong_texts,
        tally.wrong_texts_alone,
        ms(|ms| ms.p50),
        ms(|ms| ms.p95),
        ms(|ms| ms.p99),
        ms(|ms| ms.max),
        tally.crashed.len(),
        tally.timed_out.len()
    );
}

fn sets(report: &Report) {
    let present: Vec<(&str, &Tally)> =
        report.contenders.iter().filter_map(|(key, tally)| Some((*key, tally.as_ref()?))).collect();
    let Some((_, first)) = present.first() else { return };
    let heads: Vec<String> = present.iter().map(|(key, _)| format!("{key:>11}")).collect();
    eprintln!("\n{:<32}{:>6}{}", "all codes right, by set", "of", heads.concat());
    for (set, rate) in &first.by_set {
        let cells: Vec<String> =
            present.iter().map(|(_, tally)| format!("{:>11}", tally.by_set[set].all_right)).collect();
        eprintln!("{set:<32}{:>6}{}", rate.of, cells.concat());
    }
}

fn list(title: &str, names: &[String]) {
    eprintln!("\n{title}: {}", names.len());
    for name in names {
        eprintln!("  {name}");
    }
}
