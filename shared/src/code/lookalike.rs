//! Characters outside ASCII that look like one inside: what a Chinese input method types for a key, and the letters of other
//! scripts that a person cannot tell from Latin ones.

/// What a Chinese input method types instead of a key's own character, where it is not simply the full-width form.
const INPUT_METHOD: &[(char, char)] = &[
    ('。', '.'),
    ('．', '.'),
    ('、', '/'),
    ('“', '"'),
    ('”', '"'),
    ('‘', '\''),
    ('’', '\''),
    ('《', '<'),
    ('》', '>'),
    ('〈', '<'),
    ('〉', '>'),
    ('【', '['),
    ('】', ']'),
    ('〔', '['),
    ('〕', ']'),
    ('「', '{'),
    ('」', '}'),
    ('『', '{'),
    ('』', '}'),
    ('—', '_'),
    ('…', '^'),
    ('￥', '$'),
    ('¥', '$'),
    ('·', '`'),
    ('〜', '~'),
    ('\u{3000}', ' '),
];

/// Letters and marks of other scripts, each with its Latin twin.
const TWINS: &[(&str, &str)] = &[
    ("АВЕЅІЈКМНОРСТУХЗ", "ABESIJKMHOPCTYX3"),
    ("асеѕіјорухԁһ", "acesijopyxdh"),
    ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"),
    ("οινρ", "oivp"),
    ("ⅠⅤⅩⅬⅭⅮⅯ", "IVXLCDM"),
    ("‐‑‒–−﹣", "------"),
    ("⁄∕﹨", "//\\"),
    ("∶﹕", "::"),
    ("\u{a0}\u{2002}\u{2003}\u{2009}\u{202f}", "     "),
];

/// The character of a key for what a Chinese input method typed; none for what it does not type.
#[must_use]
pub(super) fn key_of(typed: char) -> Option<char> {
    let offset = u32::from(typed).wrapping_sub(0xFF01);
    // U+FF01 to U+FF5E are the printable ASCII characters from `!`, full width.
    if offset < 94 {
        return char::from_u32(offset + 0x21);
    }
    INPUT_METHOD.iter().find(|(from, _)| *from == typed).map(|(_, to)| *to)
}

/// The ASCII character that `c` looks like; none where it looks like no other, and for ASCII itself.
#[must_use]
pub(super) fn means(c: char) -> Option<char> {
    if c.is_ascii() {
        return None;
    }
    key_of(c).or_else(|| {
        TWINS.iter().find_map(|(others, latin)| {
            let place = others.chars().position(|other| other == c)?;
            latin.chars().nth(place)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_forms_are_ascii_moved() {
        assert_eq!(means('Ａ'), Some('A'));
        assert_eq!(means('０'), Some('0'));
        assert_eq!(means('！'), Some('!'));
        assert_eq!(means('～'), Some('~'));
        assert_eq!(means('：'), Some(':'));
        assert_eq!(means('／'), Some('/'));
        assert_eq!(means('（'), Some('('));
    }

    #[test]
    fn twins_pair_up() {
        for (others, latin) in TWINS {
            assert_eq!(others.chars().count(), latin.chars().count(), "{latin}");
            assert!(others.chars().all(|c| !c.is_ascii()), "{latin}");
            assert!(latin.is_ascii());
        }
        assert_eq!(means('А'), Some('A'));
        assert_eq!(means('烟'), None);
        assert_eq!(means('A'), None);
    }
}
