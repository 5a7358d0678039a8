//! Compiles the window. Fonts and icons go into the binary: a terminal has no fonts of its own to rely on.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let config = slint_build::CompilerConfiguration::new()
        .embed_resources(slint_build::EmbedResourcesKind::EmbedFiles)
        .with_style("fluent-light".to_owned())
        .with_debug_info(true);
    slint_build::compile_with_config("ui/app.slint", config)?;
    Ok(())
}
