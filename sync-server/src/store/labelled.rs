//! An event together with the package that its label names: a text is read once, however often the server asks for what it says.

use std::ops::Deref;

use shared::code::{CodeKey, PackageCode};
use shared::event::{Act, Event};

use crate::labels;

/// An event, and of a scan what was scanned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labelled {
    event: Event,
    scanned: Option<(PackageCode, CodeKey)>,
}

impl Labelled {
    /// The package that was scanned; none where the event is no scan, or its label names none.
    #[must_use]
    pub fn code(&self) -> Option<&PackageCode> {
        self.scanned.as_ref().map(|(code, _)| code)
    }

    /// Its key.
    #[must_use]
    pub fn key(&self) -> Option<CodeKey> {
        self.scanned.as_ref().map(|(_, key)| *key)
    }

    /// The event alone, and its package.
    #[must_use]
    pub fn into_parts(self) -> (Event, Option<PackageCode>) {
        (self.event, self.scanned.map(|(code, _)| code))
    }
}

impl From<Event> for Labelled {
    fn from(event: Event) -> Self {
        let scanned = scanned(&event.act).map(|code| {
            let key = CodeKey::of(&code);
            (code, key)
        });
        Self { event, scanned }
    }
}

/// The package that a scan's label names.
#[must_use]
pub fn scanned(act: &Act) -> Option<PackageCode> {
    act.movement().and_then(|(_, movement)| labels::read(&movement.text).ok())
}

impl Deref for Labelled {
    type Target = Event;
    fn deref(&self) -> &Event {
        &self.event
    }
}
