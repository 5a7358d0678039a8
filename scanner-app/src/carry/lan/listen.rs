//! The listening side: keeps what is handed over, gives answers back. One caller at a time.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use shared::chain::{Hash, sha256};
use shared::ids::{EpochId, TerminalId};
use shared::wire::sealed::{
    LAN_CODE_DIGITS, LAN_PROTOCOL, LanFrame, LanWord, PARCEL_BYTES_MAX, Parcel, lan_proof, write_answers,
};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::LanFault;
use super::link::Link;
use crate::carry::CarryError;
use crate::device::Device;
use crate::store::{CARRIED_BYTES_MAX, Store, Taking};

/// Wrong codes before listening ends.
const GUESSES_MAX: u32 = 5;

/// A caller's whole visit, at most: nobody keeps the place for ever.
const VISIT: Duration = Duration::from_mins(10);

/// Half parcels that are kept for callers to go on with, at most.
const HALVES_MAX: usize = 4;

/// What happened, for whoever looks at the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A parcel is kept.
    Kept {
        /// Whose.
        terminal: TerminalId,
        /// Its events.
        events: u64,
    },
    /// Answers were handed back.
    Given {
        /// To whom.
        terminal: TerminalId,
        /// To how many parcels.
        parcels: u64,
    },
    /// Somebody typed a wrong code.
    WrongCode,
    /// A visit ended before its end.
    Broken(String),
}

/// Six digits for one time of listening, from something drawn at random (an epoch's name, which is a random UUID).
#[must_use]
pub fn pairing_code(drawn: EpochId) -> String {
    let [a, b, c, d, ..] = *sha256(&[b"tallyman/pairing/1", drawn.as_bytes()]).as_bytes();
    let roof = 10_u32.pow(u32::try_from(LAN_CODE_DIGITS).unwrap_or(6));
    format!("{:0width$}", u32::from_be_bytes([a, b, c, d]) % roof, width = LAN_CODE_DIGITS)
}

/// A terminal that listens.
pub struct Listener<'a> {
    socket: TcpListener,
    store: &'a mut Store,
    device: &'a dyn Device,
    code: String,
    guesses: u32,
    halves: HashMap<Hash, Vec<u8>>,
}

impl<'a> Listener<'a> {
    /// Listens on an address; port 0 takes a free one.
    pub async fn bind(
        address: &str,
        store: &'a mut Store,
        device: &'a dyn Device,
        code: String,
    ) -> Result<Self, LanFault> {
        let failed = |source| LanFault::Listen { address: address.to_owned(), source };
        let socket = TcpListener::bind(address).await.map_err(failed)?;
        Ok(Self { socket, store, device, code, guesses: 0, halves: HashMap::new() })
    }

    /// Where it listens.
    pub fn address(&self) -> Result<SocketAddr, LanFault> {
        Ok(self.socket.local_addr()?)
    }

