//! Compiles the window. Fonts and icons go into the binary: a terminal has no fonts of its own to rely on. The day of the build goes
//! in too: no time before it is ever right (`sync/transport/time.rs`).

use std::time::{SystemTime, UNIX_EPOCH};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rustc-env=TALLYMAN_BUILD_MS={}", build_s() * 1_000);
    println!("cargo:rerun-if-env-changed=SOURCE_DATE_EPOCH");
    let config = slint_build::CompilerConfiguration::new()
        .embed_resources(slint_build::EmbedResourcesKind::EmbedFiles)
        .with_style("fluent-light".to_owned())
        // Tests find elements by what they are called in the source; a release has no use for those names.
        .with_debug_info(std::env::var("PROFILE").is_ok_and(|profile| profile == "debug"));
    slint_build::compile_with_config("ui/app.slint", config)?;
    Ok(())
}

/// Seconds since 1970 at the build; a build that must come out the same each time sets `SOURCE_DATE_EPOCH`.
#[expect(clippy::disallowed_methods, reason = "the build itself is the only clock there is")]
fn build_s() -> u64 {
    let set = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|text| text.parse().ok());
    set.unwrap_or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()))
}
