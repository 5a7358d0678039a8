//! Where things lie on the screen, as the window's own layout test found them by their labels.

use anyhow::{Context, Result};
use screen::{Point, Rectangle};

const HANDHELD: &str = include_str!("../../scanner-app/tests/places-handheld.txt");
const TABLET: &str = include_str!("../../scanner-app/tests/places-tablet.txt");

/// A rectangle in px.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
}

impl Place {
    /// By canvas and name.
    pub fn named(tablet: bool, name: &str) -> Result<Self> {
        let (text, size) = if tablet { (TABLET, "tablet") } else { (HANDHELD, "handheld") };
        let wanted = format!("{size}-{name}");
        let line = text.lines().find_map(|line| line.strip_prefix(&wanted)?.strip_prefix(' '));
        let line = line.with_context(|| format!("no place is called {wanted}"))?;
        let numbers = line.split(' ').map(str::parse).collect::<Result<Vec<usize>, _>>()?;
        let [left, top, width, height] = numbers[..] else { anyhow::bail!("{wanted} is no rectangle: {line}") };
        Ok(Self { left, top, width, height })
    }

    /// Where a finger aims.
    pub const fn middle(self) -> Point {
        (self.left + self.width / 2, self.top + self.height / 2)
    }

    /// Within its left edge, at half its height: beside the words of what stands in it.
    pub const fn edge(self) -> Point {
        (self.left + 22, self.top + self.height / 2)
    }

    /// Left of it, where words stand on a ground that is wider.
    pub const fn before_words(self) -> Point {
        (self.left - 6, self.top + self.height / 2)
    }

    /// In the middle, inside its upper edge.
    pub const fn above_words(self) -> Point {
        (self.left + self.width / 2, self.top + 11)
    }

    /// All of it.
    pub const fn whole(self) -> Rectangle {
        (self.left, self.top, self.width, self.height)
    }

    /// What its first four characters take, on the canvas with the smaller ones.
    pub const fn first_word(self) -> Rectangle {
        (self.left, self.top, 78, 26)
    }

    /// Where its fill shows: inside the edge, left of every word.
    pub const fn fill(self) -> Point {
        (self.left + 11, self.top + 11)
    }
}
