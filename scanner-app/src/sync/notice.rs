//! What a clerk should hear about sending, beyond whether the server is reached.

use shared::wire::ProblemCode;

use super::{SyncError, TransportError};
use crate::store::{ServerHistory, Store};

/// A sentence in both languages, for the line that every screen shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// What the store knows that a person should hear, gravest first.
pub fn notices(store: &Store) -> Result<Vec<Notice>, SyncError> {
    let mut notices = Vec::new();
    if store.epoch_is_closed()? || store.outgoing()?.iter().any(|row| row.closed.is_some()) {
        notices.push(Notice {
            zh: "另有一台终端使用本机身份。新扫码另起编号，之前未确认的交主管处理；告诉主管，本机须重新登记。".into(),
            en: "Another device works under this terminal's identity. New scans get new numbers; those not acknowledged before are for the supervisor. Tell the supervisor: this terminal must be enrolled again.".into(),
        });
    }
    match store.server_history()? {
        ServerHistory::Rewritten => notices.push(Notice {
            zh: "服务器缺少已确认的本机记录，又无恢复记录：其历史可能被改写。本机记录均在，正补传；告诉主管。".into(),
            en: "The server lacks events that it had acknowledged, and tells of no restore: its history may have been rewritten. All of them are here and are sent again. Tell the supervisor.".into(),
        }),
        ServerHistory::Restored(at) if store.pending()?.0 > 0 => notices.push(Notice {
            zh: format!("服务器已于 {} 由备份恢复，所缺的本机记录正在补传。", at.to_minute()),
            en: format!("The server was restored from a backup at {}; what it lacks of this terminal is sent again.", at.to_minute()),
        }),
        ServerHistory::Restored(_) | ServerHistory::Stands => {}
    }
    for lacking in store.lacking()? {
        let (from, to) = (lacking.from, lacking.to);
        notices.push(Notice {
            zh: format!("服务器由备份恢复，缺本机第 {from} 至 {to} 条；这些记录已满保留期，本机也不再保存。告诉主管，从其他备份找回。"),
            en: format!("The server was restored from a backup and lacks this terminal's events {from} to {to}, which had left this terminal after their retention. Tell the supervisor: only another backup holds them."),
        });
    }
    let refused = store.refused()?;
    let waiting = refused.iter().filter(|refused| !refused.taken).count();
    if let Some(last) = refused.iter().rfind(|refused| !refused.taken) {
        notices.push(Notice {
            zh: format!("服务器拒收 {waiting} 条记录，均保存在本机，将交主管处理。"),
            en: format!(
                "The server would not take {waiting} events ({}). They are kept here and are for the supervisor.",
                last.reason
            ),
        });
    }
    Ok(notices)
}

/// What a screen says of why sending stopped, where waiting does not help: what, why, what next, and that the records are safe.
pub(super) fn stopped(error: &SyncError) -> Notice {
    let (zh, en) = match error {
        SyncError::Transport(TransportError::WrongServer { .. }) | SyncError::Acknowledgement(_) => (
            "服务器证书或签名不对，暂停上传。记录均在本机。照常扫码，告诉主管。",
            "The server's certificate or signature is not the enrolled one; uploads stopped. All records are here. Keep scanning, tell the supervisor.",
        ),
        SyncError::Transport(TransportError::Refused(problem)) => refusal(problem.code),
        SyncError::Transport(TransportError::Configuration(_)) => (
            "本机的连接设置不对，暂停上传。记录均在本机。照常扫码，让主管检查设置。",
            "The connection settings are wrong; uploads stopped. All records are here. Keep scanning; have the settings checked.",
        ),
        SyncError::Transport(
            TransportError::Offline { .. } | TransportError::Busy { .. } | TransportError::Answer(_),
        ) => (
            "暂时连不上服务器。记录均在本机。照常扫码，连上后自动上传。",
            "The server does not answer. All records are here. Keep scanning; they upload by themselves.",
        ),
        SyncError::Store(_) | SyncError::Batch(_) | SyncError::Compression(_) => (
            "记录读不出来，暂停上传。停止扫码，告诉主管抢救。不要删任何文件。",
            "Records cannot be read; uploads stopped. Stop scanning; the supervisor can rescue them. Delete nothing.",
        ),
        SyncError::Json(_) => (
            "服务器的回答读不懂，暂停上传。记录均在本机。照常扫码；若不恢复，更新本应用。",
            "The server's answer cannot be read; uploads stopped. All records are here. Keep scanning; if it stays so, update the app.",
        ),
    };
    Notice { zh: zh.into(), en: en.into() }
}

