//! Where the snapshots are, and what they are called.

/// The settings of every snapshot: one folder, names as the tests give them.
pub(crate) fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}

/// Compares a value with the snapshot of this name.
macro_rules! snapshot {
    ($name:expr, $value:expr) => {{
        let value = $value;
        $crate::snapshots::settings().bind(|| insta::assert_json_snapshot!($name, value));
    }};
}

pub(crate) use snapshot;
