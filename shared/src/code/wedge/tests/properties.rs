use proptest::prelude::*;

use super::super::super::check_digit::compute;
use super::super::super::{format_digital_link, format_serial, parse};
use super::super::*;
use super::{chinese_punctuation, explained, full_width};

fn own_link() -> impl Strategy<Value = String> {
    ("[0-9]{13}", any::<u32>(), any::<u64>()).prop_map(|(body, tag, random)| {
        let gtin = format!("{body}{}", compute(&body));
        let code = PackageCode::item(&gtin, &format_serial(tag, random)).unwrap();
        format_digital_link("ID.EXAMPLE.CN", &code)
    })
}

/// The text after one fault; the same text where the fault cannot happen to it.
fn suffer(text: &str, fault: usize) -> String {
    let on = |layout: Layout| layout.typed(text).unwrap_or_else(|| text.to_owned());
    match fault {
        0 => case::inverted(text).unwrap_or_default(),
        1 => text.to_ascii_lowercase(),
        2 => text
            .chars()
            .map(|c| if c.is_ascii_graphic() { full_width(&c.to_string()) } else { c.to_string() })
            .collect(),
        3 => chinese_punctuation(text),
        4 => on(Layout::German),
        5 => on(Layout::French),
        6 => on(Layout::British),
        7 => Layout::German.to_us(text).unwrap_or_else(|| text.to_owned()),
        8 => text.repeat(2),
        9 => format!("{text}\r\n"),
        10 => text.chars().skip(3).collect(),
        _ => text.to_owned(),
    }
}

proptest! {
    #[test]
    fn an_own_link_is_restored_from_every_fault(link in own_link(), cut in 1_usize..8) {
        let mut faults = vec![
            (WedgeFaultKind::FullWidth, full_width(&link)),
            (WedgeFaultKind::FullWidth, chinese_punctuation(&link)),
            (WedgeFaultKind::FullWidth, chinese_punctuation(&link.to_ascii_lowercase())),
            (WedgeFaultKind::Doubled, link.repeat(2)),
            (WedgeFaultKind::Doubled, full_width(&link).repeat(2)),
            (WedgeFaultKind::Surplus, format!("{link}\r")),
            (WedgeFaultKind::HeadLost, link[cut..].to_owned()),
        ];
        for layout in [Layout::German, Layout::French] {
            let kind = WedgeFaultKind::Layout(layout);
            faults.push((kind, layout.typed(&link).unwrap()));
            faults.push((kind, layout.typed(&link.to_ascii_lowercase()).unwrap()));
        }
        faults.push((WedgeFaultKind::Layout(Layout::German), Layout::German.to_us(&link).unwrap()));
        let small = link.to_ascii_lowercase();
        // A serial of digits only is the same in every case.
        if link[43..].bytes().any(|byte| byte.is_ascii_alphabetic()) {
            faults.push((WedgeFaultKind::LowerCase, small));
            for (kind, text) in faults {
                prop_assert_eq!(explained(&text), Some((kind, Some(link.clone()))), "{}", text);
            }
        }
        prop_assert_eq!(explained(&link), None);
    }

    #[test]
    fn two_faults_never_make_another_code(link in own_link(), first in 0_usize..12, second in 0_usize..12) {
        let faulty = suffer(&suffer(&link, first), second);
        let restored = explain(&faulty, &Grammars::default()).and_then(|fault| fault.restored);
        if let Some(restored) = restored.or_else(|| parse(&faulty).is_ok().then(|| faulty.clone())) {
            prop_assert_eq!(parse(&restored), parse(&link), "{} to {}", faulty, restored);
        }
    }

    #[test]
    fn an_own_link_cut_anywhere_is_truncated_or_read(link in own_link(), cut in 1_usize..55) {
        let text = &link[..cut];
        if parse(text).is_ok() {
            prop_assert!(cut > 43);
        } else {
            prop_assert_eq!(explained(text), Some((WedgeFaultKind::Truncated, None)));
        }
    }

    #[test]
    fn what_is_restored_is_read_and_has_no_fault(text in "(HTTPS|https|Https)?(://|：／／|Ö--|M!!)?[A-Za-z。.-]{0,9}[/-]?(01|à&)?[/-]?(16901234567899|[0-9]{0,14})?(/21/|-21-|21)?[A-Za-z0-9<>@|^\\]]{0,14}( |\r\n)?") {
        let grammars = Grammars::default();
        if let Some(restored) = explain(&text, &grammars).and_then(|fault| fault.restored) {
            prop_assert!(grammars.parse(&restored).is_ok(), "{:?} to {:?}", text, restored);
            prop_assert_eq!(explain(&restored, &grammars).and_then(|fault| fault.restored), None, "{:?}", restored);
        }
    }
}
