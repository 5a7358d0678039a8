//! The day: what each clerk scans, where the network is cut, where a terminal is killed.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tests::camera::photograph;
use tests::server::Server;
use tests::terminal::{TaskArgs, Terminal};
use tests::world::{Labels, UNITS_PER_CASE};

/// How often a clerk aims again at labels that were not read.
const AIMS_MAX: u64 = 6;

/// The day under way.
pub struct Day<'a> {
    pub server: &'a Server,
    pub labels: &'a Labels,
    pub folder: &'a Path,
    pub seed: u64,
    /// Every scan that a terminal confirmed: (terminal, number).
    pub confirmed: Vec<(String, u64)>,
}

const fn task<'a>(stage: &'a str, basis: &'a str, document: &'a str) -> TaskArgs<'a> {
    TaskArgs { stage, basis, document }
}

impl Day<'_> {
    /// From the factory gate to the shop counter.
    pub fn work(&mut self, [gate, hub, shop]: &[Terminal; 3]) -> Result<()> {
        eprintln!("2/6  outbound at the factory gate; kill -9 in the middle, the network cut at its end");
        gate.sync()?;
        self.outbound(gate)?;
        eprintln!("3/6  inbound at the sorting centre, before the gate's last scans are in");
        hub.sync()?;
        self.inbound(hub)?;
        self.expect_provisional()?;
        gate.cable.heal();
        gate.sync()?;
        eprintln!("4/6  sort to two retail orders");
        hub.sync()?;
        self.sort(hub)?;
        eprintln!("5/6  receipt at the shop counter");
        shop.sync()?;
        self.receipt(shop)?;
        self.frames_for_the_window()
    }

    /// What the open window's camera will see: three cases of a note that is still open, and two labels that are not its.
    fn frames_for_the_window(&self) -> Result<()> {
        let cases = &self.labels.cases;
        let texts = [&cases[7], &cases[11], &cases[12], &cases[0], &self.labels.frozen].map(Clone::clone);
        photograph(&texts, &self.folder.join("window-frames"), self.seed)
    }

    fn outbound(&mut self, gate: &Terminal) -> Result<()> {
        let labels = self.labels;
        let first = task("outbound", "HT-2031", "FH-2031");
        let mut texts = labels.cases[..7].to_vec();
        texts.extend([&labels.malformed, &labels.unknown, &labels.frozen, &labels.mint[0]].map(Clone::clone));
        let frames = self.folder.join("frames-outbound-killed");
        photograph(&texts, &frames, self.seed)?;
        let before = gate.scan_and_kill(first, &frames, 3)?;
        self.confirm(gate, &before)?;
        // The clerk starts over, not knowing what was recorded: scans said before are repeats, and count once.
        self.aim_until_read(gate, first, &texts)?;
        self.close(gate, first)?;

        let second = task("outbound", "HT-2031", "FH-2032");
        for case in [8, 9, 1, 10, 7] {
            self.aim_until_read(gate, second, &labels.cases[case..=case])?;
        }
        self.close(gate, second)?;
        let answered = gate.sync()?;
        let by_server = |document: &str| {
            let gates = answered["gates"].as_array();
            gates
                .is_some_and(|gates| gates.iter().any(|gate| gate["document"] == document && gate["position"].is_u64()))
        };
        ensure!(by_server("FH-2031") && by_server("FH-2032"), "the server did not decide on the gates: {answered}");

        gate.cable.cut();
        let third = task("outbound", "HT-2044", "FH-2044");
        self.aim_until_read(gate, third, &labels.mint)?;
        self.close(gate, third)?;
        let said = gate.sync_fails()?;
        ensure!(said.contains("wait safely on this terminal"), "a cut network was reported so: {said}");
        Ok(())
    }

    fn inbound(&mut self, hub: &Terminal) -> Result<()> {
        let labels = self.labels;
        for (basis, document, texts) in [
            ("HT-2031", "FH-2031", &labels.cases[..6]),
            ("HT-2031", "FH-2032", &labels.cases[8..11]),
            ("HT-2044", "FH-2044", &labels.mint[..]),
        ] {
            let task = task("inbound", basis, document);
            self.aim_until_read(hub, task, texts)?;
            self.close(hub, task)?;
        }
        hub.sync().map(drop)
    }

    fn sort(&mut self, hub: &Terminal) -> Result<()> {
        let units = &self.labels.units;
        let (first, second) = (task("sort", "PS-8841", "PD-8841"), task("sort", "PS-8842", "PD-8842"));
        self.aim_until_read(hub, first, &units[..UNITS_PER_CASE])?;
        // A unit that went to the first order already, among the second order's own.
        self.aim_until_read(hub, second, &units[..1])?;
        self.aim_until_read(hub, second, &units[2 * UNITS_PER_CASE..3 * UNITS_PER_CASE])?;
        self.close(hub, first)?;
        self.close(hub, second)?;
        hub.sync().map(drop)
    }

    fn receipt(&mut self, shop: &Terminal) -> Result<()> {
        let receipt = task("receipt", "PS-8841", "PD-8841");
        self.aim_until_read(shop, receipt, &self.labels.units[..UNITS_PER_CASE - 1])?;
        self.close(shop, receipt)?;
        shop.sync().map(drop)
    }

    /// Scans labels; aims again, in new frames, at those that were not read.
    fn aim_until_read(&mut self, terminal: &Terminal, task: TaskArgs<'_>, texts: &[String]) -> Result<()> {
        let frames = self.folder.join(format!("frames-{}-{}", task.stage, task.document));
        let mut unread = texts.to_vec();
        for _ in 0..AIMS_MAX {
            self.seed += 1_000;
            photograph(&unread, &frames, self.seed)?;
            let (lines, _) = terminal.scan(task, &frames, None)?;
            self.confirm(terminal, &lines)?;
            let read: BTreeSet<&str> = lines.iter().filter_map(|line| line["text"].as_str()).collect();
            unread.retain(|text| !read.contains(text.as_str()));
            if unread.is_empty() {
                return Ok(());
            }
        }
        anyhow::bail!("{} labels stayed unread after {AIMS_MAX} aims; the first is {}", unread.len(), unread[0])
    }

    fn close(&self, terminal: &Terminal, task: TaskArgs<'_>) -> Result<()> {
        let nothing = self.folder.join("no-frames");
        std::fs::create_dir_all(&nothing)?;
        terminal.scan(task, &nothing, Some("final")).map(drop)
    }

    fn confirm(&mut self, terminal: &Terminal, lines: &[Value]) -> Result<()> {
        for line in lines {
            let seq = line["seq"].as_u64().with_context(|| format!("a scan without a number: {line}"))?;
            self.confirmed.push((terminal.id.clone(), seq));
        }
        Ok(())
    }

    /// While the gate's scans are cut off, the arrival must be known as provisional; it closes by itself later.
    fn expect_provisional(&self) -> Result<()> {
        let live = self.server.lines(["mismatches", "--json"])?;
        let waiting = live.iter().any(|found| {
            found["kind"] == "inbound-without-outbound"
                && found["subject"] == "FH-2044"
                && found["state"] == "provisional"
        });
        ensure!(waiting, "FH-2044 arrived without its outbound scans, and nobody noticed");
        Ok(())
    }
}
