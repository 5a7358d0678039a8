//! What is sent: scans of issued codes against contracts, as a factory's gate makes them, some of them faulty; signed and compressed.

use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, Result};
use ring::signature::Ed25519KeyPair;
use shared::chain::{Hash, PublicKey, epoch_hash};
use shared::code::check_digit;
use shared::event::{Act, Capture, Event, Movement, Stage};
use shared::ids::{EpochId, TerminalId};
use shared::time::Timestamp;
use shared::wire::{Batch, BatchHeader, DataAsOf, Offer, REPLY_FORM, WIRE_VERSION};
use sync_server::store::terminal::Terminal;
use tests::server::Server;
use uuid::Uuid;

/// Units of one contract by default: one pack of codes, so that what is scanned together lies together.
pub const UNITS_PER_CONTRACT: usize = 2_000;

/// Of a hundred scans so many are of a package that was scanned before.
const REPEATED_PERCENT: usize = 2;

/// And so many of a package of the contract before.
const FOREIGN_PERCENT: usize = 1;

/// One batch, ready to be sent, and its bodies.
pub struct Ready {
    /// The signed batch.
    pub batch: Batch,
    /// As it travels.
    pub compressed: Vec<u8>,
}

/// One terminal's log, written as it is sent.
pub struct Stream {
    terminal: TerminalId,
    epoch: EpochId,
    key: Ed25519KeyPair,
    number: u8,
    labels: Vec<String>,
    units_per_contract: usize,
    scanned: usize,
    next_seq: u64,
    previous_hash: Hash,
    at: Timestamp,
}

impl Stream {
    /// A terminal of its own at the maker's gate, and contracts of so many units for so many scans. `number` tells streams of one
    /// server apart.
    pub fn new(
        server: &Server,
        folder: &Path,
        number: u8,
        (scans, units_per_contract): (usize, usize),
    ) -> Result<Self> {
        let mut stream = Self::unknown(number, Vec::new(), units_per_contract)?;
        let (id, public) = (stream.terminal.to_string(), PublicKey::of(&stream.key).to_string());
        let name = format!("bench {number}");
        let who = ["--member", "M", "--site", "SZ-GATE", "--name", &name];
        server.run(["terminals", "add", "--terminal", &id, "--key", &public].into_iter().chain(who))?;
        let contracts: Vec<String> =
            (0..scans.div_ceil(units_per_contract)).map(|contract| format!("HT-{number}-{contract}")).collect();
        agree(server, folder, &contracts, units_per_contract)?;
        stream.labels.reserve(contracts.len() * units_per_contract);
        for contract in &contracts {
            stream.labels.extend(issue(server, contract, units_per_contract)?);
        }
        Ok(stream)
    }

    /// A terminal that no server knows, which scans these labels.
    pub(super) fn unknown(number: u8, labels: Vec<String>, units_per_contract: usize) -> Result<Self> {
        let terminal = TerminalId::new(Uuid::from_u128(u128::from(number) + 1));
        let epoch = EpochId::new(Uuid::from_u128(u128::from(number) + 1_000));
        let key = Ed25519KeyPair::from_seed_unchecked(&[number; 32]).ok().context("a key of 32 bytes")?;
        let previous_hash = epoch_hash(terminal, epoch);
        let at = Timestamp::from_ms(1_772_413_200_000);
        Ok(Self {
            terminal,
            epoch,
            key,
            number,
            labels,
            units_per_contract,
            scanned: 0,
            next_seq: 1,
            previous_hash,
            at,
        })
    }

    /// Its terminal, as a server that has nothing but its log knows it.
    #[must_use]
    pub fn enrolment(&self) -> Terminal {
        Terminal {
            terminal: self.terminal,
            public_key: PublicKey::of(&self.key),
            member: "M".into(),
            site: "SZ-GATE".into(),
            name: format!("bench {}", self.number),
            revoked_at: None,
            reached_at: None,
        }
    }

    /// The time of its last event.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// Its number among the streams of one server.
    #[must_use]
    pub const fn number(&self) -> u8 {
        self.number
    }

