//! `bench decode | frame | formats`: measures capture. `cargo xtask bench …` builds it for speed and runs it.

use std::process::ExitCode;

use bench::contender::Name;
use bench::{decode, formats, frame, worker};
use clap::{Parser, Subcommand};
use serde::Serialize;

/// Measures capture against other decoders, on the same pictures in the same run.
///
/// Times are CPU times of the contender's process in ms. Human text goes to stderr; exit code 0 measured, 2 wrong use.
#[derive(Parser)]
#[command(name = "bench", version)]
struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Who reads what of pictures with known texts, what is wrong, what it costs.
    #[command(after_long_help = DECODE_KEYS)]
    Decode {
        #[command(flatten)]
        options: decode::Options,
        /// One JSON object on stdout, nothing else there.
        #[arg(long)]
        json: bool,
    },
    /// Labels read in synthetic warehouse frames, and the time it takes.
    #[command(after_long_help = FRAME_KEYS)]
    Frame {
        #[command(flatten)]
        options: frame::Options,
        /// One JSON object on stdout, nothing else there.
        #[arg(long)]
        json: bool,
    },
    /// What it costs to get luma out of a camera's bytes.
    #[command(after_long_help = FORMATS_KEYS)]
    Formats {
        #[command(flatten)]
        options: formats::Options,
        /// One JSON object on stdout, nothing else there.
        #[arg(long)]
        json: bool,
    },
    /// Serves as one contender; `bench` starts these itself.
    #[command(hide = true)]
    Worker { name: Name },
}

const DECODE_KEYS: &str = "\
JSON keys: all_right_percent, any_right_percent, wrong_texts, wrong_texts_alone, longest_ms (ours); zxing_cpp_all_right_percent;
sets_below_zxing_cpp; pictures_measured {all, with_codes, without_codes, unknown, disputed}; contenders {ours, ours_pure,
zxing_cpp, rqrr, rxing, zbar: null, or {settings, of, all_right, any_right, …_percent, strict, wrong_texts,
wrong_texts_without_code, wrong_texts_alone, wrong, by_set, by_size, cpu_ms, wall_ms, cpu_ms_by_size, crashed, timed_out}}; absent {name: why};
cpu_ratio_to_ours; only_zxing_cpp, only_ours, nobody (file names, all codes right); stalls; unusable; guard_s; machine;
with --pictures: pictures. docs/capture.md says what each means.";

const FRAME_KEYS: &str = "\
JSON keys: share_1080p_10_labels, share_1080p_30_labels, share_4k_60_labels, share_1080p_30_labels_over_frames (percent,
ours); share_1080p_30_labels_zxing_cpp; median_ms_1080p_1_label, median_ms_1080p_30_labels;
share_1080p_frames_within_100_ms, share_1080p_followed_frames_within_100_ms, frames_1080p; wrong_texts; cells [{size, labels, frames, contenders {name: {frames, share, wrong_texts, cpu_ms,
wall_ms, share_over_frames, sequence_cpu_ms, against_zxing_cpp, cut, crashes, timeouts}}}]; absent; profile, seeds, frames_per_scene,
guard_s, budget_s; stalls [{name, size, cpu_ms, timed_out}]; settings; machine. docs/capture.md says what each means.";

const FORMATS_KEYS: &str = "\
JSON keys: yuyv_to_luma_ms, yuyv_copy_ms, mjpeg_to_luma_ms, mjpeg_zune_luma_ms, mjpeg_ratio, mjpeg_copy_ms, yuyv_bytes,
mjpeg_bytes, width, height, rounds, machine. Times are thread-CPU ms {count, mean, p50, p95, p99, p999, max}.";

fn main() -> ExitCode {
    match Args::parse().what {
        What::Decode { options, json } => finish(decode::run(&options), json, decode::print),
        What::Frame { options, json } => finish(frame::run(&options), json, frame::print),
        What::Formats { options, json } => finish(formats::run(&options), json, formats::print),
        What::Worker { name } => match worker::serve(name) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("bench: the connection of worker {} broke: {error}", name.key());
                ExitCode::FAILURE
            }
        },
    }
}

/// Tables on stderr; one object on stdout if asked for.
fn finish<R: Serialize, E: std::fmt::Display>(done: Result<R, E>, json: bool, print: fn(&R)) -> ExitCode {
    let report = match done {
        Ok(report) => report,
        Err(why) => {
            eprintln!("bench: {why}");
            return ExitCode::from(2);
        }
    };
    print(&report);
    if json {
        match serde_json::to_string(&report) {
            Ok(text) => println!("{text}"),
            Err(error) => {
                eprintln!("bench: the report cannot be written as JSON: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
