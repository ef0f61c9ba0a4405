//! Documents of every type that follow the definitions but here and there, and changes of single bytes in them.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let (changes, decisions) = bytes.split_at(bytes.len().min(3));
    let mut text = clinical_fuzz::drawn(decisions).into_bytes();
    let _ = clinical_fuzz::judge(&text);
    if let [place, more, byte] = *changes {
        if let Some(target) = text.len().checked_sub(1).map(|last| (usize::from(place) << 4 | usize::from(more) & 15) % (last + 1)) {
            text[target] = byte;
            let _ = clinical_fuzz::judge(&text);
        }
    }
});
