//! Lists the example notes at build time, so that the installed command carries them and nobody types the list twice.
//! It reads the folder `notes` beside it and nothing else. A text with a PDF of the same name is what that PDF was made
//! from, and is left out: it would be coded twice.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let folder = folder(Path::new(&variable("CARGO_MANIFEST_DIR")?));
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "txt" || end == "pdf") {
            files.push(path);
        }
    }
    let is_source =
        |path: &PathBuf| path.extension().is_some_and(|end| end == "txt") && path.with_extension("pdf").exists();
    files.retain(|path| !is_source(path));
    files.sort();
    fs::write(Path::new(&variable("OUT_DIR")?).join("examples.rs"), table(&files))
}

/// `notes` is a link to `examples/notes`, and a real folder in the package. A checkout without links (Windows) has a small
/// file in its place.
fn folder(manifest: &Path) -> PathBuf {
    let notes = manifest.join("notes");
    if notes.is_dir() { notes } else { manifest.join("../../examples/notes") }
}

fn table(files: &[PathBuf]) -> String {
    let mut code = String::from("pub(crate) static EXAMPLES: &[(&str, &[u8])] = &[\n");
    for path in files {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let path = path.display().to_string();
        // Debug form is a valid Rust string, backslashes of Windows included. Writing to a String cannot fail.
        let _ = writeln!(code, "    ({name:?}, include_bytes!({path:?})),");
    }
    code.push_str("];\n");
    code
}

fn variable(name: &str) -> io::Result<String> {
    env::var(name).map_err(|_| io::Error::other(format!("{name} is not set; build with cargo")))
}
