//! The guest's kernel with its camera modules: fetched and built once for each version, then taken from the cache.

use std::path::{Path, PathBuf};

use super::{copy, empty_folder, fetch, make_folder, module};

/// A kernel ready to boot.
#[derive(Debug)]
pub struct Kernel {
    /// Debian's name of it.
    pub version: String,
    /// What QEMU boots.
    pub image: PathBuf,
    /// A busybox that needs no library.
    pub busybox: PathBuf,
    /// The folder of the modules.
    pub modules: PathBuf,
    /// Their names in the order in which they load.
    pub order: Vec<String>,
}

/// Modules that make cameras: a loopback, and one of the kernel's own that can be pulled out.
const CAMERAS: [&str; 2] = [module::LOOPBACK, module::OWN];

/// The kernel of this release, from the cache when it is there.
pub fn ready(cache: &Path) -> Result<Kernel, String> {
    let version = fetch::kernel_version()?;
    let folder = cache.join(format!("kernel-{version}"));
    if !folder.exists() {
        prepare(&version, cache, &folder)?;
    }
    let order = std::fs::read_to_string(folder.join("order"))
        .map_err(|error| format!("{} is not whole ({error}); remove it and try again", folder.display()))?;
    Ok(Kernel {
        image: folder.join("vmlinuz"),
        busybox: folder.join("busybox"),
        modules: folder.join("modules"),
        order: order.lines().map(str::to_owned).collect(),
        version,
    })
}

/// Fetches, builds and only then puts the folder in its place, so that a run that was cut leaves nothing that looks finished.
fn prepare(version: &str, cache: &Path, folder: &Path) -> Result<(), String> {
    let part = make_folder(&cache.join(format!("kernel-{version}.part")))?;
    let packages = make_folder(&part.join("packages"))?;
    let names = fetch::names(version)?;
    fetch::download(&names, &packages)?;
    eprintln!("\n== unpacking the kernel and its headers");
    let tree = empty_folder(&part.join("tree"))?;
    for name in &names {
        fetch::unpack(name, &packages, wanted(name), &tree)?;
    }
    let loopback = module::build(&tree, version)?;
    let ready = empty_folder(&part.join("ready"))?;
    let modules = make_folder(&ready.join("modules"))?;
    let load = module::load_order(&tree, &loopback, &CAMERAS)?;
    let mut order = String::new();
    for (name, file) in &load {
        copy(file, &modules.join(format!("{name}.ko")))?;
        order.push_str(name);
        order.push('\n');
    }
    copy(&tree.join(format!("boot/vmlinuz-{version}")), &ready.join("vmlinuz"))?;
    copy(&busybox(&tree)?, &ready.join("busybox"))?;
    let failed = |error: std::io::Error| format!("{} cannot be put in its place: {error}", folder.display());
    std::fs::write(ready.join("order"), order).map_err(failed)?;
    std::fs::rename(&ready, folder).map_err(failed)?;
    std::fs::remove_dir_all(&part).map_err(failed)
}

/// What is needed of a package: a whole kernel is five times as much.
fn wanted(name: &str) -> &'static [&'static str] {
    if name.starts_with("linux-image-") {
        &["./boot/vmlinuz-*", "*/kernel/drivers/media/*"]
    } else if name == "busybox-static" {
        &["*/busybox"]
    } else {
        &["./usr/*"]
    }
}

/// It lay in /bin before the two folders became one.
fn busybox(tree: &Path) -> Result<PathBuf, String> {
    let places = ["bin/busybox", "usr/bin/busybox"].map(|place| tree.join(place));
    places.into_iter().find(|place| place.exists()).ok_or_else(|| "there is no busybox in busybox-static".to_owned())
}
