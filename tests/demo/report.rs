//! Planted against found, and every confirmed scan against the ledger.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use tests::server::Server;
use tests::terminal::Terminal;

use crate::planted::Named;

/// What the demo ends with; the JSON of `cargo xtask demo --headless --json`.
#[derive(Debug, Serialize)]
pub struct Report {
    planted: Vec<Named>,
    /// Live and confirmed at the end.
    found: Vec<Named>,
    provisional: Vec<Named>,
    closed: Vec<Named>,
    /// Events in the ledger.
    events: u64,
    /// Confirmed scans and terminal events that the ledger lacks.
    lost: u64,
    /// Events that the ledger holds and no terminal made.
    doubled: u64,
    faults: [&'static str; 2],
    seconds: u64,
}

/// Asks the server, and checks every chain.
pub fn report(
    server: &Server,
    terminals: &[Terminal],
    confirmed: &[(String, u64)],
    planted: &[Named],
    started: Instant,
) -> Result<Report> {
    let all = server.lines(["mismatches", "--json", "--all"])?;
    let named: Vec<Named> =
        all.into_iter().map(serde_json::from_value).collect::<Result<_, _>>().context("a mismatch without a name")?;
    let in_state = |state: &str| {
        let mut some: Vec<Named> = named.iter().filter(|named| named.state == state).cloned().collect();
        some.sort();
        some
    };
    let (held, events) = ledger(server)?;
    let mut lost = confirmed.iter().filter(|scan| !held.contains(*scan)).count() as u64;
    let mut doubled = 0;
    for terminal in terminals {
        let made = terminal.verified_events()?;
        let here = held.iter().filter(|(id, _)| *id == terminal.id).count() as u64;
        lost += made.saturating_sub(here);
        doubled += here.saturating_sub(made);
    }
    let verified = server.lines(["verify-log"])?;
    ensure!(verified[0]["ok"] == true, "the server's chains do not hold: {}", verified[0]);
    Ok(Report {
        planted: planted.to_vec(),
        found: in_state("confirmed"),
        provisional: in_state("provisional"),
        closed: in_state("closed"),
        events,
        lost,
        doubled: doubled + (events - held.len() as u64),
        faults: ["network-cut", "kill-9"],
        seconds: started.elapsed().as_secs(),
    })
}

fn ledger(server: &Server) -> Result<(BTreeSet<(String, u64)>, u64)> {
    let listed = server.lines(["events"])?;
    let key = |event: &serde_json::Value| Some((event["terminal"].as_str()?.to_owned(), event["seq"].as_u64()?));
    let held = listed.iter().map(key).collect::<Option<BTreeSet<_>>>().context("an event without a number")?;
    Ok((held, listed.len() as u64))
}

impl Report {
    /// Whether what was found is what was planted, states included, and nothing was lost or doubled.
    pub fn is_clean(&self) -> bool {
        self.all_found() == self.planted && self.lost == 0 && self.doubled == 0
    }

    fn all_found(&self) -> Vec<Named> {
        let mut all = [self.found.clone(), self.provisional.clone(), self.closed.clone()].concat();
        all.sort();
        all
    }

    /// The table for people.
    pub fn print(&self) {
        let mut rows: BTreeMap<&Named, (bool, bool)> = BTreeMap::new();
        let found = self.all_found();
        for planted in &self.planted {
            rows.entry(planted).or_default().0 = true;
        }
        for found in &found {
            rows.entry(found).or_default().1 = true;
        }
        println!(
            "\nThe faults that were planted, and what the server found; subject = what it is about, a code, a note or one of its lines:"
        );
        println!("\n{:<26} {:<12} {:<8} {:<6} subject", "kind", "state", "planted", "found");
        let mark = |is: bool| if is { "yes" } else { "-" };
        for (named, (planted, found)) in rows {
            println!(
                "{:<26} {:<12} {:<8} {:<6} {}",
                named.kind,
                named.state,
                mark(planted),
                mark(found),
                named.subject
            );
        }
        let verdict = if self.is_clean() { "found = planted" } else { "FOUND DIFFERS FROM PLANTED" };
        println!(
            "\n{verdict}; {} events, {} lost, {} doubled, through a cut network and a kill -9, in {} s",
            self.events, self.lost, self.doubled, self.seconds
        );
    }
}
