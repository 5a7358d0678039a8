//! Whether the log's chain holds, from nothing but its rows.

use shared::chain::Hash;
use sqlx::AnyConnection;

use super::store;
use crate::store::StoreError;

/// Rows read at once.
const PAGE: usize = 1_000;

/// What does not hold, the first of it; and how many acts were checked.
pub async fn check(conn: &mut AnyConnection) -> Result<(u64, Option<String>), StoreError> {
    let (mut checked, mut value) = (0, Hash::new([0; 32]));
    loop {
        let page = store::after(conn, checked, PAGE).await?;
        for entry in &page {
            if entry.audit_no != checked + 1 {
                return Ok((checked, Some(format!("audit log: act {} is missing", checked + 1))));
            }
            value = entry.hash_after(value);
            if entry.hash != value {
                return Ok((checked, Some(format!("audit log: act {} is not what was written", entry.audit_no))));
            }
            checked += 1;
        }
        if page.len() < PAGE {
            break;
        }
    }
    let (entries, head) = store::head(conn).await?;
    let fault = (entries != checked || head != value)
        .then(|| format!("audit log: {entries} acts were written, {checked} are here, or the last is another"));
    Ok((checked, fault))
}
