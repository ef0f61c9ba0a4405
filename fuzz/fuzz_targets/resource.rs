//! Any bytes as a resource, in every way of reading.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = clinical_fuzz::judge(bytes);
});
