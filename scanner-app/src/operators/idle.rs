//! The idle lock: after ten minutes without scan, key or touch the task is covered; stage and figure stay in view, uploads go on.

use crate::config::Language;

/// What the person or the device did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stir {
    /// A scan, a key or a touch.
    Touch,
    /// The scan trigger, or a badge.
    Trigger,
    /// Nothing; time passed.
    Tick,
    /// Somebody signed in.
    SignedIn,
    /// Somebody signed out.
    SignedOut,
}

/// What the screen shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cover {
    /// The work.
    Open,
    /// Stage and figure only.
    Covered,
    /// The sign-in, over the covered work.
    SignIn,
}

impl Cover {
    /// What the cover says; nothing while the work is open. Stage and figure stay beside it.
    #[must_use]
    pub const fn says(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Open, _) => "",
            (Self::Covered, Language::Zh) => "已锁屏，作业与记录都在。按扫描键或扫工牌继续。",
            (Self::Covered, Language::En) => "Locked; task and records are safe. Press the trigger or scan a badge.",
            (Self::SignIn, Language::Zh) => "扫工牌登录",
            (Self::SignIn, Language::En) => "Scan your badge to sign in",
        }
    }
}

/// The lock's state. Time is the device's running time: setting the clock neither locks nor unlocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdleLock {
    cover: Cover,
    touched_ms: u64,
    limit_ms: u64,
}

impl IdleLock {
    /// Shows the sign-in until somebody signs in.
    #[must_use]
    pub const fn new(limit_ms: u64) -> Self {
        Self { cover: Cover::SignIn, touched_ms: 0, limit_ms }
    }

    /// What is shown.
    #[must_use]
    pub const fn cover(&self) -> Cover {
        self.cover
    }

    /// Whether a scan may be recorded in the signed-in person's name.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.cover, Cover::Open)
    }

    /// When somebody touched, typed or scanned last.
    #[must_use]
    pub const fn touched_ms(&self) -> u64 {
        self.touched_ms
    }

    /// The state after something happened. A touch that comes too late finds the lock shut: it is checked before it counts.
    #[must_use]
    pub const fn after(self, stir: Stir, now_ms: u64) -> Self {
        let idle = now_ms.saturating_sub(self.touched_ms) >= self.limit_ms;
        let cover = match (self.cover, stir) {
            (_, Stir::SignedIn) => Cover::Open,
            (_, Stir::SignedOut) => Cover::SignIn,
            (Cover::Open, _) if !idle => Cover::Open,
            (Cover::Open | Cover::Covered, Stir::Trigger) => Cover::SignIn,
            (Cover::Open, _) => Cover::Covered,
            (shut, _) => shut,
        };
        let counts = matches!(stir, Stir::SignedIn) || (matches!(cover, Cover::Open) && !matches!(stir, Stir::Tick));
        Self { cover, touched_ms: if counts { now_ms } else { self.touched_ms }, ..self }
    }
}