    /// Serves one caller to the end of the visit. A visit that breaks off is told and is no error: the next may come.
    pub async fn serve_one(&mut self, tell: &mut dyn FnMut(Event)) -> Result<(), LanFault> {
        let (stream, _) = self.socket.accept().await?;
        let visit = timeout(VISIT, self.visit(stream, tell)).await.unwrap_or(Err(LanFault::Silent));
        match visit {
            Err(error @ LanFault::Guessed(_)) => Err(error),
            Err(error) => {
                tell(Event::Broken(error.to_string()));
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    async fn visit(&mut self, stream: TcpStream, tell: &mut dyn FnMut(Event)) -> Result<(), LanFault> {
        let mut link = Link::new(stream);
        let nonce = sha256(&[self.device.epoch().as_bytes()]);
        link.say(LanWord::Hello { protocol: LAN_PROTOCOL, nonce }).await?;
        let LanWord::Prove { terminal, proof } = link.word().await? else { return Err(unexpected()) };
        if proof != lan_proof(&self.code, nonce, terminal) {
            self.guesses += 1;
            tell(Event::WrongCode);
            link.say(LanWord::Sorry { why: "the code is wrong; it stands on the other terminal's screen".to_owned() })
                .await?;
            return if self.guesses >= GUESSES_MAX { Err(LanFault::Guessed(self.guesses)) } else { Ok(()) };
        }
        link.say(LanWord::Welcome).await?;
        while let Some(frame) = link.next().await? {
            match frame {
                LanFrame::Word(LanWord::Offer { parcel, length }) => {
                    if let Err(error) = self.keep(&mut link, (parcel, length), tell).await {
                        // The caller hears why before the line is cut.
                        let _ = link.say(LanWord::Sorry { why: error.to_string() }).await;
                        return Err(error);
                    }
                }
                LanFrame::Word(LanWord::Ask) => self.give(&mut link, terminal, tell).await?,
                LanFrame::Word(LanWord::Bye) => return Ok(()),
                _ => return Err(unexpected()),
            }
        }
        Ok(())
    }

    async fn keep(
        &mut self,
        link: &mut Link,
        (digest, length): (Hash, u64),
        tell: &mut dyn FnMut(Event),
    ) -> Result<(), LanFault> {
        let length = usize::try_from(length).ok().filter(|length| (1..=PARCEL_BYTES_MAX).contains(length));
        let length = length.ok_or_else(|| LanFault::Strange("a parcel of a length that cannot be".to_owned()))?;
        let mut bytes = match self.store.parcel_bytes(digest)? {
            Some(kept) => kept,
            None => self.halves.remove(&digest).unwrap_or_default(),
        };
        link.say(LanWord::GoOn { from: bytes.len().min(length) as u64 }).await?;
        while bytes.len() < length {
            match link.bytes(length - bytes.len()).await {
                Ok(more) => bytes.extend(more),
                Err(error) => {
                    self.keep_half(digest, bytes);
                    return Err(error);
                }
            }
        }
        if sha256(&[&bytes]) != digest {
            return Err(LanFault::Strange("the parcel's bytes are not what its digest says".to_owned()));
        }
        let parcel = Parcel::read(bytes).map_err(CarryError::from)?;
        let (terminal, events) = (parcel.header.terminal, parcel.header.count);
        if terminal == self.store.terminal() {
            return Err(CarryError::Own.into());
        }
        if let Taking::Full(used) = self.store.take_parcel(&parcel, self.device.now())? {
            return Err(CarryError::Full { used, most: CARRIED_BYTES_MAX }.into());
        }
        tell(Event::Kept { terminal, events });
        link.say(LanWord::Kept { parcel: digest }).await
    }

    /// Kept in memory while it listens, for a caller whose connection broke.
    fn keep_half(&mut self, digest: Hash, bytes: Vec<u8>) {
        if self.halves.len() == HALVES_MAX {
            self.halves.clear();
        }
        self.halves.insert(digest, bytes);
    }

    async fn give(
        &mut self,
        link: &mut Link,
        terminal: TerminalId,
        tell: &mut dyn FnMut(Event),
    ) -> Result<(), LanFault> {
        let answers = self.store.answers_kept(Some(terminal))?;
        if answers.is_empty() {
            return link.say(LanWord::Answers { length: 0 }).await;
        }
        let bytes = write_answers(&answers).map_err(CarryError::from)?;
        link.say(LanWord::Answers { length: bytes.len() as u64 }).await?;
        link.send_bytes(&bytes).await?;
        let parcels: Vec<Hash> = answers.iter().map(|answers| answers.parcel).collect();
        self.store.answers_given(&parcels, self.device.now())?;
        tell(Event::Given { terminal, parcels: parcels.len() as u64 });
        Ok(())
    }
}

fn unexpected() -> LanFault {
    LanFault::Strange("its word was not one that was due".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_six_digits() {
        for n in 0..200 {
            let code = pairing_code(EpochId::new(uuid::Uuid::from_u128(n)));
            assert!(code.len() == LAN_CODE_DIGITS && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
        }
    }
}
