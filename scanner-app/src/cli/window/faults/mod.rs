//! What went wrong, as a clerk reads it: what, why, what next, what is safe; in Chinese and in English. Every error that can reach a
//! screen comes through here, variant by variant, so that a new one cannot be shown in the wrong language.

use shared::enrolment::InvitationError;
use shared::paper::PaperError;
use shared::wire::ProblemCode;

use crate::carry::CarryError;
use crate::diagnostics::BundleError;
use crate::enrol::{EnrolError, FileError};
use crate::session::cases::CaseError;
use crate::session::opening::OpeningError;
use crate::session::receipt::ConfirmError;
use crate::session::reports::ReportError;
use crate::store::{StoreError, full_words};
use crate::sync::{TransportError, refusal};
use crate::ui::view::Pair;

/// An error that a screen shows.
pub(super) trait Fault {
    /// What, why, what next; in Chinese and in English.
    fn pair(&self) -> Pair;
}

/// An error of several kinds.
pub(super) fn of_any(error: &anyhow::Error) -> Pair {
    match error.downcast_ref::<CarryError>() {
        Some(error) => error.pair(),
        None => both(
            "没有做成，记录均在。再试；仍不行，告诉主管。",
            "That could not be done, all records are here. Try again; if it stays so, tell the supervisor.",
        ),
    }
}

/// Why the server refused a record, by its word for programs.
pub(super) fn refused(code: &str) -> Pair {
    let known = serde_json::from_value(serde_json::Value::from(code)).unwrap_or(ProblemCode::BadRequest);
    let (zh, en) = refusal(known);
    both(zh, en)
}

fn both(zh: impl Into<String>, en: impl Into<String>) -> Pair {
    (zh.into(), en.into())
}

impl Fault for StoreError {
    fn pair(&self) -> Pair {
        match self {
            Self::Full { recorded } => full_words(*recorded),
            Self::Photo(_) => both(
                "照片读不出，没有记录。再拍一张。",
                "The photo cannot be read, nothing was recorded. Take it again.",
            ),
            Self::InUse(_) => both(
                "记录库正被另一个程序使用。关掉那一个，再试。已记录的均在。",
                "Another program uses the records. Close it, then try again. All records are safe.",
            ),
            Self::Foreign { .. }
            | Self::Newer(_)
            | Self::Older(_)
            | Self::File { .. }
            | Self::NoFolder { .. }
            | Self::ReadOnly { .. }
            | Self::Mark { .. } => both(
                "记录库打不开，没有记录。告诉主管，检查本机的设置。已记录的均在。",
                "The records cannot be opened, nothing was recorded. Tell the supervisor to check this device. All records are safe.",
            ),
            Self::Sql(_)
            | Self::Json(_)
            | Self::Corrupt(_)
            | Self::Damaged { .. }
            | Self::NothingReadable(_)
            | Self::Sound(_) => both(
                "记录库有损坏，没有记录。停止扫码，告诉主管抢救。已确认的不要删。",
                "The records are damaged, nothing was recorded. Stop scanning; the supervisor can rescue them. Delete nothing.",
            ),
        }
    }
}

impl Fault for ReportError {
    fn pair(&self) -> Pair {
        match self {
            Self::Count(count) => both(
                format!("一次不能上报 {count} 个包装，没有记录。重新数一次。"),
                format!("{count} cannot be reported at once; nothing was recorded. Count again."),
            ),
            Self::OneOnly => both(
                "一个标签就是一个包装，没有记录。数量留 1，再提交。",
                "One label is one package; nothing was recorded. Leave the count at 1, then record.",
            ),
            Self::PackKind => both(
                "码包只能报丢失或失窃，没有记录。别的情况扫包装的标签上报。",
                "A code pack is lost or stolen, nothing else; nothing was recorded. Scan the package's label instead.",
            ),
            Self::NotSetAside(_) => both(
                "这条没有隔离，不用解除。看记录，选对那一条。",
                "This one is not set aside, nothing to set free. Look in the history for the right one.",
            ),
            Self::Store(error) => error.pair(),
        }
    }
}

