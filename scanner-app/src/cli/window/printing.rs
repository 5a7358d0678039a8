//! Printing the gate's paper: a page is written as a file, and given to the printer's command where the configuration names one.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use shared::time::Timestamp;

use super::clerk::Clerk;
use crate::ui::carry::Modules;
use crate::ui::view::{GateView, PageView, Pair};

/// A printer's command under way.
pub(super) struct Printing {
    answer: Receiver<Result<(), String>>,
    file: PathBuf,
}

impl Clerk {
    /// Writes the paper of the gate that shows, and prints it where a printer is configured.
    pub(super) fn print(&mut self) {
        let PageView::Gate(gate) = self.gate_view() else { return };
        let Some(code) = &gate.code else { return };
        let name = format!("gate-{}.svg", file_name(&gate.document));
        let to = self.config.store.with_file_name(name);
        if let Err(error) = std::fs::write(&to, page(&gate, code, &self.state.place, self.device.now())) {
            let shown = to.display();
            self.state.printed = Some((
                (
                    format!("写不了 {shown}：{error}。检查存储；给司机看屏幕上的码也行。"),
                    format!(
                        "{shown} cannot be written: {error}. Check the storage; the code on the screen is as good."
                    ),
                ),
                true,
            ));
            return;
        }
        let command = &self.config.printer.command;
        if command.is_empty() {
            self.state.printed = Some((written(&to), false));
            return;
        }
        self.state.printed = Some((("正在打印…".to_owned(), "Printing…".to_owned()), false));
        self.state.printing = Some(start(command.clone(), to));
    }

    /// What the printer's command answered by now. Whether something changed.
    pub(super) fn watch_printing(&mut self) -> bool {
        let Some(printing) = &self.state.printing else { return false };
        let answer = match printing.answer.try_recv() {
            Ok(answer) => answer,
            Err(TryRecvError::Empty) => return false,
            Err(TryRecvError::Disconnected) => Err("the printer's command ended without an answer".to_owned()),
        };
        let shown = printing.file.display();
        self.state.printed = Some(match answer {
            Ok(()) => (("已送打印机。".to_owned(), "Sent to the printer.".to_owned()), false),
            Err(why) => (
                (
                    format!("打印机没收：{why}。页面在 {shown}；给司机看屏幕上的码也行。"),
                    format!(
                        "The printer took nothing: {why}. The page is at {shown}; the code on the screen is as good."
                    ),
                ),
                true,
            ),
        });
        self.state.printing = None;
        true
    }
}

fn written(to: &Path) -> Pair {
    let shown = to.display();
    (format!("没有配置打印机。放行单已写入 {shown}"), format!("No printer is configured. The paper is at {shown}"))
}

/// A printer may hang: it is waited for elsewhere.
fn start(command: Vec<String>, file: PathBuf) -> Printing {
    let (tell, answer) = channel();
    let page = file.clone();
    std::thread::spawn(move || {
        let (program, arguments) = command.split_first().map_or(("", &[][..]), |(program, rest)| (program, rest));
        let run = Command::new(program).args(arguments).arg(&page).stdin(Stdio::null()).stdout(Stdio::null()).status();
        let told = match run {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("{program}: {status}")),
            Err(error) => Err(format!("{program}: {error}")),
        };
        // Nobody waits any more once the window is closed.
        let _ = tell.send(told);
    });
    Printing { answer, file }
}

/// A number as part of a file's name.
fn file_name(number: &str) -> String {
    number.chars().map(|letter| if letter.is_ascii_alphanumeric() || letter == '-' { letter } else { '_' }).collect()
}

/// A6, in tenths of a millimetre: what, how much, where and when, and the code that a guard scans.
fn page(gate: &GateView, code: &Modules, place: &str, now: Timestamp) -> String {
    const WIDTH: usize = 1_050;
    let side = (900 / code.side).max(1);
    let left = (WIDTH - side * code.side) / 2;
    let dark = code.dark.iter().enumerate().filter(|(_, dark)| **dark);
    let squares: Vec<String> = dark
        .map(|(at, _)| {
            format!("M{} {}h{side}v{side}h-{side}z", left + at % code.side * side, 420 + at / code.side * side)
        })
        .collect();
    let squares = squares.concat();
    let lines = [
        format!("准予放行 Cleared  {}", gate.document),
        format!("{} 个包装 packages · {} 盒 units", gate.loaded.0, gate.loaded.1),
        format!("{place}  {}", gate.carrier).trim_end().to_owned(),
        format!("判定 decided {} · 打印 printed {}", gate.at.to_minute(), now.to_minute()),
    ];
    let texts: Vec<String> = lines
        .iter()
        .enumerate()
        .map(|(line, text)| {
            format!(
                "<text x=\"75\" y=\"{}\" font-size=\"{}\">{}</text>",
                110 + line * 80,
                if line == 0 { 60 } else { 42 },
                escaped(text)
            )
        })
        .collect();
    let texts = texts.concat();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"105mm\" height=\"148mm\" viewBox=\"0 0 {WIDTH} 1480\" \
         font-family=\"Noto Sans CJK SC, sans-serif\"><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>{texts}\
         <path fill=\"#000\" d=\"{squares}\"/></svg>\n"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::view::GateStateView;

    fn gate() -> GateView {
        GateView {
            document: "FH-2031 <1>".into(),
            state: GateStateView::Cleared,
            at: Timestamp::from_ms(0),
            data_as_of: None,
            loaded: (40, 2_000),
            level: None,
            carrier: "Carrier A".into(),
            position: None,
            settled: Vec::new(),
            reasons: Vec::new(),
            code: None,
            place: (0, 1),
            printed: None,
        }
    }

    #[test]
    fn the_page_says_what_left_and_every_dark_module_is_on_it() {
        let code = Modules { side: 3, dark: vec![true, false, true, false, true, false, true, false, true] };
        let page = page(&gate(), &code, "深圳 & 门", Timestamp::from_ms(0));
        assert!(page.contains("FH-2031 &lt;1&gt;") && page.contains("深圳 &amp; 门  Carrier A"), "{page}");
        assert!(page.contains("40 个包装 packages · 2000 盒 units"), "{page}");
        assert_eq!(page.matches("h300v300h-300z").count(), 5);
        assert_eq!(file_name("FH/20 31"), "FH_20_31");
    }

    #[test]
    fn a_printer_that_takes_it_and_one_that_does_not_both_answer() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("page.svg");
        std::fs::write(&file, "x").unwrap();
        let asked = |command: &str| start(vec![command.to_owned()], file.clone()).answer.recv().unwrap();
        assert_eq!(asked("true"), Ok(()));
        assert!(asked("false").unwrap_err().contains("false"));
        assert!(asked("no-such-printer-command").is_err());
    }
}
