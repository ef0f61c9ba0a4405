//! The packages of this workspace, as cargo itself describes them. Nothing here names a package: what a check says about one follows from
//! what its manifest says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::workspace;

/// One package of the workspace.
#[derive(Debug, Clone, Deserialize)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its features, each with what it switches on.
    pub features: BTreeMap<String, Vec<String>>,
    /// What a registry shows of it, and where it is.
    #[serde(flatten)]
    pub about: About,
    /// What it asks for, for whatever purpose.
    pub dependencies: Vec<Dependency>,
    targets: Vec<Target>,
    publish: Option<Vec<String>>,
}

/// What a manifest says about its package. What is missing is empty.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct About {
    /// As in the manifest.
    pub version: String,
    /// One sentence, or nothing.
    pub description: Option<String>,
    /// An SPDX expression.
    pub license: Option<String>,
    /// In place of an SPDX expression.
    pub license_file: Option<String>,
    /// A path, seen from the manifest.
    pub readme: Option<String>,
    /// What it can be found by.
    pub keywords: Vec<String>,
    /// The registry's slugs.
    pub categories: Vec<String>,
    /// The oldest compiler.
    pub rust_version: Option<String>,
    /// An address.
    pub repository: Option<String>,
    /// The manifest's path.
    pub manifest_path: PathBuf,
    /// The tables below `package.metadata`.
    pub metadata: serde_json::Value,
}

/// A dependency as the manifest has it.
#[derive(Debug, Clone, Deserialize)]
pub struct Dependency {
    /// The other package.
    pub name: String,
    /// Nothing for an ordinary one, else `dev` or `build`.
    pub kind: Option<String>,
    /// The versions it allows; `*` if the manifest names none.
    #[serde(default)]
    pub req: String,
}

/// Something that cargo builds.
#[derive(Debug, Clone, Deserialize)]
struct Target {
    kind: Vec<String>,
    #[serde(default)]
    name: String,
    #[serde(default)]
    src_path: PathBuf,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

impl Package {
    /// Whether the manifest lets it be published.
    pub fn is_published(&self) -> bool {
        self.publish.as_ref().is_none_or(|registries| !registries.is_empty())
    }

    /// Whether it has a program.
    pub fn has_program(&self) -> bool {
        self.targets.iter().any(|target| target.kind.iter().any(|kind| kind == "bin"))
    }

    /// The name by which other code calls its library, if it has one.
    pub fn library(&self) -> Option<&str> {
        let library = self.targets.iter().find(|target| target.kind.iter().any(|kind| kind == "lib"));
        library.map(|target| target.name.as_str())
    }

    /// The files in which its targets begin.
    pub fn sources(&self) -> impl Iterator<Item = &Path> {
        self.targets.iter().map(|target| target.src_path.as_path())
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        self.about.manifest_path.parent().unwrap_or(Path::new(""))
    }

    /// Whether its manifest names the other package as a dependency, optional or not; those of tests and build scripts do not count.
    pub fn depends_on(&self, name: &str) -> bool {
        self.dependencies.iter().any(|dependency| dependency.kind.is_none() && dependency.name == name)
    }
}

/// The packages of the workspace that are published, by name.
///
/// # Errors
///
/// If cargo cannot read the workspace, or if nothing in it is published: a check of nothing would pass.
pub fn published() -> Result<Vec<Package>> {
    let text = workspace::output(workspace::cargo().args([
        "metadata",
        "--no-deps",
        "--offline",
        "--locked",
        "--format-version",
        "1",
    ]))?;
    of_metadata(&text)
}

fn of_metadata(text: &str) -> Result<Vec<Package>> {
    let metadata: Metadata =
        serde_json::from_str(text).context("cargo's description of the workspace was not understood")?;
    let mut packages: Vec<_> = metadata.packages.into_iter().filter(Package::is_published).collect();
    if packages.is_empty() {
        bail!("no package of this workspace is published");
    }
    packages.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(packages)
}

/// Made-up packages for the tests of the checks.
#[cfg(test)]
pub(crate) mod made_up {
    use super::{About, Dependency, Package, Target};

    /// A published library with these dependencies and features.
    pub(crate) fn library(name: &str, dependencies: &[&str], features: &[(&str, &[&str])]) -> Package {
        let dependency = |name: &&str| Dependency { name: (*name).to_owned(), kind: None, req: "^0.1.0".to_owned() };
        let feature =
            |(name, on): &(&str, &[&str])| ((*name).to_owned(), on.iter().map(|on| (*on).to_owned()).collect());
        Package {
            name: name.to_owned(),
            features: features.iter().map(feature).collect(),
            about: About::default(),
            dependencies: dependencies.iter().map(dependency).collect(),
            targets: vec![target("lib", name)],
            publish: None,
        }
    }

    /// A published program with these dependencies.
    pub(crate) fn program(name: &str, dependencies: &[&str]) -> Package {
        let mut package = library(name, dependencies, &[]);
        package.targets.push(target("bin", name));
        package
    }

    fn target(kind: &str, name: &str) -> Target {
        Target { kind: vec![kind.to_owned()], name: name.replace('-', "_"), src_path: "lib.rs".into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORKSPACE: &str = r#"{"packages": [
        {"name": "tool", "publish": [], "features": {}, "dependencies": [], "targets": [{"kind": ["bin"]}]},
        {"name": "shop", "publish": ["own"], "features": {}, "dependencies": [], "targets": [{"kind": ["bin"]}, {"kind": ["lib"]}]},
        {"name": "core", "publish": null, "features": {"extra": ["dep:more"]}, "targets": [{"kind": ["lib"]}],
         "dependencies": [{"name": "more", "kind": null, "optional": true}, {"name": "rig", "kind": "dev"}, {"name": "cc", "kind": "build"}]}
    ]}"#;

    #[test]
    fn only_published_packages_are_told_with_what_their_manifests_say() {
        let packages = of_metadata(WORKSPACE).unwrap();
        let facts: Vec<_> =
            packages.iter().map(|one| (one.name.as_str(), one.has_program(), one.features.len())).collect();
        assert_eq!(facts, [("core", false, 1), ("shop", true, 0)]);
        let core = &packages[0];
        assert_eq!(["more", "rig", "cc", "core"].map(|name| core.depends_on(name)), [true, false, false, false]);
    }

    #[test]
    fn a_workspace_that_publishes_nothing_is_no_success() {
        assert!(of_metadata(r#"{"packages": []}"#).is_err());
        assert!(of_metadata("nothing").is_err());
    }
}
