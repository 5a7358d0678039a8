//! Roles and what each may do: the one table of it.

use std::fmt;
use std::str::FromStr;

/// What a person is on this server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// 监管: the tobacco monopoly administration; sees every member, acts on what was escalated.
    Regulator,
    /// 主管: a member's supervisor; settles the member's mismatches, approves its terminals.
    Supervisor,
    /// 员工: a member's clerk; sees the member's trade, may comment.
    Clerk,
    /// 只读: sees the member's trade.
    ReadOnly,
}

/// What somebody may do beyond seeing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// See what the view shows.
    See,
    /// Write a comment on a mismatch.
    Comment,
    /// Take on, assign, set waiting, date and resolve a mismatch; open it again.
    Settle,
    /// Approve and refuse terminals.
    Terminals,
    /// Change one's own part of the registry: sites, operators, documents that one sends with, packs of one's own contracts.
    Records,
    /// Change the registry: members, products, bases; give codes out and end them.
    Registry,
    /// Read what people did.
    Audit,
}

/// No such role.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no role; the roles are regulator, supervisor, clerk and read-only")]
pub struct UnknownRole(String);

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Regulator, Self::Supervisor, Self::Clerk, Self::ReadOnly];

    /// The word in the database, in JSON and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Regulator => "regulator",
            Self::Supervisor => "supervisor",
            Self::Clerk => "clerk",
            Self::ReadOnly => "read-only",
        }
    }

    /// Whether this role has the right, within what it sees.
    #[must_use]
    pub const fn has(self, right: Right) -> bool {
        match right {
            Right::See => true,
            Right::Comment => !matches!(self, Self::ReadOnly),
            Right::Settle | Right::Audit | Right::Records => matches!(self, Self::Regulator | Self::Supervisor),
            Right::Terminals => matches!(self, Self::Supervisor),
            // One register for all members: whoever changes it sees the trade of everyone.
            Right::Registry => matches!(self, Self::Regulator),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or_else(|| UnknownRole(text.to_owned()))
    }
}
