//! `sync-server audit`: the audit log, exported.

use anyhow::Result;
use clap::Args;

use super::report;
use crate::audit;
use crate::store::Store;

/// Rows read at once.
const PAGE: usize = 1_000;

#[derive(Debug, Args)]
pub(super) struct AuditArgs {
    /// Only acts after this number: what an export before did not hold.
    #[arg(long, default_value_t = 0)]
    after: u64,
}

pub(super) async fn run(store: &Store, args: &AuditArgs) -> Result<()> {
    let mut conn = store.read().await?;
    let mut after = args.after;
    loop {
        let page = audit::store::after(&mut conn, after, PAGE).await?;
        for entry in &page {
            report::line(entry)?;
            after = entry.audit_no;
        }
        if page.len() < PAGE {
            return Ok(());
        }
    }
}
