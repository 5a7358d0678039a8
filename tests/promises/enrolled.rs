//! A terminal in this process, enrolled on a real server with a key that the test holds.

use std::path::PathBuf;
use std::sync::Arc;

use ring::rand::SystemRandom;
use ring::signature::Ed25519KeyPair;
use scanner_app::enrol::Asking;
use scanner_app::sync::Transport;
use shared::chain::epoch_hash;
use shared::enrolment::{EnrolState, Enrolled, Invitation};
use shared::event::{Act, Event};
use shared::ids::{EpochId, TerminalId};
use shared::time::Timestamp;
use shared::wire::{Batch, BatchHeader, DataAsOf, Offer, REPLY_FORM, WIRE_VERSION};
use tempfile::TempDir;
use tests::server::Server;
use tests::tls::Identity;
use uuid::Uuid;

/// Its identity, its key and what the approval brought.
pub struct Device {
    pub folder: TempDir,
    pub terminal: TerminalId,
    pub pkcs8: Vec<u8>,
    pub enrolled: Enrolled,
}

impl Device {
    /// Invites, asks, approves.
    pub fn enrol(server: &Server, n: u128) -> Self {
        let wanted = ["terminals", "invite", "--json", "--member", "M", "--site", "SZ-GATE", "--name", "gate"];
        let made = server.lines(wanted.iter().chain(&["--address", &server.ready.terminal])).unwrap();
        let invitation = Invitation::read(made[0]["text"].as_str().unwrap()).unwrap();
        let terminal = TerminalId::new(Uuid::from_u128(n));
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap().as_ref().to_vec();
        let key = Arc::new(Ed25519KeyPair::from_pkcs8(&pkcs8).unwrap());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let asking = runtime.block_on(Asking::begin(&invitation, (terminal, key), "test")).unwrap();
        let code = asking.check_code().to_string();
        server.run(["terminals", "approve", &terminal.to_string(), "--code", &code]).unwrap();
        let EnrolState::Approved(enrolled) = runtime.block_on(asking.state()).unwrap() else { panic!("not approved") };
        Self { folder: TempDir::new().unwrap(), terminal, pkcs8, enrolled: *enrolled }
    }

    pub fn key(&self) -> Ed25519KeyPair {
        Ed25519KeyPair::from_pkcs8(&self.pkcs8).unwrap()
    }

    /// Where its transport keeps its certificate.
    pub fn certificate_file(&self) -> PathBuf {
        self.folder.path().join("certificate.json")
    }

    /// The app's own way to the server.
    pub fn transport(&self, server: &Server) -> Transport {
        std::fs::write(self.certificate_file(), serde_json::to_vec(&self.enrolled.certificate).unwrap()).unwrap();
        self.transport_of_file(server)
    }

    /// The same, with the certificate that its file holds now.
    pub fn transport_of_file(&self, server: &Server) -> Transport {
        let ca = self.enrolled.ca.as_bytes();
        let own = (self.terminal, self.key());
        let transport = Transport::new(&server.ready.terminal, ca, own, self.enrolled.server_key).unwrap();
        transport.with_certificate(self.certificate_file()).unwrap()
    }

    /// The test's own way to the server.
    pub fn identity(&self, server: &Server) -> Identity {
        Identity::new(server, Some((&self.enrolled.certificate.pem, &self.pkcs8))).unwrap()
    }

    /// Its first batch: the start of its epoch, signed by any key.
    pub fn first_batch(&self, signer: &Ed25519KeyPair) -> Vec<u8> {
        let epoch = EpochId::new(Uuid::from_u128(7));
        let at = Timestamp::from_ms(1_772_413_200_000);
        let event = Event {
            terminal: self.terminal,
            epoch,
            seq: 1,
            event_id: None,
            at,
            mono_ms: 1,
            boot: Uuid::from_u128(5),
            operator: None,
            site: "SZ-GATE".into(),
            app: "test".into(),
            data_as_of: 0,
            act: Act::EpochStarted { previous: None },
        };
        let header = BatchHeader {
            wire: WIRE_VERSION,
            reply: REPLY_FORM,
            terminal: self.terminal,
            epoch,
            first_seq: 1,
            count: 1,
            previous_hash: epoch_hash(self.terminal, epoch),
            offer: Offer::New,
            pending_after: 0,
            data_as_of: DataAsOf::default(),
            app: "test".into(),
            rules: "2022-trial".into(),
            sent_at: at,
        };
        let batch = Batch::sign(header, vec![event.to_body().unwrap()], signer).unwrap();
        zstd::encode_all(&*batch.to_ndjson().unwrap(), 1).unwrap()
    }
}