    /// The next batch of so many events.
    pub fn next(&mut self, events: usize) -> Result<Ready> {
        let first_seq = self.next_seq;
        let bodies = (0..events).map(|_| self.body()).collect::<Result<Vec<_>>>()?;
        let header = BatchHeader {
            wire: WIRE_VERSION,
            reply: REPLY_FORM,
            terminal: self.terminal,
            epoch: self.epoch,
            first_seq,
            count: 0,
            previous_hash: self.previous_hash,
            offer: Offer::New,
            pending_after: 0,
            data_as_of: DataAsOf::default(),
            app: "bench".to_owned(),
            rules: "2022-trial".to_owned(),
            sent_at: self.at,
        };
        let batch = Batch::sign(header, bodies, &self.key)?;
        self.previous_hash = batch.hashes().last().copied().unwrap_or(self.previous_hash);
        let compressed = zstd::encode_all(&*batch.to_ndjson()?, 3)?;
        Ok(Ready { batch, compressed })
    }

    fn body(&mut self) -> Result<Vec<u8>> {
        let seq = self.next_seq;
        self.next_seq += 1;
        self.at = self.at.plus_ms(1_500);
        let act = if seq == 1 { Act::EpochStarted { previous: None } } else { self.scan() };
        let event = Event {
            terminal: self.terminal,
            epoch: self.epoch,
            seq,
            event_id: None,
            at: self.at,
            mono_ms: seq * 1_500,
            boot: Uuid::from_u128(5),
            operator: Some("1024".into()),
            site: "SZ-GATE".into(),
            app: "bench".to_owned(),
            data_as_of: 0,
            act,
        };
        Ok(event.to_body()?)
    }

    fn scan(&mut self) -> Act {
        let number = self.number;
        let (mut place, percent) = (self.scanned, self.scanned % 100);
        let contract = place / self.units_per_contract;
        if percent >= 100 - REPEATED_PERCENT {
            place -= 7;
        } else if percent >= 100 - REPEATED_PERCENT - FOREIGN_PERCENT && contract > 0 {
            place -= self.units_per_contract;
        }
        self.scanned += 1;
        let movement = Movement {
            task: "t".into(),
            basis: format!("HT-{number}-{contract}").into(),
            document: format!("FH-HT-{number}-{contract}").into(),
            text: self.labels[place].clone(),
            how: Capture::Camera,
            label: None,
            frame: None,
            reason: None,
        };
        Act::scan(Stage::Outbound, movement)
    }
}

/// Members, a site, a product.
pub fn set_up(server: &Server, folder: &Path) -> Result<()> {
    let gtin = gtin();
    let files = [
        ("members.csv", "member,name,role\nM,深圳制造,maker\nW,广州批发,wholesaler\n".to_owned()),
        ("sites.csv", "site,member,name,region\nSZ-GATE,M,深圳工厂,4403\n".to_owned()),
        (
            "products.csv",
            format!("product,name,maker,registry,level,gtin,units\nPOD,原味 3%,M,complete,unit,{gtin},1\n"),
        ),
    ];
    import(server, folder, &files)
}

/// The product's GTIN.
pub(crate) fn gtin() -> String {
    let body = "0690123456789";
    format!("{body}{}", check_digit::compute(body))
}

/// Contracts and a note for each.
pub(crate) fn agree(server: &Server, folder: &Path, contracts: &[String], units: usize) -> Result<()> {
    let mut bases = "basis,kind,seller,buyer,product,units\n".to_owned();
    let mut documents = "document,basis,consignor,consignee,carrier,packing_level,product,units\n".to_owned();
    for contract in contracts {
        writeln!(bases, "{contract},contract,M,W,POD,{units}")?;
        writeln!(documents, "FH-{contract},{contract},M,W,顺达物流,unit,POD,{units}")?;
    }
    import(server, folder, &[("bases.csv", bases), ("documents.csv", documents)])
}

fn issue(server: &Server, contract: &str, units: usize) -> Result<Vec<String>> {
    let (count, pack) = (units.to_string(), format!("P-{contract}"));
    let line = ["--contract", contract, "--product", "POD", "--level", "unit", "--count", &count, "--pack", &pack];
    let unasked = ["--without-application", "--why", "a measurement"];
    let csv = server.run(["codes", "issue"].into_iter().chain(line).chain(unasked))?;
    let label = |line: &str| line.split(',').nth(4).map(str::to_owned).context("a pack line without a code");
    csv.lines().skip(1).map(label).collect()
}

fn import(server: &Server, folder: &Path, files: &[(&str, String)]) -> Result<()> {
    let mut import = vec![std::ffi::OsString::from("import")];
    for (name, text) in files {
        let path = folder.join(name);
        std::fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
        import.push(path.into_os_string());
    }
    server.run(import).map(drop)
}
