//! Packages every published crate as a release would, without the network, builds each from its package, and looks whether the packages are
//! complete. Nothing is uploaded.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::outside::FOLLOWED;
use crate::packages::Package;
use crate::workspace::{self, files_below};

/// The licence texts, which each package must hold itself. (Symbolic links would do on Unix only.)
const LICENCES: [&str; 2] = ["LICENSE-MIT", "LICENSE-APACHE"];

/// The files of a package by their names in it.
type Files = BTreeMap<String, Vec<u8>>;

/// Packages and builds; one sentence for each thing that a package lacks.
///
/// # Errors
///
/// If cargo cannot package or build a crate, after it said why.
pub(super) fn problems(packages: &[&Package]) -> Result<Vec<String>> {
    workspace::run(workspace::cargo().args(["fetch", "--locked"]))?;
    let _forgotten = Unpacked::forget(packages)?;
    let mut command = workspace::cargo();
    // A tree with changes may be packaged while one works; that the checks change nothing is a step of its own.
    command.args(["package", "--quiet", "--offline", "--locked", "--allow-dirty"]);
    for package in packages {
        command.args(["--package", &package.name]);
    }
    workspace::run(&mut command).context("a crate does not package, or does not build from its package")?;
    let mut found = Vec::new();
    for package in packages {
        let name = name_of(package);
        let archive = workspace::target_dir().join("package").join(format!("{name}.crate"));
        let packed = fs::read(&archive).with_context(|| format!("cannot read {}", archive.display()))?;
        let files = unpack(&packed, &name).with_context(|| format!("cannot unpack {}", archive.display()))?;
        println!("{:<20} {:>4} files, {:>8} bytes packed", package.name, files.len(), packed.len());
        found.extend(lacking(package, &files, &wanted(package)?));
    }
    Ok(found)
}

fn name_of(package: &Package) -> String {
    format!("{}-{}", package.name, package.about.version)
}

/// What must be in a package, with the text that it must have there.
fn wanted(package: &Package) -> Result<Files> {
    let read = |path: &Path| fs::read(path).with_context(|| format!("cannot read {}", workspace::shown(path)));
    let mut wanted = Files::new();
    for licence in LICENCES {
        wanted.insert(licence.to_owned(), read(&workspace::root().join(licence))?);
    }
    wanted.insert("README.md".to_owned(), read(&package.folder().join("README.md"))?);
    // What a link leads to must travel with the crate.
    for (_, link) in FOLLOWED.iter().filter(|(name, _)| *name == package.name) {
        let folder = package.folder().join(link).canonicalize()?;
        for file in files_below(&folder, &|_| true)? {
            let name = file.strip_prefix(&folder)?.to_string_lossy().replace('\\', "/");
            wanted.insert(format!("{link}/{name}"), read(&file)?);
        }
    }
    Ok(wanted)
}

fn lacking(package: &Package, files: &Files, wanted: &Files) -> Vec<String> {
    let mut found = Vec::new();
    for (name, text) in wanted {
        let what = match files.get(name) {
            None => "has no",
            Some(there) if there != text => "has another text in",
            Some(_) => continue,
        };
        let mend = if LICENCES.contains(&name.as_str()) {
            format!("cp {name} {}/{name}", workspace::shown(package.folder()))
        } else {
            "look at `include` and `exclude` in its manifest".to_owned()
        };
        found.push(format!("the package of {} {what} {name}: {mend}.", package.name));
    }
    found
}

/// Reads an archive whose files are all below a folder of the package's name.
fn unpack(packed: &[u8], name: &str) -> Result<Files> {
    let mut files = Files::new();
    for entry in tar::Archive::new(flate2::read::GzDecoder::new(packed)).entries()? {
        let mut entry = entry?;
        let path = entry.path()?.into_owned();
        let inside = path.strip_prefix(name).with_context(|| format!("{} is not below {name}", path.display()))?;
        let inside = inside.to_string_lossy().replace('\\', "/");
        let mut text = Vec::new();
        entry.read_to_end(&mut text)?;
        files.insert(inside, text);
    }
    Ok(files)
}

/// Cargo keeps what it unpacked from its temporary registry by the registry's path, a crate's name and version. An earlier run in this folder
/// would otherwise be taken for this one, with yesterday's sources; so it is removed before and after.
struct Unpacked {
    registry: PathBuf,
    names: Vec<String>,
}

impl Unpacked {
    fn forget(packages: &[&Package]) -> Result<Self> {
        let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")));
        let registry = home.context("there is no home folder")?.join("registry");
        let unpacked = Self { registry, names: packages.iter().map(|package| name_of(package)).collect() };
        unpacked.remove();
        Ok(unpacked)
    }

    fn remove(&self) {
        for kind in ["src", "cache"] {
            let Ok(folders) = fs::read_dir(self.registry.join(kind)) else { continue };
            // A registry with a host has its name in front; the temporary one has none.
            for folder in folders.flatten().filter(|folder| folder.file_name().to_string_lossy().starts_with('-')) {
                for name in &self.names {
                    // Most are not there.
                    let _ = fs::remove_dir_all(folder.path().join(name));
                    let _ = fs::remove_file(folder.path().join(format!("{name}.crate")));
                }
            }
        }
    }
}

impl Drop for Unpacked {
    fn drop(&mut self) {
        self.remove();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::made_up::library;

    fn files(files: &[(&str, &str)]) -> Files {
        files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
    }

    #[test]
    fn a_package_without_a_file_or_with_another_text_is_named_with_what_to_do() {
        let wanted = files(&[("LICENSE-MIT", "free"), ("README.md", "# one"), ("notes/a.txt", "a")]);
        let has = files(&[("LICENSE-MIT", "not free"), ("README.md", "# one"), ("src/lib.rs", "")]);
        let found = lacking(&library("one", &[], &[]), &has, &wanted);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(
            found[0].starts_with("the package of one has another text in LICENSE-MIT: cp LICENSE-MIT "),
            "{found:?}"
        );
        assert!(found[1].starts_with("the package of one has no notes/a.txt: look at"), "{found:?}");
        assert_eq!(lacking(&library("one", &[], &[]), &wanted, &wanted), [""; 0]);
    }

    #[test]
    fn an_archive_with_a_file_beside_its_folder_is_refused() {
        let archive = |name: &str| {
            let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
            let mut header = tar::Header::new_gnu();
            header.set_size(1);
            tar.append_data(&mut header, name, &b"x"[..]).unwrap();
            tar.into_inner().unwrap().finish().unwrap()
        };
        assert_eq!(unpack(&archive("one-0.1.0/src/lib.rs"), "one-0.1.0").unwrap(), files(&[("src/lib.rs", "x")]));
        assert!(unpack(&archive("two-0.1.0/src/lib.rs"), "one-0.1.0").is_err());
    }
}
