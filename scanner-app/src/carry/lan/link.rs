//! Frames over a connection: nothing is read beyond its bound, and nobody is waited for without end.

use shared::wire::sealed::{LAN_CHUNK_BYTES_MAX, LanFrame, LanWord};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{LanFault, PATIENCE};

/// One connection.
pub(super) struct Link(TcpStream);

impl Link {
    pub(super) const fn new(stream: TcpStream) -> Self {
        Self(stream)
    }

    pub(super) async fn say(&mut self, word: LanWord) -> Result<(), LanFault> {
        self.send(&LanFrame::Word(word)).await
    }

    /// All bytes from `from` on, in chunks.
    pub(super) async fn send_bytes(&mut self, bytes: &[u8]) -> Result<(), LanFault> {
        for chunk in bytes.chunks(LAN_CHUNK_BYTES_MAX) {
            self.send(&LanFrame::Bytes(chunk.to_vec())).await?;
        }
        Ok(())
    }

    async fn send(&mut self, frame: &LanFrame) -> Result<(), LanFault> {
        let bytes = frame.to_bytes()?;
        timeout(PATIENCE, self.0.write_all(&bytes)).await.map_err(|_| LanFault::Silent)??;
        Ok(())
    }

    /// The next frame; none where the other side has hung up between two.
    pub(super) async fn next(&mut self) -> Result<Option<LanFrame>, LanFault> {
        let mut length = [0; 4];
        let first = timeout(PATIENCE, self.0.read(&mut length)).await.map_err(|_| LanFault::Silent)??;
        if first == 0 {
            return Ok(None);
        }
        timeout(PATIENCE, self.0.read_exact(&mut length[first..])).await.map_err(|_| LanFault::Silent)??;
        let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        LanFrame::checked(length)?;
        let mut rest = vec![0; length];
        timeout(PATIENCE, self.0.read_exact(&mut rest)).await.map_err(|_| LanFault::Silent)??;
        Ok(Some(LanFrame::read(&rest)?))
    }

    /// The next word. A `sorry` is the other side's refusal.
    pub(super) async fn word(&mut self) -> Result<LanWord, LanFault> {
        match self.next().await? {
            Some(LanFrame::Word(LanWord::Sorry { why })) => Err(LanFault::Refused(why)),
            Some(LanFrame::Word(word)) => Ok(word),
            Some(LanFrame::Bytes(_)) => Err(LanFault::Strange("it sent bytes where a word was due".to_owned())),
            None => Err(LanFault::Broken(std::io::ErrorKind::UnexpectedEof.into())),
        }
    }

    /// The next bytes, at most `most`.
    pub(super) async fn bytes(&mut self, most: usize) -> Result<Vec<u8>, LanFault> {
        match self.next().await? {
            Some(LanFrame::Bytes(bytes)) if !bytes.is_empty() && bytes.len() <= most => Ok(bytes),
            Some(LanFrame::Word(LanWord::Sorry { why })) => Err(LanFault::Refused(why)),
            Some(_) => Err(LanFault::Strange("it sent something else than the bytes that were due".to_owned())),
            None => Err(LanFault::Broken(std::io::ErrorKind::UnexpectedEof.into())),
        }
    }
}
