//! Where the clerk is: a stack of pages over a floor. Pure.
//!
//! The floor is the sign-in, the list of tasks, or the open task; every other page lies on it, and Back takes it off again. Signing in,
//! opening and closing a task change the floor and take everything off, so that nobody comes back to a page of another task.

use serde::{Deserialize, Serialize};

/// One of a task's lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ListTab {
    /// 未扫.
    #[default]
    ToScan,
    /// 多货.
    Extra,
    /// 重复.
    Duplicate,
    /// 隔离.
    SetAside,
    /// 提示.
    Notes,
}

impl ListTab {
    /// All of them, as they stand side by side.
    pub const EVERY: [Self; 5] = [Self::ToScan, Self::Extra, Self::Duplicate, Self::SetAside, Self::Notes];
}

/// A page, by its number in the design.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Page {
    /// S1.
    Enrol,
    /// S2.
    SignIn,
    /// S3.
    Tasks,
    /// S5, S6, S7: the open task at its stage.
    Work,
    /// The menu.
    Menu,
    /// S4.
    Check,
    /// S8.
    Lists(ListTab),
    /// S9: the package of this text.
    Package(String),
    /// S10.
    Case,
    /// S11.
    Papers,
    /// S12.
    Close,
    /// S13.
    Gate,
    /// S14.
    History,
    /// S15.
    Report,
    /// S16.
    Queue,
    /// S17.
    Carry,
    /// S18.
    Shift,
    /// S19.
    Health,
    /// S20.
    Settings,
    /// S21.
    About,
    /// A document was read whose stage is not known here: which is it?
    WhichStage,
    /// S7: what differs, line by line.
    Differs,
    /// S7: the PIN that signs what differs.
    Sign,
    /// The last characters of a code are typed.
    Search,
    /// Practice is chosen, or left.
    Practice,
    /// Documents whose goods can go back.
    Returns,
    /// Why goods go back.
    Reason,
    /// Which code pack was lost.
    Packs,
    /// A count is typed.
    Count,
    /// Why a scan is undone.
    UndoWhy,
    /// What the supervisor is told.
    Call,
    /// S17: a terminal nearby.
    Nearby,
    /// S17: its address and code are typed.
    Address,
}

/// How a person moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// To a page on top.
    To(Page),
    /// One page back.
    Back,
    /// Somebody signed in; whether a task is open.
    SignedIn {
        /// Whether a task is open.
        task: bool,
    },
    /// Nobody is signed in any more, or the work was covered.
    SignedOut,
    /// A task was opened.
    Opened,
    /// The task was closed; whether goods leave and its gate is to be seen.
    Closed {
        /// Whether there is a gate.
        gate: bool,
    },
    /// The task was left open.
    Left,
}

/// Where the clerk is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    floor: Page,
    above: Vec<Page>,
    turn: u64,
}

/// Pages on each other, at most: a clerk who looks up one package after the other goes round.
const DEPTH_MAX: usize = 8;

impl Route {
    /// At a floor.
    #[must_use]
    pub const fn at(floor: Page) -> Self {
        Self { floor, above: Vec::new(), turn: 0 }
    }

    /// The page that shows.
    #[must_use]
    pub fn page(&self) -> &Page {
        self.above.last().unwrap_or(&self.floor)
    }

    /// The page beneath all others.
    #[must_use]
    pub const fn floor(&self) -> &Page {
        &self.floor
    }

    /// Counts changes of page.
    #[must_use]
    pub const fn turn(&self) -> u64 {
        self.turn
    }

    /// Whether Back leads anywhere: from a page to the one beneath, from a task to the list.
    #[must_use]
    pub fn can_go_back(&self) -> bool {
        !self.above.is_empty() || self.floor == Page::Work
    }

    /// Whether packages count on the page that shows: the scanning pages and the lists and history of an open task.
    #[must_use]
    pub fn counts(&self) -> bool {
        let page = self.page();
        self.floor == Page::Work
            && matches!(page, Page::Work | Page::Lists(_) | Page::History | Page::Case | Page::Search)
    }

