//! The console's words in both languages.

use shared::citation::{Citation, Rulebook};
use shared::mismatch::{Mismatch, Severity, State, Words};

use crate::people::Role;
use crate::workflow::{Reason, Stage};

pub use crate::told::Lang;

impl Lang {
    /// The word of this language.
    #[must_use]
    pub const fn of(self, words: Words) -> &'static str {
        match self {
            Self::Zh => words.zh,
            Self::En => words.en,
        }
    }

    /// The articles that a kind rests on.
    #[must_use]
    pub fn citations(self, mismatch: &Mismatch, rulebook: Rulebook) -> String {
        let one = |citation: &Citation| match self {
            Self::Zh => citation.zh(),
            Self::En => citation.en(),
        };
        mismatch.citations(rulebook).iter().map(one).collect::<Vec<_>>().join(self.pick("；", "; "))
    }

    /// The word of a severity.
    #[must_use]
    pub const fn severity(self, severity: Severity) -> &'static str {
        match severity {
            Severity::Block => self.pick("拦截", "BLOCK"),
            Severity::Hold => self.pick("隔离", "HOLD"),
            Severity::Warn => self.pick("提示", "WARN"),
            Severity::Info => self.pick("信息", "INFO"),
        }
    }

    /// The word of a state.
    #[must_use]
    pub const fn state(self, state: State) -> &'static str {
        match state {
            State::Provisional => self.pick("待核", "provisional"),
            State::Confirmed => self.pick("已确认", "confirmed"),
            State::Closed => self.pick("补传自动关闭", "closed by late data"),
            State::Resolved => self.pick("已解决", "resolved"),
        }
    }

    /// The word of where a mismatch is in the hands of people.
    #[must_use]
    pub const fn stage_of_work(self, stage: Stage) -> &'static str {
        match stage {
            Stage::Open => self.pick("未处理", "open"),
            Stage::Seen => self.pick("已看", "seen"),
            Stage::InProgress => self.pick("处理中", "in progress"),
            Stage::Waiting => self.pick("等待对方", "waiting for counterpart"),
            Stage::Escalated => self.pick("已上报监管", "escalated"),
            Stage::Resolved => self.pick("已解决", "resolved"),
        }
    }

    /// The word of how a mismatch came about.
    #[must_use]
    pub const fn reason(self, reason: Reason) -> &'static str {
        match reason {
            Reason::OperatorError => self.pick("操作失误", "operator error"),
            Reason::PrinterError => self.pick("打印错误", "printer error"),
            Reason::DataLate => self.pick("数据迟到", "data late"),
            Reason::TrueShortage => self.pick("确实少货", "true shortage"),
            Reason::TrueOverage => self.pick("确实多货", "true overage"),
            Reason::Damage => self.pick("货损", "damage"),
            Reason::SuspectedCounterfeit => self.pick("疑似假冒", "suspected counterfeit"),
            Reason::SystemFault => self.pick("系统故障", "system fault"),
            Reason::Other => self.pick("其他", "other"),
        }
    }

    /// The word of a step in a mismatch's history.
    #[must_use]
    pub fn step(self, step: &str) -> &'static str {
        match step {
            "seen" => self.pick("已看", "seen"),
            "start" => self.pick("开始处理", "taken on"),
            "wait" => self.pick("等待对方", "waiting for counterpart"),
            "assign" => self.pick("指派给", "assigned to"),
            "due" => self.pick("期限定为", "due by"),
            "resolve" => self.pick("解决", "resolved"),
            "reopen" => self.pick("重新打开", "opened again"),
            "reopened" => self.pick("有新证据，自动重新打开", "opened again: new evidence"),
            "escalated" => self.pick("超期，已上报监管", "out of time: escalated to the regulator"),
            _ => self.pick("备注", "comment"),
        }
    }

    /// The word of an act in the audit log; one that has none here is shown as it is kept.
    #[must_use]
    pub fn act(self, act: &str) -> &str {
        match act {
            "signed-in" => self.pick("登录", "signed in"),
            "signed-out" => self.pick("退出", "signed out"),
            "password-changed" => self.pick("修改密码", "changed the password"),
            "password-set" => self.pick("重设密码", "set a password"),
            "user-added" => self.pick("添加用户", "added a user"),
            "user-disabled" => self.pick("停用用户", "disabled a user"),
            "user-enabled" => self.pick("启用用户", "enabled a user"),
            "role-set" => self.pick("改变角色", "set a role"),
            "token-added" => self.pick("发放令牌", "made a token"),
            "token-revoked" => self.pick("吊销令牌", "revoked a token"),
            "invited" => self.pick("邀请终端", "invited a terminal"),
            "approved" => self.pick("批准终端", "approved a terminal"),
            "refused" => self.pick("拒绝终端", "refused a terminal"),
            "revoked" => self.pick("吊销终端", "revoked a terminal"),
            "reinstated" => self.pick("恢复终端", "reinstated a terminal"),
            "added" => self.pick("按密钥添加终端", "added a terminal by key"),
            "admitted" => self.pick("采纳留存证据", "admitted evidence"),
            "restored" => self.pick("从备份恢复", "restored a backup"),
            "parcel-imported" => self.pick("导入离线包裹", "imported a parcel"),
            "replayed" => self.pick("重读留存证据", "read evidence again"),
            "imported" => self.pick("导入登记数据", "imported records"),
            "record-put" => self.pick("录入登记数据", "entered a record"),
            "record-amended" => self.pick("变更登记数据", "amended a record"),
            "record-corrected" => self.pick("更正登记数据", "corrected a record"),
            "entered-into-force" => self.pick("变更生效", "amendments entered into force"),
            "packs-imported" => self.pick("导入码包", "imported code packs"),
            "codes-applied" => self.pick("申领追溯码", "applied for codes"),
            "application-withdrawn" => self.pick("撤回申码单", "withdrew an application for codes"),
            "codes-issued" => self.pick("发码", "issued codes"),
            "pack-activated" => self.pick("启用码包", "activated a pack"),
            "pack-lost" => self.pick("报失码包", "reported a pack lost"),
            "pack-stolen" => self.pick("报盗码包", "reported a pack stolen"),
            "pack-released" => self.pick("找回码包", "released a pack"),
            "pack-cancelled" => self.pick("注销码包", "cancelled a pack"),
            "codes-cancelled" => self.pick("注销追溯码", "cancelled codes"),
            "relabelled" => self.pick("换码", "relabelled a package"),
            "associated" => self.pick("上传关联关系", "uploaded associations"),
            "next-ca" => self.pick("生成下一个根证书", "made the next CA"),
            "ca-adopted" => self.pick("启用下一个根证书", "adopted the next CA"),
            "pin-set" => self.pick("设置 PIN", "set a PIN"),
            "badge-made" => self.pick("制作工牌", "made a badge"),
            "webhook-added" => self.pick("添加推送地址", "added a webhook"),
            "webhook-enabled" => self.pick("启用推送地址", "enabled a webhook"),
            "webhook-removed" => self.pick("删除推送地址", "removed a webhook"),
            "webhook-given-up" => self.pick("推送失败，已停用", "gave a webhook up"),
            "seen" | "start" | "wait" | "assign" | "due" | "resolve" | "reopen" | "comment" => self.step(act),
            other => other,
        }
    }

    /// The word of a role.
    #[must_use]
    pub const fn role(self, role: Option<Role>) -> &'static str {
        match role {
            None => self.pick("未登录", "no sign-in"),
            Some(Role::Regulator) => self.pick("监管", "regulator"),
            Some(Role::Supervisor) => self.pick("主管", "supervisor"),
            Some(Role::Clerk) => self.pick("员工", "clerk"),
            Some(Role::ReadOnly) => self.pick("只读", "read only"),
        }
    }

    /// The other language.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Zh => Self::En,
            Self::En => Self::Zh,
        }
    }

    /// The word of an event's kind.
    #[must_use]
    pub fn stage(self, stage: shared::event::Stage) -> &'static str {
        use shared::event::Stage;
        match stage {
            Stage::Outbound => self.pick("出库", "outbound"),
            Stage::Inbound => self.pick("入库", "inbound"),
            Stage::Sort => self.pick("分拣", "sort"),
            Stage::Receipt => self.pick("收货确认", "receipt"),
            Stage::TransferOut => self.pick("调出", "transfer out"),
            Stage::TransferIn => self.pick("调入", "transfer in"),
            Stage::ReturnOut => self.pick("退出", "return out"),
            Stage::ReturnIn => self.pick("退入", "return in"),
        }
    }
}
