//! A histogram of times, as Prometheus reads it.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper ends of the buckets, in milliseconds.
const ENDS_MS: [u64; 11] = [1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 10_000];

/// Times, counted in buckets.
#[derive(Debug, Default)]
pub struct Histogram {
    buckets: [AtomicU64; ENDS_MS.len()],
    count: AtomicU64,
    sum_us: AtomicU64,
}

impl Histogram {
    /// One more.
    pub fn add(&self, took: Duration) {
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        if let Some(bucket) = ENDS_MS.iter().position(|end| us <= end * 1_000) {
            self.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        }
        self.count.fetch_add(1, Ordering::Relaxed);
        self.sum_us.fetch_add(us, Ordering::Relaxed);
    }

    /// Writes the lines of one series; `labels` without braces, or none.
    pub fn write(&self, out: &mut String, name: &str, labels: &str) {
        let (mut below, comma) = (0, if labels.is_empty() { "" } else { "," });
        for (end_ms, bucket) in ENDS_MS.iter().zip(&self.buckets) {
            below += bucket.load(Ordering::Relaxed);
            let end = format!("{}.{:03}", end_ms / 1_000, end_ms % 1_000);
            let _ = writeln!(out, "{name}_bucket{{{labels}{comma}le=\"{end}\"}} {below}");
        }
        let (count, sum_us) = (self.count.load(Ordering::Relaxed), self.sum_us.load(Ordering::Relaxed));
        let _ = writeln!(out, "{name}_bucket{{{labels}{comma}le=\"+Inf\"}} {count}");
        let labels = if labels.is_empty() { String::new() } else { format!("{{{labels}}}") };
        let _ = writeln!(out, "{name}_sum{labels} {}.{:06}", sum_us / 1_000_000, sum_us % 1_000_000);
        let _ = writeln!(out, "{name}_count{labels} {count}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_hold_all_that_is_shorter() {
        let histogram = Histogram::default();
        for ms in [1, 7, 7, 30_000] {
            histogram.add(Duration::from_millis(ms));
        }
        let mut out = String::new();
        histogram.write(&mut out, "t", "a=\"b\"");
        let mut bare = String::new();
        histogram.write(&mut bare, "t", "");
        assert!(bare.contains("t_bucket{le=\"0.001\"} 1\n") && bare.contains("t_count 4\n"), "{bare}");
        assert!(out.contains("t_bucket{a=\"b\",le=\"0.001\"} 1\n"), "{out}");
        assert!(out.contains("t_bucket{a=\"b\",le=\"0.010\"} 3\n"), "{out}");
        assert!(out.contains("t_bucket{a=\"b\",le=\"10.000\"} 3\n"), "{out}");
        assert!(out.contains("t_bucket{a=\"b\",le=\"+Inf\"} 4\n"), "{out}");
        assert!(out.contains("t_sum{a=\"b\"} 30.015000\n") && out.contains("t_count{a=\"b\"} 4\n"), "{out}");
    }
}
