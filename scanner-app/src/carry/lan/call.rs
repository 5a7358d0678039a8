//! The calling side: hands its parcels over, and asks for answers.

use serde::Serialize;
use shared::ids::TerminalId;
use shared::wire::sealed::{Answers, LAN_PROTOCOL, LanWord, PARCEL_BYTES_MAX, Parcel, lan_proof, read_answers};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::link::Link;
use super::{LanFault, PATIENCE};
use crate::carry::CarryError;

/// What a call brought about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Called {
    /// Parcels that the other terminal keeps now.
    pub kept: u64,
    /// Bytes that had to travel for it: less than the parcels' where a broken call was gone on with.
    pub bytes: u64,
    /// Answers to this terminal's own parcels.
    #[serde(skip)]
    pub answers: Vec<Answers>,
}

/// Calls the terminal that listens at `address` (`HOST:PORT`) and shows `code`; hands `parcels` over and asks for the answers that it
/// has for `terminal`.
pub async fn call(address: &str, (terminal, code): (TerminalId, &str), parcels: &[Parcel]) -> Result<Called, LanFault> {
    let connecting = timeout(PATIENCE, TcpStream::connect(address)).await.map_err(|_| LanFault::Silent)?;
    let stream = connecting.map_err(|source| LanFault::Connect { address: address.to_owned(), source })?;
    let mut link = Link::new(stream);
    let nonce = match link.word().await? {
        LanWord::Hello { protocol: LAN_PROTOCOL, nonce } => nonce,
        LanWord::Hello { protocol, .. } => {
            return Err(LanFault::Strange(format!("it speaks version {protocol}, this one {LAN_PROTOCOL}")));
        }
        _ => return Err(unexpected()),
    };
    link.say(LanWord::Prove { terminal, proof: lan_proof(code, nonce, terminal) }).await?;
    let LanWord::Welcome = link.word().await? else { return Err(unexpected()) };
    let mut called = Called::default();
    for parcel in parcels {
        called.bytes += hand_over(&mut link, parcel).await?;
        called.kept += 1;
    }
    called.answers = ask(&mut link).await?;
    link.say(LanWord::Bye).await?;
    Ok(called)
}

/// Answers how many bytes had to travel.
async fn hand_over(link: &mut Link, parcel: &Parcel) -> Result<u64, LanFault> {
    let (digest, bytes) = (parcel.digest(), parcel.bytes());
    link.say(LanWord::Offer { parcel: digest, length: bytes.len() as u64 }).await?;
    let LanWord::GoOn { from } = link.word().await? else { return Err(unexpected()) };
    let missing = usize::try_from(from).ok().and_then(|from| bytes.get(from..)).ok_or_else(unexpected)?;
    link.send_bytes(missing).await?;
    match link.word().await? {
        LanWord::Kept { parcel } if parcel == digest => Ok(missing.len() as u64),
        _ => Err(unexpected()),
    }
}

async fn ask(link: &mut Link) -> Result<Vec<Answers>, LanFault> {
    link.say(LanWord::Ask).await?;
    let LanWord::Answers { length } = link.word().await? else { return Err(unexpected()) };
    let length = usize::try_from(length).ok().filter(|length| *length <= PARCEL_BYTES_MAX).ok_or_else(unexpected)?;
    let mut bytes = Vec::new();
    while bytes.len() < length {
        bytes.extend(link.bytes(length - bytes.len()).await?);
    }
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    Ok(read_answers(&bytes).map_err(CarryError::from)?)
}

fn unexpected() -> LanFault {
    LanFault::Strange("its answer was not one that was due".to_owned())
}
