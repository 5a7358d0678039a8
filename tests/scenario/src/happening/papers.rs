//! Papers that a person compares with the goods.

use shared::event::{Act, PaperField, PaperMark};
use shared::reference::Element;
use shared::time::Timestamp;

use super::{Story, scan, stage};
use crate::statement::{ScenarioError, Statement};
use crate::trade::element;

/// The six fields (logistics/2022 art. 30), in the order in which a terminal records them.
const ELEMENTS: [Element; 6] = [
    Element::Consignor,
    Element::Consignee,
    Element::Goods,
    Element::Specification,
    Element::Quantity,
    Element::Carrier,
];

/// `papers t2 inbound document=N1 differs=quantity,carrier lacks=specification @…`; fields that are not named are equal.
pub(super) fn check(story: &mut Story<'_>, at: Timestamp, said: &Statement) -> Result<(), ScenarioError> {
    let name = said.word(0, "a terminal")?.to_owned();
    let stage = stage(said, said.word(1, "a stage")?)?;
    let (basis, document) = scan::named_reference(story, said)?;
    let mut fields = ELEMENTS.map(|element| PaperField { element, mark: PaperMark::Equal });
    for (option, mark) in [("differs", PaperMark::Differs), ("lacks", PaperMark::Missing)] {
        for word in said.option(&[option]).into_iter().flat_map(|list| list.split(',')) {
            let named = element(said, word)?;
            fields.iter_mut().filter(|field| field.element == named).for_each(|field| field.mark = mark);
        }
    }
    let act = Act::PapersChecked { stage, basis, document, fields: fields.to_vec(), photos: Vec::new() };
    story.terminal(said, &name)?.record(at, act);
    Ok(())
}
