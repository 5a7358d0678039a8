//! Rows of a list that may be long, made when they come into view: ten thousand made at once would weigh more than all else on a page.

use std::any::Any;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use slint::{Model, ModelNotify, ModelRc, ModelTracker};

use super::generated::Row;
use super::sheet::set;

/// How far from the row that was asked for last a row is still remembered: farther than any canvas shows.
const NEAR: usize = 100;

/// Rows of a page.
pub(super) enum Rows {
    /// All of them.
    Few(Vec<Row>),
    /// So many, made one by one.
    Many(Long),
}

/// How many rows there are, and how one is made.
pub(super) struct Long {
    count: usize,
    make: Box<dyn Fn(usize) -> Row>,
}

impl Long {
    pub(super) fn new(count: usize, make: impl Fn(usize) -> Row + 'static) -> Self {
        Self { count, make: Box::new(make) }
    }
}

/// Puts rows in the place of others; rows that did not change keep their places, and a finger on one keeps it.
pub(super) fn put(old: &ModelRc<Row>, new: Rows, replace: impl FnOnce(ModelRc<Row>)) {
    let long = old.as_any().downcast_ref::<LongModel>();
    match (long, new) {
        (Some(model), Rows::Many(long)) if model.row_count() == long.count => model.change(long),
        (_, Rows::Many(long)) => replace(ModelRc::from(Rc::new(LongModel::of(long)))),
        (Some(_), Rows::Few(rows)) => replace(rows.as_slice().into()),
        (None, Rows::Few(rows)) => set(old, rows, replace),
    }
}

/// The model that the window looks at.
struct LongModel {
    long: RefCell<Long>,
    /// Rows that were made lately: what may be in view.
    made: RefCell<BTreeMap<usize, Row>>,
    notify: ModelNotify,
}

impl LongModel {
    fn of(long: Long) -> Self {
        Self { long: RefCell::new(long), made: RefCell::default(), notify: ModelNotify::default() }
    }

    /// Other rows, as many: those in view that differ are told.
    fn change(&self, long: Long) {
        self.long.replace(long);
        let made = std::mem::take(&mut *self.made.borrow_mut());
        for (place, before) in made {
            let now = (self.long.borrow().make)(place);
            let differs = now != before;
            self.made.borrow_mut().insert(place, now);
            if differs {
                self.notify.row_changed(place);
            }
        }
    }
}

impl Model for LongModel {
    type Data = Row;

    fn row_count(&self) -> usize {
        self.long.borrow().count
    }

    fn row_data(&self, place: usize) -> Option<Row> {
        if place >= self.row_count() {
            return None;
        }
        let mut made = self.made.borrow_mut();
        if let Some(row) = made.get(&place) {
            return Some(row.clone());
        }
        let row = (self.long.borrow().make)(place);
        made.insert(place, row.clone());
        if made.len() > 4 * NEAR {
            made.retain(|other, _| other.abs_diff(place) <= NEAR);
        }
        Some(row)
    }

    fn model_tracker(&self) -> &dyn ModelTracker {
        &self.notify
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn row(title: &str) -> Row {
        Row { title: title.into(), ..Row::default() }
    }

    fn long(count: usize, make: impl Fn(usize) -> Row + 'static) -> Rows {
        Rows::Many(Long::new(count, make))
    }

    /// Puts rows into a place for them.
    fn shown(place: &RefCell<ModelRc<Row>>, rows: Rows) {
        let old = place.borrow().clone();
        put(&old, rows, |model| {
            place.replace(model);
        });
    }

    #[test]
    fn only_what_is_looked_at_is_made() {
        let made = Rc::new(Cell::new(0));
        let counted = Rc::clone(&made);
        let place = RefCell::new(ModelRc::default());
        let rows = long(10_000, move |place| {
            counted.set(counted.get() + 1);
            row(&place.to_string())
        });
        shown(&place, rows);
        let model = place.borrow().clone();
        assert_eq!((model.row_count(), made.get()), (10_000, 0));
        assert_eq!(model.row_data(9_999).unwrap().title, "9999");
        assert!(model.row_data(10_000).is_none());
        for place in 0..5_000 {
            model.row_data(place).unwrap();
        }
        assert_eq!(made.get(), 5_001);
        model.row_data(4_999).unwrap();
        assert_eq!(made.get(), 5_001, "what is in view is made once");
        let kept = model.as_any().downcast_ref::<LongModel>().unwrap().made.borrow().len();
        assert!(kept <= 4 * NEAR, "{kept} rows are kept");
    }

    #[test]
    fn a_change_keeps_the_model_and_shows_what_differs() {
        let place = RefCell::new(ModelRc::default());
        shown(&place, long(3, |place| row(&format!("a{place}"))));
        let before = place.borrow().clone();
        assert_eq!(before.row_data(1).unwrap().title, "a1");
        shown(&place, long(3, |place| row(&format!("b{place}"))));
        assert!(*place.borrow() == before, "as many rows: the same model");
        assert_eq!(before.row_data(1).unwrap().title, "b1");
        assert_eq!(before.row_data(2).unwrap().title, "b2");
        shown(&place, long(4, |place| row(&format!("c{place}"))));
        assert!(*place.borrow() != before);
        assert_eq!(place.borrow().row_count(), 4);
    }

    #[test]
    fn few_rows_take_the_place_of_many_and_the_other_way() {
        let place = RefCell::new(ModelRc::default());
        shown(&place, long(2, |_| row("long")));
        shown(&place, Rows::Few(vec![row("one"), row("two")]));
        assert_eq!(place.borrow().row_data(1).unwrap().title, "two");
        shown(&place, long(2, |_| row("long")));
        assert_eq!(place.borrow().row_data(1).unwrap().title, "long");
        shown(&place, Rows::Few(Vec::new()));
        assert_eq!(place.borrow().row_count(), 0);
    }
}
