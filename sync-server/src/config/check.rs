//! Settings whose form is right and that make no sense: each is refused at the start, with what is allowed and why.

use shared::wire::BATCH_BYTES_MAX;

use super::Config;

/// The longest that a time of the limits may be: a year.
const TIME_MAX_MS: i64 = 365 * 24 * 3_600_000;

/// A setting that cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{setting} = {value}` cannot be used: allowed is {allowed}, since {why}")]
pub struct Senseless {
    setting: &'static str,
    value: String,
    allowed: String,
    why: &'static str,
}

fn held(
    is_right: bool,
    (setting, value): (&'static str, impl std::fmt::Display),
    (allowed, why): (&str, &'static str),
) -> Result<(), Senseless> {
    if is_right {
        return Ok(());
    }
    Err(Senseless { setting, value: value.to_string(), allowed: allowed.to_owned(), why })
}

/// The first setting that makes no sense.
pub(super) fn check(config: &Config) -> Result<(), Senseless> {
    let host = ("a host name of letters, digits, `-` and `.`", "it stands in every code that is issued");
    held(is_host(&config.link_host), ("link_host", format!("{:?}", config.link_host)), host)?;
    for name in &config.server_names {
        let is_name = is_host(name) || name.parse::<std::net::IpAddr>().is_ok();
        let allowed = ("host names and IP addresses", "the server's certificate is made for them");
        held(is_name, ("server_names", format!("{name:?}")), allowed)?;
    }
    let room = BATCH_BYTES_MAX..=u32::MAX as usize;
    let allowed = format!("{} to {}", room.start(), room.end());
    let inbox = config.inbox_bytes_max;
    held(room.contains(&inbox), ("inbox_bytes_max", inbox), (&allowed, "the longest batch must find room"))?;
    requests(config)?;
    times(config)?;
    shares(config)?;
    let workflow = &config.workflow;
    let hours = [
        ("workflow.block_hours", workflow.block_hours),
        ("workflow.hold_hours", workflow.hold_hours),
        ("workflow.warn_hours", workflow.warn_hours),
    ];
    let allowed = ("1 to 8760", "a mismatch would go to the regulator before anybody could settle it, or never");
    hours.into_iter().try_for_each(|(setting, hours)| held((1..=8_760).contains(&hours), (setting, hours), allowed))
}

fn requests(config: &Config) -> Result<(), Senseless> {
    let requests = &config.requests;
    let least = [
        ("requests.person_per_minute", requests.person_per_minute, 60),
        // A terminal with a full queue asks for every thousand events, and for every chunk of a photo.
        ("requests.terminal_per_minute", requests.terminal_per_minute, 600),
    ];
    for (setting, per_minute, least) in least {
        let allowed = format!("0 (no limit), or {least} and more");
        let is_right = per_minute == 0 || per_minute >= least;
        held(is_right, (setting, per_minute), (&allowed, "fewer would stop ordinary work"))?;
    }
    Ok(())
}

fn times(config: &Config) -> Result<(), Senseless> {
    let limits = &config.limits;
    let times = [
        ("limits.grace_ms", limits.grace_ms),
        ("limits.late_ms", limits.late_ms),
        ("limits.skew_ms", limits.skew_ms),
        ("limits.pace_ms", limits.pace_ms),
        ("limits.stale_warn_ms", limits.stale_warn_ms),
        ("limits.stale_block_ms", limits.stale_block_ms),
        ("limits.travel_ms", limits.travel_ms),
        ("limits.undo_ms", limits.undo_ms),
        ("limits.transit_ms", limits.transit_ms.unwrap_or(0)),
    ];
    let allowed = format!("0 to {TIME_MAX_MS} (a year)");
    for (setting, ms) in times {
        held((0..=TIME_MAX_MS).contains(&ms), (setting, ms), (&allowed, "it is a length of time in milliseconds"))?;
    }
    let (warn, block) = (limits.stale_warn_ms, limits.stale_block_ms);
    let allowed = format!("at most stale_block_ms ({block})");
    held(warn <= block, ("limits.stale_warn_ms", warn), (&allowed, "a warning comes before the gate stays shut"))
}

fn shares(config: &Config) -> Result<(), Senseless> {
    let share = config.limits.manual_percent;
    held(share <= 100, ("limits.manual_percent", share), ("0 to 100", "it is a share of scans"))?;
    let (told, warned) = config.limits.quota_percent;
    let allowed = ("two shares from 1 to 100, the smaller first", "a quota is told of before it is warned of");
    held(1 <= told && told <= warned && warned <= 100, ("limits.quota_percent", format!("[{told}, {warned}]")), allowed)
}

/// Parts of letters, digits and `-` between dots, none of which begins or ends with `-`.
fn is_host(text: &str) -> bool {
    let is_part = |part: &str| {
        (1..=63).contains(&part.len())
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_is_refused_with_what_is_allowed_and_why() {
        for (line, setting, allowed) in [
            ("link_host = 'A B/..'", "`link_host = \"A B/..\"`", "a host name"),
            ("link_host = ''", "`link_host = \"\"`", "a host name"),
            ("server_names = ['tally.example', 'bad name!']", "`server_names = \"bad name!\"`", "host names and IP"),
            ("inbox_bytes_max = 1", "`inbox_bytes_max = 1`", "16777216 to 4294967295"),
            ("[limits]\ngrace_ms = -1", "`limits.grace_ms = -1`", "0 to 31536000000"),
            ("[limits]\ntransit_ms = -5", "`limits.transit_ms = -5`", "a year"),
            ("[limits]\nstale_warn_ms = 300000000", "`limits.stale_warn_ms = 300000000`", "at most stale_block_ms"),
            ("[limits]\nmanual_percent = 400", "`limits.manual_percent = 400`", "0 to 100"),
            ("[limits]\nquota_percent = [95, 80]", "`limits.quota_percent = [95, 80]`", "the smaller first"),
            ("[limits]\nquota_percent = [0, 80]", "`limits.quota_percent = [0, 80]`", "from 1 to 100"),
            ("[requests]\nperson_per_minute = 5", "`requests.person_per_minute = 5`", "60 and more"),
            ("[requests]\nterminal_per_minute = 60", "`requests.terminal_per_minute = 60`", "600 and more"),
            ("[workflow]\nblock_hours = 0", "`workflow.block_hours = 0`", "1 to 8760"),
        ] {
            let config: Config = toml::from_str(&format!("revised_rules_from = 'never'\n{line}\n")).unwrap();
            let told = check(&config).unwrap_err().to_string();
            assert!(told.starts_with(setting) && told.contains(allowed) && told.contains(", since "), "{told}");
        }
    }

    #[test]
    fn the_edges_are_taken() {
        let edges = "revised_rules_from = 'never'\nlink_host = 'a.cn'\nserver_names = ['tally', '10.0.0.5', 'fe80::1']\n\
                     inbox_bytes_max = 16777216\n[limits]\ngrace_ms = 0\nmanual_percent = 100\nquota_percent = [100, 100]\n\
                     [requests]\nperson_per_minute = 0\nterminal_per_minute = 600\n[workflow]\nblock_hours = 1\n";
        check(&toml::from_str(edges).unwrap()).unwrap();
        check(&toml::from_str("revised_rules_from = 'never'").unwrap()).unwrap();
    }
}
