//! What a clerk is told: what happened, and which setting to look at.

use super::{Layout, WedgeFault, WedgeFaultKind};

impl WedgeFault {
    /// In Chinese and in English.
    #[must_use]
    pub const fn words(&self) -> (&'static str, &'static str) {
        self.kind.words()
    }
}

impl WedgeFaultKind {
    /// In Chinese and in English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::LowerCase => (
                "字母成了小写：请关闭大写锁定（CapsLock），并检查扫描枪的大小写设置",
                "The letters came small: turn CapsLock off and check the scanner's letter case",
            ),
            Self::InvertedCase => (
                "字母大小写颠倒：请关闭大写锁定（CapsLock）后重扫",
                "The letter case is inverted: turn CapsLock off and scan again",
            ),
            Self::FullWidth => (
                "中文输入法打出了全角字符：请切换到英文输入后重扫",
                "A Chinese input method typed full-width characters: switch to English input and scan again",
            ),
            Self::InputMethod => (
                "输入法把字母变成了汉字：请切换到英文输入后重扫",
                "An input method made Chinese characters of the letters: switch to English input and scan again",
            ),
            Self::Layout(layout) => layout.words(),
            Self::SeparatorShown => (
                "分隔符 GS 变成了可见文字：请把扫描枪设为发送 GS（0x1D）",
                "The separator GS came as visible text: set the scanner to send GS (0x1D) itself",
            ),
            Self::SeparatorLost => (
                "分隔符 GS 丢失，数据项连在一起：请把扫描枪设为发送 GS（0x1D）后重扫",
                "The separator GS was dropped and elements run together: set the scanner to send GS (0x1D) and scan again",
            ),
            Self::Doubled => {
                ("同一内容来了两遍：请清空输入后只扫一次", "The text came twice: clear the field and scan once")
            }
            Self::HeadLost => (
                "开头的字符丢失：请调慢扫描枪的发送速度后重扫",
                "The first characters were lost: let the scanner send more slowly and scan again",
            ),
            Self::Truncated => (
                "内容不完整：请重扫；若仍如此，则标签上没有完整的码",
                "The text ends too early: scan again; if it stays so, the label has no whole code",
            ),
            Self::Surplus => (
                "前后多了空格或控制字符：请检查扫描枪的前缀和后缀设置",
                "Spaces or control characters surround the text: check the scanner's prefix and suffix",
            ),
        }
    }
}

impl Layout {
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::German => (
                "键盘布局不一致（德文 QWERTZ）：请把电脑和扫描枪都设为美式键盘后重扫",
                "A German keyboard (QWERTZ) is set: set computer and scanner to the US keyboard and scan again",
            ),
            Self::French => (
                "键盘布局不一致（法文 AZERTY）：请把电脑和扫描枪都设为美式键盘后重扫",
                "A French keyboard (AZERTY) is set: set computer and scanner to the US keyboard and scan again",
            ),
            Self::British => (
                "键盘布局不一致（英国）：请把电脑和扫描枪都设为美式键盘后重扫",
                "A British keyboard is set: set computer and scanner to the US keyboard and scan again",
            ),
        }
    }
}
