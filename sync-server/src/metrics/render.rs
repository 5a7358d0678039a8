//! The metrics in Prometheus' text format.

use std::fmt::Write;
use std::sync::PoisonError;

use sqlx::{AnyConnection, Row};

use crate::http::state::AppState;
use crate::store::StoreError;

/// All metrics, read now.
pub(super) async fn render(state: &AppState) -> Result<String, StoreError> {
    let mut out = String::new();
    requests(&mut out, state);
    let mut conn = state.store.read().await?;
    ledger(&mut out, &mut conn).await?;
    state.metrics.flow.look(&mut conn, state.clock.now()).await?;
    state.metrics.flow.write(&mut out).await;
    let states = "select case when revoked_at is null then 'in-use' else 'revoked' end as a, count(*) as n from terminal \
                  group by case when revoked_at is null then 'in-use' else 'revoked' end";
    head(&mut out, "tallyman_terminals", "gauge", "Enrolled terminals, by state.");
    for row in sqlx::query(states).fetch_all(&mut *conn).await? {
        let (state, count): (String, i64) = (row.try_get("a")?, row.try_get("n")?);
        let _ = writeln!(out, "tallyman_terminals{{state=\"{state}\"}} {count}");
    }
    let open = "select kind, severity, workflow, count(*) as n from mismatch where state in ('provisional', 'confirmed') \
                group by kind, severity, workflow order by kind, severity, workflow";
    let by_state = "select kind, state, count(*) as n from mismatch group by kind, state order by kind, state";
    head(&mut out, "tallyman_mismatches", "gauge", "Mismatches ever raised, by kind and state now.");
    for row in sqlx::query(by_state).fetch_all(&mut *conn).await? {
        let (kind, state): (String, String) = (row.try_get("kind")?, row.try_get("state")?);
        let count: i64 = row.try_get("n")?;
        let _ = writeln!(out, "tallyman_mismatches{{kind=\"{kind}\",state=\"{state}\"}} {count}");
    }
    head(&mut out, "tallyman_mismatches_open", "gauge", "Mismatches that stand, by kind, severity and stage.");
    for row in sqlx::query(open).fetch_all(&mut *conn).await? {
        let (kind, severity): (String, String) = (row.try_get("kind")?, row.try_get("severity")?);
        let (stage, count): (String, i64) = (row.try_get("workflow")?, row.try_get("n")?);
        let labels = format!("kind=\"{kind}\",severity=\"{severity}\",workflow=\"{stage}\"");
        let _ = writeln!(out, "tallyman_mismatches_open{{{labels}}} {count}");
    }
    Ok(out)
}

fn requests(out: &mut String, state: &AppState) {
    let counts = &state.metrics;
    head(out, "tallyman_requests_total", "counter", "Answers to terminals, by route and status.");
    for ((route, status), count) in &*counts.answers.lock().unwrap_or_else(PoisonError::into_inner) {
        let _ = writeln!(out, "tallyman_requests_total{{route=\"{route}\",status=\"{status}\"}} {count}");
    }
    head(out, "tallyman_refusals_total", "counter", "Refusals to terminals, by their word.");
    for (word, count) in &*counts.refusals.lock().unwrap_or_else(PoisonError::into_inner) {
        let _ = writeln!(out, "tallyman_refusals_total{{code=\"{word}\"}} {count}");
    }
    head(out, "tallyman_rate_limited_total", "counter", "Requests beyond what one may ask, by who asked.");
    for (of, count) in state.rates.refused() {
        let _ = writeln!(out, "tallyman_rate_limited_total{{of=\"{of}\"}} {count}");
    }
    head(out, "tallyman_request_seconds", "histogram", "Time to answer a push and a pull.");
    counts.push.write(out, "tallyman_request_seconds", "route=\"push\"");
    counts.pull.write(out, "tallyman_request_seconds", "route=\"pull\"");
    counts.batches.write(out);
    let (waiting, bytes_max) = state.intake.waiting_bytes();
    gauge(out, "tallyman_inbox_bytes", "Bytes that batches take while they wait to be taken in.", waiting);
    gauge(out, "tallyman_inbox_bytes_max", "Bytes that may wait.", bytes_max);
    let (all, idle) = state.store.connections();
    gauge(out, "tallyman_database_connections", "Connections to the database.", all);
    gauge(out, "tallyman_database_connections_idle", "Connections that have nothing to do.", idle);
    if let Some(bytes) = resident_bytes() {
        gauge(out, "process_resident_memory_bytes", "Memory of the process.", bytes);
    }
}

async fn ledger(out: &mut String, conn: &mut AnyConnection) -> Result<(), StoreError> {
    const COUNTS: [(&str, &str, &str); 6] = [
        (
            "tallyman_events_total",
            "Events in terminals' chains.",
            "select coalesce(cast(sum(next_seq) as bigint), 0) as n from head",
        ),
        (
            "tallyman_ledger_entries_total",
            "Entries of the ledger: batches, evidence, admissions, restores, checkpoints.",
            "select coalesce(max(entry), 0) as n from ledger_entry",
        ),
        (
            "tallyman_unjudged_events",
            "Events stored and not judged yet.",
            "select coalesce(cast(sum(last_seq - first_seq + 1) as bigint), 0) as n from unjudged",
        ),
        (
            "tallyman_quarantine_open",
            "Pieces of evidence that nobody settled.",
            "select count(*) as n from quarantine where settled is null",
        ),
        (
            "tallyman_quarantine_bytes",
            "Bytes of the evidence that nobody settled.",
            "select coalesce(cast(sum(length(body)) as bigint), 0) as n from quarantine where settled is null",
        ),
        ("tallyman_position", "The ledger's position.", "select position as n from ledger"),
    ];
    for (name, told, sql) in COUNTS {
        let row = sqlx::query(sql).fetch_one(&mut *conn).await?;
        let kind = if name.ends_with("_total") { "counter" } else { "gauge" };
        head(out, name, kind, told);
        let _ = writeln!(out, "{name} {}", row.try_get::<i64, _>("n")?);
    }
    Ok(())
}

pub(super) fn head(out: &mut String, name: &str, kind: &str, told: &str) {
    let _ = writeln!(out, "# HELP {name} {told}\n# TYPE {name} {kind}");
}

pub(super) fn gauge(out: &mut String, name: &str, told: &str, value: impl std::fmt::Display) {
    head(out, name, "gauge", told);
    let _ = writeln!(out, "{name} {value}");
}

/// Memory of this process, where the system tells it (Linux).
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1_024)
}
