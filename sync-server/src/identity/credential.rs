//! Whether the request that brought a batch proved whose it is, apart from the signature inside the batch.

/// What came with a batch. It decides what a signature that does not hold weighs: anybody who knows a terminal's id can send bytes under
/// its name, and must not be able to shut its gates by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// The terminal's own certificate, or its own signature of the request: what is wrong with the batch is wrong with the terminal.
    Own,
    /// Nothing, or what proves nothing any more.
    Nothing,
}

impl Credential {
    /// As it is counted in metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Nothing => "none",
        }
    }
}
