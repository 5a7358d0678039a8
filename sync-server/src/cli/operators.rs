//! `sync-server operators`: badges and PINs. What is stored cannot be read back; what is lost is set again.

use std::io::{BufRead, IsTerminal};

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use ring::rand::{SecureRandom, SystemRandom};
use serde_json::json;
use shared::credential::{BadgeMark, Pin, PinCost, PinVerifier, SALT_LEN, badge_text};
use shared::reference::Operator;
use shared::time::Timestamp;
use shared::wire::Record;

use super::{report, shell};
use crate::audit;
use crate::store::{self, Store};

#[derive(Debug, Subcommand)]
pub(super) enum OperatorsCommand {
    /// Set a PIN of 6 to 12 digits, read from standard input; terminals take it at their next sync, and end a lock with it.
    SetPin {
        /// The staff number.
        operator: String,
    },
    /// Make a new badge; prints the text for its QR, once. The badge before it is void from the terminals' next sync on.
    Badge {
        /// The staff number.
        operator: String,
    },
    /// List operators: number, name, role, sites, whether a badge and a PIN are set; one JSON object a line.
    List,
}

pub(super) async fn run(store: &Store, command: OperatorsCommand, now: Timestamp) -> Result<()> {
    match command {
        OperatorsCommand::SetPin { operator } => {
            let pin = Pin::choose(typed_pin()?.trim())?;
            let verifier = PinVerifier::of(&pin, PinCost::STANDARD, random::<SALT_LEN>()?);
            change(store, (&operator, "pin-set"), now, |before| Operator { pin: Some(verifier), ..before }).await
        }
        OperatorsCommand::Badge { operator } => {
            let text = badge_text(random()?);
            change(store, (&operator, "badge-made"), now, |before| Operator {
                badge: Some(BadgeMark::of(&text)),
                ..before
            })
            .await?;
            report::line(&json!({ "operator": operator, "badge": text }))
        }
        OperatorsCommand::List => {
            let references = store::reference::load_all(&mut *store.read().await?).await?;
            for found in references.operators.values() {
                report::line(&json!({
                    "operator": found.operator, "name": found.name, "member": found.member, "role": found.role,
                    "sites": found.sites, "until": found.until, "badge": found.badge.is_some(), "pin": found.pin.is_some(),
                }))?;
            }
            Ok(())
        }
    }
}

/// Changes one operator's record, so that terminals pull it. No verdict rests on credentials: nothing is judged again.
async fn change(
    store: &Store,
    (number, act): (&str, &str),
    now: Timestamp,
    change: impl FnOnce(Operator) -> Operator,
) -> Result<()> {
    let mut tx = store.write().await?;
    let position = store::next_position(&mut tx).await?;
    let references = store::reference::load_all(&mut tx).await?;
    let Some(before) = references.operators.get(&number.into()) else {
        bail!(
            "operator {number} is not known; import the staff list first (`sync-server operators list` shows who is)"
        );
    };
    let record = Record::Operator(change(before.clone()));
    store::reference::put(&mut tx, &record, position).await?;
    audit::append(&mut tx, &shell(), (act, &format!("operator {number}"), ""), now).await?;
    tx.commit().await?;
    Ok(())
}

fn typed_pin() -> Result<String> {
    if std::io::stdin().is_terminal() {
        eprintln!("The new PIN, 6 to 12 digits, then Enter (it is shown while you type):");
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("the PIN cannot be read from standard input")?;
    Ok(line)
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.ok().context("the system's random source failed; nothing was changed. Try again")?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use shared::credential::SealingKey;

    use super::*;
    use crate::testing::{NOW, Trade};

    async fn operator(trade: &Trade) -> Operator {
        let references = store::reference::load_all(&mut trade.store.read().await.unwrap()).await.unwrap();
        references.operators[&"1024".into()].clone()
    }

    #[tokio::test]
    async fn badge_and_pin_survive_the_next_import_of_the_staff_list() {
        let trade = Trade::new().await;
        let staff = r#"[{"set": "operator", "operator": "1024", "member": "M", "role": "clerk"}]"#;
        trade.import("staff.json", staff).await.unwrap();
        let pin = Pin::new("739164").unwrap();
        let verifier = PinVerifier::of(&pin, PinCost::LEAST, [3; SALT_LEN]);
        change(&trade.store, ("1024", "pin-set"), NOW, |before| Operator { pin: Some(verifier), ..before })
            .await
            .unwrap();
        run(&trade.store, OperatorsCommand::Badge { operator: "1024".into() }, NOW).await.unwrap();
        let renamed =
            r#"[{"set": "operator", "operator": "1024", "member": "M", "role": "supervisor", "name": "李梅"}]"#;
        trade.import("staff.json", renamed).await.unwrap();
        let found = operator(&trade).await;
        assert_eq!((found.role.as_str(), found.name.as_str()), ("supervisor", "李梅"));
        assert!(found.badge.is_some());
        let key = ring::signature::Ed25519KeyPair::from_seed_unchecked(&[1; 32]).unwrap();
        assert_eq!(found.pin.unwrap().is_of(&pin, &SealingKey::derive(&key)), Ok(true));
    }

    #[tokio::test]
    async fn an_unknown_number_is_named_and_nothing_changes() {
        let trade = Trade::new().await;
        let error = run(&trade.store, OperatorsCommand::Badge { operator: "77".into() }, NOW).await.unwrap_err();
        assert!(error.to_string().starts_with("operator 77 is not known"), "{error}");
    }
}