impl Fault for CaseError {
    fn pair(&self) -> Pair {
        match self {
            Self::NotACode(_) => both(
                "这不是包装的标签，没有记录。扫箱的标签。",
                "This label names no package; nothing was recorded. Scan the case's own label.",
            ),
            Self::NotACase => both(
                "这是单盒，装不了东西，没有记录。扫箱的标签。",
                "This is a single unit, nothing goes into it; nothing was recorded. Scan the case's label.",
            ),
            Self::AnotherDraft(label) => {
                let tail = tail(label);
                both(
                    format!("另一箱 …{tail} 正在装。先完成或放弃它。什么都没丢。"),
                    format!("Case …{tail} is being built. Finish it or give it up first. Nothing is lost."),
                )
            }
            Self::NoDraft => {
                both("还没有开始装箱。先扫箱的标签。", "No case is begun. Scan the case's own label first.")
            }
            Self::Empty => both(
                "箱里还没有东西。扫放进去的包装，或放弃。",
                "Nothing is in the case yet. Scan what goes in, or give it up.",
            ),
            Self::NotFull { children, of } => both(
                format!("已装 {children} / {of}，没有满。继续扫，或按尾箱完成。什么都没丢。"),
                format!(
                    "{children} of {of} are in, it is not full. Scan the rest, or finish it as a remainder. Nothing is lost."
                ),
            ),
            Self::Store(error) => error.pair(),
        }
    }
}

impl Fault for OpeningError {
    fn pair(&self) -> Pair {
        match self {
            Self::NoBasis => both(
                "没有合同或订单号，没有打开。扫单证二维码。什么都没有记录。",
                "No contract or order, so no task was opened. Scan a document's QR. Nothing was recorded.",
            ),
            Self::NeedsDocument(_) => both(
                "这个环节要有单证，没有打开。扫单证二维码。什么都没有记录。",
                "This stage needs a document, so no task was opened. Scan its QR. Nothing was recorded.",
            ),
            Self::MakesNoNote(_) => both(
                "只有发货时才开单。扫随货的单证二维码。什么都没有记录。",
                "Only goods that leave get a note here. Scan the document that came with them. Nothing was recorded.",
            ),
            Self::NeedsReason => both(
                "退货要有原因。选一个原因，再打开。什么都没有记录。",
                "A return needs its reason. Choose one to open the task. Nothing was recorded.",
            ),
            Self::Store(error) => error.pair(),
        }
    }
}

impl Fault for ConfirmError {
    fn pair(&self) -> Pair {
        match self {
            Self::NotAReceipt => both(
                "只有收货可以一次确认，没有记录。逐个扫码。",
                "Only a receipt is confirmed in one tap; nothing was recorded. Scan each package.",
            ),
            Self::ListUnknown => both(
                "不知道配送清单，没有记录。先同步，或逐个扫码。",
                "The list is not known here yet; nothing was recorded. Sync, or scan each package.",
            ),
            Self::NothingDue => both(
                "清单上的都已收到，没有待确认的。可以结束作业。",
                "Everything on the list is received already. Close the task.",
            ),
            Self::TooMany { said, due, .. } => both(
                format!("差异 {said} 个包装，多于应收 {due} 个，没有记录。重新数一次。"),
                format!("{said} are said to differ, {due} are due; nothing was recorded. Count again."),
            ),
            Self::Report(error) => error.pair(),
            Self::Store(error) => error.pair(),
        }
    }
}

impl Fault for CarryError {
    fn pair(&self) -> Pair {
        match self {
            Self::NoRecipient | Self::Recipient(_) => both(
                "本机没有服务器的封装密钥，不能转交。联网上传，或重新登记。记录均在。",
                "This terminal lacks the server's key for parcels. Upload, or enrol again. All records are here.",
            ),
            Self::Store(error) => error.pair(),
            Self::File { path, .. } => both(
                format!("写不进 {path}。插好存储盘再试。记录均在。"),
                format!("{path} cannot be written. Plug the stick in, try again. All records are here."),
            ),
            Self::Full { .. } => both(
                "代转的记录太多，放不下。先联网上传，再接收。",
                "No room for more records of others. Upload first, then take them.",
            ),
            Self::Own => both(
                "这是本机自己的记录，联网后自动上传。不用接收。",
                "These are this terminal's own records; they upload by themselves. Take nothing.",
            ),
            Self::Batch(_)
            | Self::Parcel(_)
            | Self::Answers(_)
            | Self::Bundle(_)
            | Self::Seal(_)
            | Self::TooLong { .. } => both(
                "转交没有做成，记录均在。再试；仍不行，联网上传，告诉主管。",
                "Nothing was carried out, all records are here. Try again; if it stays so, upload and tell the supervisor.",
            ),
        }
    }
}

