//! Files outside a crate's folder that the crate needs: its package would not have them. It looks where such a path can stand (the macros that
//! include files, `#[path]`, the manifest, symbolic links) and follows no path that is put together at run time.

use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::packages::Package;
use crate::workspace::{files_below, has_extension, shown};

/// Links that packaging follows, each with the package that has it: what they lead to is checked in the package itself.
pub(super) const FOLLOWED: [(&str, &str); 1] = [("clinical-cli", "notes")];

/// What in a source makes the compiler read another file.
const INCLUDING: [&str; 4] = ["include_str!(", "include_bytes!(", "include!(", "#[path = "];

/// One sentence for each file outside.
pub(super) fn problems(package: &Package) -> Result<Vec<String>> {
    let folder = package.folder();
    let manifest = &package.about.manifest_path;
    let mut found = Vec::new();
    let named =
        [&package.about.readme, &package.about.license_file].into_iter().flatten().map(|file| folder.join(file));
    for file in named.chain(package.sources().map(Path::to_path_buf)) {
        if !is_inside(&file, folder) {
            found.push(sentence(manifest, &file));
        }
    }
    for source in files_below(folder, &|file| has_extension(file, "rs"))? {
        let text = fs::read_to_string(&source).with_context(|| format!("cannot read {}", shown(&source)))?;
        let beside = source.parent().unwrap_or(folder);
        for file in included(&text).map(|name| beside.join(name)).filter(|file| !is_inside(file, folder)) {
            found.push(sentence(&source, &file));
        }
    }
    for link in links_below(folder)? {
        let name = link.strip_prefix(folder).unwrap_or(&link).to_string_lossy().into_owned();
        let target = fs::read_link(&link).with_context(|| format!("cannot read the link {}", shown(&link)))?;
        let target = link.parent().unwrap_or(folder).join(target);
        if !is_inside(&target, folder) && !FOLLOWED.contains(&(&package.name, &name)) {
            found.push(sentence(&link, &target));
        }
    }
    Ok(found)
}

fn sentence(from: &Path, to: &Path) -> String {
    format!("{} needs {}, which is outside of its crate: copy it into the crate.", shown(from), shown(&plain(to)))
}

fn is_inside(path: &Path, folder: &Path) -> bool {
    plain(path).starts_with(plain(folder))
}

/// A path without `.` and `..`, read as it is written.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

/// The paths in a source's including macros and attributes, as far as they are written out. Comments are left out.
fn included(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.flat_map(|line| INCLUDING.iter().flat_map(move |opening| line.split(opening).skip(1))).filter_map(|rest| {
        // A raw string begins with `r"` or `r#"`.
        let rest = rest.trim_start().trim_start_matches('r').trim_start_matches('#').strip_prefix('"')?;
        rest.split_once('"').map(|(path, _)| path)
    })
}

/// All symbolic links below a folder, without following any.
fn links_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let (mut found, mut open) = (Vec::new(), vec![folder.to_path_buf()]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", shown(&folder)))? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_symlink() {
                found.push(entry.path());
            } else if kind.is_dir() {
                open.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_found_in_macros_and_attributes_but_not_in_comments() {
        let source = r##"
            //! include_str!("../../comment.md")
            const A: &str = include_str!("a.md"); const B: &[u8] = include_bytes!( r#"../b.bin"#);
            // include!("../../comment.rs");
            #[path = "../../c.rs"]
            mod c;
            const D: &str = include_str!(concat!(env!("OUT_DIR"), "/../d"));
            include!("e.rs");
        "##;
        let mut found: Vec<_> = included(source).collect();
        found.sort_unstable();
        assert_eq!(found, ["../../c.rs", "../b.bin", "a.md", "e.rs"]);
    }

    #[test]
    fn a_path_that_leaves_its_crate_and_comes_back_is_inside() {
        let folder = Path::new("/work/crates/one");
        let inside = |path: &str| is_inside(&folder.join(path), folder);
        assert!(inside("src/../README.md") && inside("../one/README.md") && inside("./a/./b"));
        assert!(!inside("../README.md") && !inside("src/../../one-more/a") && !inside("/etc/passwd"));
    }
}
