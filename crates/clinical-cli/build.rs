//! Lists the example notes at build time, so that the installed command carries them and nobody types the list twice.
//! It reads the folder `notes` beside it and nothing else.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let folder = Path::new(&variable("CARGO_MANIFEST_DIR")?).join("notes");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|end| end == "txt" || end == "pdf")
        {
            files.push(path);
        }
    }
    files.sort();
    fs::write(
        Path::new(&variable("OUT_DIR")?).join("examples.rs"),
        table(&files),
    )
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
