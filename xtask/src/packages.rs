//! The packages of this workspace, as cargo itself describes them. Nothing here names a package: what a check says about one follows from
//! what its manifest says.

use std::collections::BTreeMap;

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
    dependencies: Vec<Dependency>,
    targets: Vec<Target>,
    publish: Option<Vec<String>>,
}

#[derive(Debug, Clone, Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Target {
    kind: Vec<String>,
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
    use super::{Dependency, Package, Target};

    /// A published library with these dependencies and features.
    pub(crate) fn library(name: &str, dependencies: &[&str], features: &[(&str, &[&str])]) -> Package {
        let dependency = |name: &&str| Dependency { name: (*name).to_owned(), kind: None };
        let feature =
            |(name, on): &(&str, &[&str])| ((*name).to_owned(), on.iter().map(|on| (*on).to_owned()).collect());
        Package {
            name: name.to_owned(),
            features: features.iter().map(feature).collect(),
            dependencies: dependencies.iter().map(dependency).collect(),
            targets: vec![Target { kind: vec!["lib".to_owned()] }],
            publish: None,
        }
    }

    /// A published program with these dependencies.
    pub(crate) fn program(name: &str, dependencies: &[&str]) -> Package {
        let mut package = library(name, dependencies, &[]);
        package.targets.push(Target { kind: vec!["bin".to_owned()] });
        package
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
