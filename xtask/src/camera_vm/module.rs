//! Kernel modules: the loopback camera built from Debian's source, and the order in which modules load (the guest has no depmod).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::steps::step;

/// The loopback camera's module.
pub const LOOPBACK: &str = "v4l2loopback";

/// The module of the kernel's own test camera.
pub const OWN: &str = "vivid";

/// Builds the loopback camera against the unpacked headers; answers the module's file.
pub fn build(tree: &Path, version: &str) -> Result<PathBuf, String> {
    let tree = tree.canonicalize().map_err(|error| format!("{} cannot be found: {error}", tree.display()))?;
    let headers = tree.join("usr/src").join(format!("linux-headers-{version}"));
    redirect(&headers.join("Makefile"), &tree)?;
    let source = folder_starting(&tree.join("usr/src"), LOOPBACK)?;
    let mut make = Command::new("make");
    make.arg("-C").arg(&headers).arg(format!("M={}", source.display())).arg("modules").stdout(std::io::stderr());
    step("build of the loopback camera's kernel module", &mut make)?;
    Ok(source.join(format!("{LOOPBACK}.ko")))
}

/// The headers name each other by the place where they would be installed.
fn redirect(makefile: &Path, tree: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{} cannot be changed: {error}", makefile.display());
    let text = std::fs::read_to_string(makefile).map_err(failed)?;
    let place = format!("{}/usr/src/", tree.display());
    std::fs::write(makefile, text.replace("include /usr/src/", &format!("include {place}"))).map_err(failed)
}

fn folder_starting(folder: &Path, start: &str) -> Result<PathBuf, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{} cannot be read: {error}", folder.display()))?;
    let named = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(start));
    let found = entries.filter_map(|entry| Some(entry.ok()?.path())).find(named);
    found.ok_or_else(|| format!("there is no {start} in {}", folder.display()))
}

/// The modules wanted and those they need, each after its own needs, with their files.
pub fn load_order(tree: &Path, loopback: &Path, wanted: &[&str]) -> Result<Vec<(String, PathBuf)>, String> {
    let mut files = BTreeMap::new();
    collect(tree, &mut files)?;
    files.insert(LOOPBACK.to_owned(), loopback.to_owned());
    let needs = |name: &str| {
        let file = files.get(name).ok_or_else(|| format!("the kernel's package has no module {name}.ko"))?;
        let bytes = std::fs::read(file).map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
        Ok(depends(&bytes))
    };
    let mut order = Vec::new();
    for name in wanted {
        place(name, &needs, &mut order)?;
    }
    Ok(order.into_iter().map(|name| (name.clone(), files[&name].clone())).collect())
}

/// Puts a module behind those it needs. Modules need each other in no circle: the kernel could not load them.
fn place(
    name: &str,
    needs: &dyn Fn(&str) -> Result<Vec<String>, String>,
    order: &mut Vec<String>,
) -> Result<(), String> {
    if order.iter().any(|placed| placed == name) {
        return Ok(());
    }
    for need in needs(name)? {
        place(&need, needs, order)?;
    }
    order.push(name.to_owned());
    Ok(())
}

/// Module files below a folder by name; links would lead out of the tree.
fn collect(folder: &Path, files: &mut BTreeMap<String, PathBuf>) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{} cannot be read: {error}", folder.display());
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = entry.path();
        if entry.file_type().map_err(failed)?.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "ko")
            && let Some(name) = path.file_stem()
        {
            files.insert(plain(&name.to_string_lossy()), path);
        }
    }
    Ok(())
}

/// The names in a module's own line `depends=a,b`.
fn depends(module: &[u8]) -> Vec<String> {
    const KEY: &[u8] = b"\0depends=";
    let Some(at) = module.windows(KEY.len()).position(|window| window == KEY) else {
        return Vec::new();
    };
    let words = module[at + KEY.len()..].split(|&byte| byte == 0).next().unwrap_or_default();
    let words = String::from_utf8_lossy(words);
    words.split(',').filter(|name| !name.is_empty()).map(plain).collect()
}

/// The kernel takes hyphen and underscore in a module's name for one.
fn plain(name: &str) -> String {
    name.replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needs_are_read_from_the_module_itself() {
        let module = b"\x7fELF\0license=GPL\0depends=videobuf2-v4l2,videodev\0name=x\0";
        assert_eq!(depends(module), ["videobuf2_v4l2", "videodev"]);
        assert!(depends(b"\x7fELF\0depends=\0name=x\0").is_empty());
        assert!(depends(b"\x7fELF").is_empty());
    }

    #[test]
    fn each_module_loads_once_and_after_its_needs() {
        let needs = |name: &str| {
            Ok(match name {
                "camera" => vec!["core".to_owned(), "bus".to_owned()],
                "bus" => vec!["core".to_owned()],
                "core" => Vec::new(),
                other => return Err(format!("no {other}")),
            })
        };
        let mut order = Vec::new();
        place("camera", &needs, &mut order).unwrap();
        place("bus", &needs, &mut order).unwrap();
        assert_eq!(order, ["core", "bus", "camera"]);
        assert!(place("ghost", &needs, &mut order).is_err());
    }
}