/// Why the server refuses, as a clerk reads it: of what this terminal sends, or of this terminal.
#[must_use]
pub const fn refusal(code: ProblemCode) -> (&'static str, &'static str) {
    match code {
        ProblemCode::Revoked => (
            "本机已被撤销，服务器不再接收。记录均在本机。停止使用，交主管处理。",
            "This terminal was revoked; the server takes nothing from it. All records are here. Hand it to the supervisor.",
        ),
        ProblemCode::UnknownTerminal | ProblemCode::WrongTerminal | ProblemCode::EnrolmentCode => (
            "服务器不认识本机，不接收。记录均在本机。照常扫码，让主管重新登记本机。",
            "The server does not know this terminal. All records are here. Keep scanning; have it enrolled again.",
        ),
        ProblemCode::CertificateExpired | ProblemCode::CertificateRequired => (
            "登记已到期，暂停上传。记录均在本机。照常扫码，让主管重新登记本机。",
            "The enrolment has expired; uploads stopped. All records are here. Keep scanning; have it enrolled again.",
        ),
        ProblemCode::BadSignature | ProblemCode::BadRequest | ProblemCode::Gap | ProblemCode::EpochClosed => (
            "服务器核对不上这些记录，留存待查。记录均在本机。照常扫码，告诉主管。",
            "The server cannot match these records and set them aside. All records are here. Keep scanning, tell the supervisor.",
        ),
        ProblemCode::TooLarge | ProblemCode::WireVersion => (
            "服务器不认识这种记录，版本不同。记录均在本机。照常扫码，让主管更新服务器或本应用。",
            "The server does not know such records, the versions differ. All records are here. Keep scanning; have server or app updated.",
        ),
        ProblemCode::Busy
        | ProblemCode::TooManyTries
        | ProblemCode::Internal
        | ProblemCode::NotFound
        | ProblemCode::Other => (
            "服务器现在不能接收，稍后自动再传。记录均在本机。照常扫码。",
            "The server cannot take them now and is tried again by itself. All records are here. Keep scanning.",
        ),
    }
}

/// What a screen says while the server would not take some events.
pub(super) fn not_taken() -> Notice {
    Notice {
        zh: "服务器留存部分记录待查，其余照收。记录均在本机，会再次上传。点看原因，可继续扫码。".into(),
        en: "The server set some records aside, the others are in. All are kept here and offered again. See why; keep scanning.".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreError;
    use shared::wire::Problem;

    #[test]
    fn whatever_stops_sending_is_said_in_both_languages_with_what_is_safe() {
        let why = || "x".to_owned();
        let transport = [
            TransportError::Offline { server: why(), why: why() },
            TransportError::WrongServer { server: why(), why: why() },
            TransportError::Configuration(why()),
            TransportError::Busy { retry_after_ms: None },
            TransportError::Refused(Box::new(Problem { code: ProblemCode::Revoked, message: why(), head: None })),
            TransportError::Answer(why()),
        ];
        let mut errors: Vec<SyncError> = transport.into_iter().map(SyncError::Transport).collect();
        errors.push(SyncError::Acknowledgement("x"));
        errors.push(SyncError::Store(StoreError::Corrupt("x")));
        for error in errors {
            let said = stopped(&error);
            assert!(said.zh.contains("记录") && !said.zh.contains("server"), "{}", said.zh);
            assert!(said.en.to_lowercase().contains("records") && said.en.is_ascii(), "{}", said.en);
        }
    }
}