    /// Moves. Answers whether the task is to be left: Back was pressed on its own page.
    pub fn go(&mut self, how: Move) -> bool {
        let before = (self.page().clone(), self.above.len());
        let leaves = how == Move::Back && self.above.is_empty() && self.floor == Page::Work;
        match how {
            Move::To(page) => self.to(page),
            Move::Back => {
                self.above.pop();
            }
            Move::SignedIn { task } if self.floor == Page::SignIn => {
                self.floor = if task { Page::Work } else { Page::Tasks };
            }
            // Another person takes over at the same place.
            Move::SignedIn { .. } => self.above.retain(|page| *page != Page::Shift),
            Move::SignedOut => self.land(Page::SignIn),
            Move::Opened => self.land(Page::Work),
            Move::Closed { gate } => {
                self.land(Page::Tasks);
                self.above.extend(gate.then_some(Page::Gate));
            }
            Move::Left => self.land(Page::Tasks),
        }
        self.turn += u64::from(before != (self.page().clone(), self.above.len()));
        leaves
    }

    fn land(&mut self, floor: Page) {
        self.floor = floor;
        self.above.clear();
    }

    fn to(&mut self, page: Page) {
        if page == self.floor {
            self.above.clear();
            return;
        }
        if let Some(there) =
            self.above.iter().position(|known| std::mem::discriminant(known) == std::mem::discriminant(&page))
        {
            self.above.truncate(there);
        }
        // From the menu one goes on, and comes back to the work.
        self.above.retain(|known| *known != Page::Menu);
        if self.above.len() == DEPTH_MAX {
            self.above.remove(0);
        }
        self.above.push(page);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_work() -> Route {
        let mut route = Route::at(Page::SignIn);
        route.go(Move::SignedIn { task: false });
        route.go(Move::Opened);
        route
    }

    #[test]
    fn back_leads_from_each_page_to_the_one_beneath_and_out_of_the_task_last() {
        let mut route = at_work();
        route.go(Move::To(Page::Lists(ListTab::ToScan)));
        route.go(Move::To(Page::Package("X".into())));
        assert!(!route.go(Move::Back));
        assert_eq!(route.page(), &Page::Lists(ListTab::ToScan));
        assert!(!route.go(Move::Back));
        assert_eq!(route.page(), &Page::Work);
        assert!(route.go(Move::Back), "the task is left");
        route.go(Move::Left);
        assert_eq!((route.page(), route.can_go_back()), (&Page::Tasks, false));
    }

    #[test]
    fn the_menu_is_gone_once_something_of_it_was_chosen() {
        let mut route = at_work();
        route.go(Move::To(Page::Menu));
        route.go(Move::To(Page::Settings));
        route.go(Move::Back);
        assert_eq!(route.page(), &Page::Work);
    }

    #[test]
    fn nothing_of_one_task_lies_on_another() {
        let mut route = at_work();
        route.go(Move::To(Page::Close));
        route.go(Move::Closed { gate: true });
        assert_eq!(route.page(), &Page::Gate);
        route.go(Move::Back);
        assert_eq!(route.page(), &Page::Tasks);
        route.go(Move::To(Page::History));
        route.go(Move::Opened);
        assert_eq!(route.page(), &Page::Work);
    }

    #[test]
    fn another_person_takes_over_where_the_first_stood() {
        let mut route = at_work();
        route.go(Move::To(Page::Lists(ListTab::Notes)));
        route.go(Move::To(Page::Shift));
        route.go(Move::SignedIn { task: true });
        assert_eq!(route.page(), &Page::Lists(ListTab::Notes));
        route.go(Move::SignedOut);
        route.go(Move::SignedIn { task: true });
        assert_eq!(route.page(), &Page::Work);
    }

    #[test]
    fn a_page_lies_once_and_counts_its_turns() {
        let mut route = at_work();
        let turn = route.turn();
        route.go(Move::To(Page::Lists(ListTab::ToScan)));
        route.go(Move::To(Page::Lists(ListTab::Extra)));
        route.go(Move::To(Page::Lists(ListTab::Extra)));
        assert_eq!(route.turn(), turn + 2);
        assert!(route.counts());
        route.go(Move::To(Page::Queue));
        assert!(!route.counts());
        route.go(Move::Back);
        route.go(Move::Back);
        assert_eq!(route.page(), &Page::Work);
    }
}