impl Fault for BundleError {
    fn pair(&self) -> Pair {
        match self {
            Self::Exists(path) => both(
                format!("{path} 已有，没有改动。等一秒再导出。"),
                format!("{path} is there already and was left as it is. Wait a second, export again."),
            ),
            Self::File { path, .. } => both(
                format!("写不进 {path}。腾出空间再导出。"),
                format!("{path} cannot be written. Make room, export again."),
            ),
        }
    }
}

impl Fault for PaperError {
    fn pair(&self) -> Pair {
        match self {
            Self::TooLong => {
                both("单证码太长，读不懂。换一张清楚的再扫。", "This paper's code is too long. Scan a clear print.")
            }
            Self::Kind => both(
                "本版本不认识这种单证码。更新本应用，或输入编号。",
                "This version does not know such a paper. Update the app.",
            ),
            Self::Part(_) => both(
                "单证码不全，读不懂。让开单方重打，再扫。",
                "Part of this paper's code is missing. Have it printed again, then scan.",
            ),
        }
    }
}

impl Fault for InvitationError {
    fn pair(&self) -> Pair {
        match self {
            Self::Form => both(
                "这不是登记码。扫控制台上的二维码，或输入服务器地址、空格和 32 位码。",
                "This is no enrolment code. Scan the QR on the console, or type the server's address, a blank and the 32 characters.",
            ),
            Self::Code => both(
                "登记码输错了。对照控制台，逐组核对 32 位。",
                "The code is mistyped. Compare its 32 characters with the console, group by group.",
            ),
            Self::Address(_) => both(
                "登记码里的服务器地址读不懂。对照控制台重新输入。",
                "The server's address in the code cannot be read. Compare it with the console, type it again.",
            ),
        }
    }
}

impl Fault for FileError {
    fn pair(&self) -> Pair {
        match self {
            Self::Certificate(error) => error.pair(),
            Self::File { .. } | Self::Identity(_) | Self::Config(_) | Self::Toml(_) | Self::Key(_) => both(
                "本机的登记文件不能用，没有登记。告诉主管，检查本机的文件夹，再用同一登记码扫一次。",
                "This device's files cannot be used, so it is not enrolled. Have its folder checked, then scan the same code again.",
            ),
        }
    }
}

impl Fault for TransportError {
    fn pair(&self) -> Pair {
        match self {
            Self::Offline { .. } => {
                both("连不上服务器。检查网络，再扫一次。", "The server is not reached. Check the network, scan again.")
            }
            Self::Busy { .. } => both("服务器正忙。稍等，再扫一次。", "The server is busy. Wait a moment, scan again."),
            Self::Refused(_) => both(
                "登记码已过期或用过。只在 10 分钟内有效，只能用一次。让主管重新生成。",
                "Enrolment code expired or used. Valid 10 min, once. Ask the supervisor for a new one.",
            ),
            Self::WrongServer { .. } | Self::Configuration(_) | Self::Answer(_) => both(
                "服务器不对，什么都没有发送。核对登记码；仍不对，告诉主管。",
                "This is not the right server; nothing was sent. Compare the code; if it stays so, tell the supervisor.",
            ),
        }
    }
}

impl Fault for EnrolError {
    fn pair(&self) -> Pair {
        match self {
            Self::Transport(error) => error.pair(),
            Self::OtherCa(_) | Self::OtherApproval => both(
                "服务器不对，什么都没有发送。核对登记码的末 4 组；仍不对，告诉主管。",
                "This is not the server of the code; nothing was sent. Compare its last four groups; if it stays so, tell the supervisor.",
            ),
            Self::Tls(_) => both(
                "加密连接建不起来，没有登记。重启本机，再扫一次；仍不行，告诉主管。",
                "No secure connection, so it is not enrolled. Restart the device, scan again; if it stays so, tell the supervisor.",
            ),
        }
    }
}

/// The last characters of a label's text.
fn tail(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    chars[chars.len().saturating_sub(4)..].iter().collect()
}

#[cfg(test)]
mod tests;
