//! What a clerk should hear about sending, beyond whether the server is reached.

use super::SyncError;
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
            zh: "另有一台终端使用本机身份。新扫码另起编号,之前未确认的交主管处理;告诉主管,本机须重新登记。".into(),
            en: "Another device works under this terminal's identity. New scans get new numbers; those not acknowledged before are for the supervisor. Tell the supervisor: this terminal must be enrolled again.".into(),
        });
    }
    match store.server_history()? {
        ServerHistory::Rewritten => notices.push(Notice {
            zh: "服务器缺少已确认的本机记录,又无恢复记录:其历史可能被改写。本机记录均在,正补传;告诉主管。".into(),
            en: "The server lacks events that it had acknowledged, and tells of no restore: its history may have been rewritten. All of them are here and are sent again. Tell the supervisor.".into(),
        }),
        ServerHistory::Restored(at) if store.pending()?.0 > 0 => notices.push(Notice {
            zh: format!("服务器已于 {} 由备份恢复,所缺的本机记录正在补传。", at.to_minute()),
            en: format!("The server was restored from a backup at {}; what it lacks of this terminal is sent again.", at.to_minute()),
        }),
        ServerHistory::Restored(_) | ServerHistory::Stands => {}
    }
    for lacking in store.lacking()? {
        let (from, to) = (lacking.from, lacking.to);
        notices.push(Notice {
            zh: format!("服务器由备份恢复,缺本机第 {from} 至 {to} 条;这些记录已满保留期,本机也不再保存。告诉主管,从其他备份找回。"),
            en: format!("The server was restored from a backup and lacks this terminal's events {from} to {to}, which had left this terminal after their retention. Tell the supervisor: only another backup holds them."),
        });
    }
    let refused = store.refused()?;
    let waiting = refused.iter().filter(|refused| !refused.taken).count();
    if let Some(last) = refused.iter().rfind(|refused| !refused.taken) {
        notices.push(Notice {
            zh: format!("服务器拒收 {waiting} 条记录,均保存在本机,将交主管处理。"),
            en: format!(
                "The server would not take {waiting} events ({}). They are kept here and are for the supervisor.",
                last.reason
            ),
        });
    }
    Ok(notices)
}
