//! Keyboard layouts: a wedge types the keys of one, the computer reads those of another.

/// A layout that differs from the US one, as Windows and Linux have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// QWERTZ: Z and Y swapped, `/` becomes `-`, `:` becomes `Ö`.
    German,
    /// AZERTY: A and Q, W and Z swapped, digits become `&é"'(-è_çà`.
    French,
    /// QWERTY: `"` and `@` swapped, `#` becomes `£`.
    British,
}

/// The US keys: plain, then with Shift. The rows of the others follow the same order.
const US: &str =
    concat!("`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./", "~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:\"ZXCVBNM<>?",);
const GERMAN: &str =
    concat!("^1234567890ß´qwertzuiopü+#asdfghjklöäyxcvbnm,.-", "°!\"§$%&/()=?`QWERTZUIOPÜ*'ASDFGHJKLÖÄYXCVBNM;:_",);
const FRENCH: &str =
    concat!("²&é\"'(-è_çà)=azertyuiop^$*qsdfghjklmùwxcvbn,;:!", "~1234567890°+AZERTYUIOP¨£µQSDFGHJKLM%WXCVBN?./§",);
const BRITISH: &str =
    concat!("`1234567890-=qwertyuiop[]#asdfghjkl;'zxcvbnm,./", "¬!\"£$%^&*()_+QWERTYUIOP{}~ASDFGHJKL:@ZXCVBNM<>?",);

impl Layout {
    const ALL: [Self; 3] = [Self::German, Self::French, Self::British];

    const fn rows(self) -> &'static str {
        match self {
            Self::German => GERMAN,
            Self::French => FRENCH,
            Self::British => BRITISH,
        }
    }

    /// The US characters of the keys that give `text` on this layout; none where some character is on no key of it.
    pub(super) fn to_us(self, text: &str) -> Option<String> {
        translate(text, self.rows(), US)
    }

    /// What this layout types on the keys that give `text` on the US one.
    pub(super) fn typed(self, text: &str) -> Option<String> {
        translate(text, US, self.rows())
    }
}

/// Every other text that the same keys may have meant, with the layout that explains it.
pub(super) fn candidates(text: &str) -> impl Iterator<Item = (Layout, String)> {
    Layout::ALL.into_iter().flat_map(move |layout| {
        let both = [layout.to_us(text), layout.typed(text)].into_iter().flatten();
        both.filter(move |candidate| candidate != text).map(move |candidate| (layout, candidate))
    })
}

/// Space and control characters have no other key anywhere.
fn translate(text: &str, from: &str, to: &str) -> Option<String> {
    let key = |c: char| {
        if c == ' ' || c.is_ascii_control() {
            return Some(c);
        }
        to.chars().nth(from.chars().position(|other| other == c)?)
    };
    text.chars().map(key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_one_character() {
        assert_eq!(US.chars().count(), 94);
        let mut us: Vec<char> = US.chars().collect();
        us.sort_unstable();
        assert_eq!(us, ('!'..='~').collect::<Vec<_>>());
        for layout in Layout::ALL {
            let mut keys: Vec<char> = layout.rows().chars().collect();
            assert_eq!(keys.len(), 94, "{layout:?}");
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(keys.len(), 94, "{layout:?} has a character twice");
        }
    }

    #[test]
    fn there_and_back() {
        let all: String = ('!'..='~').collect();
        for layout in Layout::ALL {
            let typed = layout.typed(&all).unwrap();
            assert_eq!(layout.to_us(&typed).as_ref(), Some(&all), "{layout:?}");
        }
        assert_eq!(Layout::German.typed("HTTPS://ZY"), Some("HTTPSÖ--YZ".into()));
        assert_eq!(Layout::French.typed("HTTPS://A.M/01"), Some("HTTPSM!!Q:?!à&".into()));
        assert_eq!(Layout::British.typed("\"@#"), Some("@\"£".into()));
        assert_eq!(Layout::German.to_us("@"), None);
    }
}
