//! What each command does.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use shared::chain::sha256;
use shared::time::{Clock, Timestamp};
use uuid::Uuid;

use super::{
    Cli, Command, KeysCommand, audit, backup, evidence, mismatches, operators, packs, registry, report, sealed, shell,
    shown, terminals, users, webhooks,
};
use crate::clock::SystemClock;
use crate::config::{Config, RevisedRulesFrom};
use crate::http::rates::Rates;
use crate::http::serve;
use crate::http::state::{AppState, Stopping};
use crate::identity::Identity;
use crate::identity::authority::{Adopted, Authority};
use crate::import::{self, Options, Source};
use crate::ingest::Intake;
use crate::ingest::intake::{BACKLOG_MAX, Limits};
use crate::keys::ServerKeys;
use crate::labels;
use crate::people::{self, Hall};
use crate::reconcile::{self, grammars};
use crate::store::identity::IdentityAct;
use crate::store::reference::SharedReferences;
use crate::store::{self, Store};

/// Runs a command. Exit code 1 also stands for "the command worked and found faults".
pub async fn run(cli: Cli) -> Result<ExitCode> {
    if let Command::Init { revised_rules_from } = &cli.command {
        init(&cli.config, revised_rules_from.as_deref())?;
    }
    let config = Config::read(&cli.config)?;
    fs::create_dir_all(&config.data)
        .with_context(|| format!("the data folder {} cannot be made", shown(&config.data)))?;
    if let Command::Restore { from, .. } = &cli.command {
        crate::backup::put_back(from, &config, SystemClock.now()).await?;
    }
    let store = Store::connect(&config.database(), new_ledger_id()).await?;
    // A second server is refused before it changes anything.
    let serving = match cli.command {
        Command::Serve => Some(store.serve_alone().await?),
        _ => None,
    };
    let now = SystemClock.now();
    match cli.command {
        // What was restored is read as it was until it is served: the restore is on record before anything changes.
        Command::Restore { .. } => labels::read_by(store::reference::grammars(&mut *store.read().await?).await?)?,
        _ => adopt_grammars(&store, &config, serving.is_some(), now).await?,
    }
    reconcile::adopt_policy(&store, config.policy(), now).await?;
    match cli.command {
        Command::Keys { command: Some(command) } => change_ca(&config, &store, &command, now).await?,
        Command::Init { .. } | Command::Keys { command: None } => report::keys(&identity(&config, now)?.0),
        Command::Serve => {
            let done = serve_until_stopped(&config, store).await;
            drop(serving);
            return done;
        }
        Command::Import { files } => import_files(&store, &files, now).await?,
        Command::Codes(command) => packs::run(&store, command, &config, now).await?,
        Command::Registry(command) => registry::run(&store, command, now).await?,
        Command::Terminals(command) => terminals::run(&config, &store, command, now).await?,
        Command::Operators(command) => operators::run(&store, command, now).await?,
        Command::Mismatches { json, all, command } => {
            reconcile::sweep(&store, now).await?;
            match command {
                None => report::mismatches(&mut *store.read().await?, json, all).await?,
                Some(command) => mismatches::run(&store, &config, command, now).await?,
            }
        }
        Command::Users(command) => users::run(&store, command, now).await?,
        Command::Webhooks(command) => webhooks::run(&store, &config, command, now).await?,
        Command::Audit(args) => audit::run(&store, &args).await?,
        Command::Trace { code, json } => return report::trace(&mut *store.read().await?, &code, json).await,
        Command::Events => {
            for event in store::event::list(&mut *store.read().await?).await? {
                report::line(&event)?;
            }
        }
        Command::Attachment { sha256, out } => report::attachment(&mut *store.read().await?, &sha256, &out).await?,
        Command::VerifyLog { checkpoints } => return backup::verify(&store, &config, checkpoints.as_deref()).await,
        Command::Quarantine(command) => return evidence::run(&store, command, &config, now).await,
        Command::Backup { to } => backup::make(&store, &config, &to).await?,
        Command::Restore { why, .. } => backup::record(&store, &config, &why, now).await?,
        Command::Sealed(command) => {
            let keys = ServerKeys::open(&config.data)?;
            return sealed::run(&store, &keys, command, now).await;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Labels are read by the configured grammars from here on, in the database and in this process. Those of a running server stay what
/// they are: another command does not change them beneath it.
async fn adopt_grammars(store: &Store, config: &Config, is_serving: bool, now: Timestamp) -> Result<()> {
    labels::read_by(config.codes.clone())?;
    if !grammars::are_grammars_adopted(store, &config.codes).await? {
        let beside = "`[codes]` of the configuration changed: where a server runs, restart it, it adopts them; where another command adopts them \
                      just now, try again";
        let _alone = if is_serving { None } else { Some(store.serve_alone().await.context(beside)?) };
        let found = grammars::adopt_grammars(store, &config.codes, now).await?;
        if found > 0 {
            eprintln!(
                "`[codes]` changed: {found} texts of labels are codes now that were none; what they touch is judged again."
            );
        }
    }
    Ok(())
}

async fn import_files(store: &Store, files: &[PathBuf], now: Timestamp) -> Result<()> {
    let sources = files.iter().map(|file| Source::read(file)).collect::<Result<Vec<_>, _>>()?;
    let options = Options { by: shell(), ..Options::default() };
    report::line(&import::run(store, sources, &options, now).await?)
}

fn init(path: &Path, revised_rules_from: Option<&str>) -> Result<()> {
    if path.exists() {
        return Ok(());
    }
    let Some(from) = revised_rules_from else {
        bail!(
            "a new configuration needs --revised-rules-from DAY (such as 2026-10-01) or --revised-rules-from never: \
             when the revised trading rules begin is agreed with the regulator and has no default"
        );
    };
    RevisedRulesFrom::try_from(from.to_owned()).map_err(anyhow::Error::msg)?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("the folder {} cannot be made", shown(folder)))?;
    }
    let example = include_str!("../../config.example.toml");
    let told = format!(
        "# First day of the revised trading rules (Asia/Shanghai), or \"never\" while only the trial rules hold. No default.\n\
         revised_rules_from = \"{from}\"\n\n{example}"
    );
    fs::write(path, told).with_context(|| format!("the configuration {} cannot be written", shown(path)))
}

#[expect(clippy::disallowed_methods, reason = "a new ledger is named here, in the binary; everything below is told")]
pub(super) fn new_ledger_id() -> Uuid {
    Uuid::new_v4()
}

async fn serve_until_stopped(config: &Config, store: Store) -> Result<ExitCode> {
    let (keys, identity) = identity(config, SystemClock.now())?;
    if config.is_console_open() {
        tracing::warn!("console_without_sign_in: whoever reaches {} may see and do everything", config.web_listen);
    } else if !people::store::is_anybody(&mut *store.read().await?).await? {
        eprintln!(
            "Nobody can sign in to the console yet. Add the first person: \
             sync-server users add --name NAME --role regulator (or --role supervisor --member MEMBER)"
        );
    }
    let (keys, clock): (_, Arc<dyn Clock>) = (Arc::new(keys), Arc::new(SystemClock));
    let limits = Limits { bytes_max: config.inbox_bytes_max, backlog_max: BACKLOG_MAX };
    let intake = Intake::start(store.clone(), Arc::clone(&keys), Arc::clone(&clock), limits);
    let state = AppState {
        store,
        references: SharedReferences::default(),
        keys,
        identity: Arc::new(identity),
        intake,
        clock,
        hall: Hall::new(config.is_console_open()),
        rates: Rates::new(config.requests),
        allowances: config.workflow,
        metrics: Arc::default(),
        stopping: Stopping::default(),
        link_host: config.link_host.as_str().into(),
    };
    serve::serve(config, state, |ready| {
        if let Ok(line) = serde_json::to_string(ready) {
            println!("{line}");
        }
    })
    .await?;
    Ok(ExitCode::SUCCESS)
}

/// The keys and the CA, made where they are missing.
pub(super) fn identity(config: &Config, now: Timestamp) -> Result<(ServerKeys, Identity)> {
    let authority = Authority::open(&config.data, &config.certificate_names(), now)?;
    let keys = ServerKeys::open(&config.data)?;
    let identity = Identity::new(authority, &keys, config)?;
    Ok((keys, identity))
}

async fn change_ca(config: &Config, store: &Store, command: &KeysCommand, now: Timestamp) -> Result<()> {
    let mut authority = Authority::open(&config.data, &config.certificate_names(), now)?;
    let (act, detail) = match command {
        KeysCommand::NextCa => {
            let pem = authority.make_next()?;
            eprintln!(
                "The next CA is there. Restart the server, wait until every terminal has been in contact \
                 (`sync-server terminals list`), then `sync-server keys adopt-next-ca`."
            );
            ("next-ca", sha256(&[pem.as_bytes()]).to_string())
        }
        KeysCommand::AdoptNextCa => {
            if authority.adopt_next()? == Adopted::NoneMade {
                bail!(
                    "there is no next CA; make one with `sync-server keys next-ca` and let the terminals pull it first"
                );
            }
            let authority = Authority::open(&config.data, &config.certificate_names(), now)?;
            eprintln!(
                "Restart the server: it shows the new CA then. Terminals that never pulled it must be invited again."
            );
            ("ca-adopted", authority.ca_hash().to_string())
        }
    };
    let mut tx = store.write().await?;
    let by = shell();
    let act = IdentityAct { act, terminal: None, by: &by.name, detail };
    crate::audit::note_identity(&mut tx, &by, &act, now).await?;
    tx.commit().await?;
    Ok(())
}
