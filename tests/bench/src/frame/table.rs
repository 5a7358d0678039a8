//! `bench frame` for people.

use super::report::{CellReport, Figures, Report};

/// Writes the tables to stderr.
pub fn print(report: &Report) {
    let [from, to] = report.seeds;
    eprintln!(
        "\nprofile {}, scenes {from}..{to}, {} frames each, one frame at a time unless said",
        report.profile, report.frames_per_scene
    );
    eprintln!("{}", report.machine.line());
    for cell in &report.cells {
        table(cell, report.frames_per_scene);
    }
    eprintln!("\nPictures without a code that stall decoders, CPU ms:");
    for stall in &report.stalls {
        eprintln!("  {:<9}{:<11}{:?}, stopped: {:?}", stall.name, stall.size, stall.cpu_ms, stall.timed_out);
    }
    for (key, why) in &report.absent {
        eprintln!("{key} absent: {why}");
    }
    let share = report.share_1080p_frames_within_100_ms.map_or("-".to_owned(), |share| format!("{share:.3} %"));
    eprintln!(
        "\nours: {share} of {} 1080p frames within 100 ms; {} wrong texts",
        report.frames_1080p, report.wrong_texts
    );
}

fn table(cell: &CellReport, frames: usize) {
    eprintln!(
        "\n{:<24}{:>8}{:>10}{:>14}{:>7}{:>9}{:>9}{:>9}{:>9}{:>16}{:>14}",
        format!("{}, {} labels", cell.size, cell.labels),
        "frames",
        "read",
        format!("over {frames}"),
        "wrong",
        "p50 ms",
        "p99",
        "p99.9",
        "max",
        "labels/zxing's",
        "ms/zxing's"
    );
    for (key, figures) in cell.contenders.iter().filter_map(|(key, figures)| Some((*key, figures.as_ref()?))) {
        row(key, figures);
    }
}

fn row(key: &str, figures: &Figures) {
    let share = |share: Option<f64>| share.map_or("-".to_owned(), |share| format!("{share:.2} %"));
    let ratio = |ratio: Option<f64>| ratio.map_or("-".to_owned(), |ratio| format!("{ratio:.2}"));
    let ms = |pick: fn(&crate::measure::Spread) -> f64| figures.cpu_ms.as_ref().map_or(0.0, pick);
    let against = figures.against_zxing_cpp;
    eprintln!(
        "{:<24}{:>8}{:>10}{:>14}{:>7}{:>9.1}{:>9.1}{:>9.1}{:>9.1}{:>16}{:>14}",
        format!("  {key}{}", if figures.cut { " (cut)" } else { "" }),
        figures.frames,
        share(figures.share),
        share(figures.share_over_frames),
        figures.wrong_texts,
        ms(|ms| ms.p50),
        ms(|ms| ms.p99),
        ms(|ms| ms.p999),
        ms(|ms| ms.max),
        ratio(against.and_then(|against| against.labels_ratio)),
        ratio(against.and_then(|against| against.cpu_p50_ratio))
    );
    if let Some(followed) = figures.sequence_cpu_ms {
        eprintln!(
            "{:<24}{:>48}{:>9.1}{:>9.1}{:>9.1}",
            "    as followed", followed.p50, followed.p99, followed.p999, followed.max
        );
    }
    if figures.crashes + figures.timeouts > 0 {
        eprintln!("    {} frames crashed it, {} were stopped by the guard", figures.crashes, figures.timeouts);
    }
}
