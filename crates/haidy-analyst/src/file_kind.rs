//! What a file is, by its first bytes: the vendor is told neither a name nor a media type and has to find out by itself, so a file
//! that it cannot know is refused here, before a patient's data travel for nothing.

/// Which files a source takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileKind {
    Document,
    Audio,
}

impl FileKind {
    /// The value of the source's `type`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Audio => "audio",
        }
    }

    /// What the vendor's guide allows.
    pub(crate) fn formats(self) -> &'static str {
        match self {
            Self::Document => "PDF, PNG or JPEG",
            Self::Audio => "MP3, WAV, WebM, MP4 or M4A",
        }
    }

    /// Whether a file with this head (up to 1,024 bytes) can be one of the formats.
    pub(crate) fn accepts(self, head: &[u8]) -> bool {
        match self {
            Self::Document => is_pdf(head) || is_png(head) || is_jpeg(head),
            Self::Audio => is_mp3(head) || is_wav(head) || is_webm(head) || is_mp4(head),
        }
    }
}

/// Readers of ISO 32000 look for the header in the first 1,024 bytes; files with a few stray bytes before it are common.
fn is_pdf(head: &[u8]) -> bool {
    head.windows(5).any(|window| window == b"%PDF-")
}

/// ISO/IEC 15948, section 5.2.
fn is_png(head: &[u8]) -> bool {
    head.starts_with(b"\x89PNG\r\n\x1a\n")
}

/// ITU-T T.81, annex B: start of image, then a marker.
fn is_jpeg(head: &[u8]) -> bool {
    head.starts_with(&[0xff, 0xd8, 0xff])
}

/// An ID3 tag, or a frame of MPEG audio of layer III (ISO/IEC 11172-3, section 2.4.1.3): eleven bits of ones, and the layer.
fn is_mp3(head: &[u8]) -> bool {
    head.starts_with(b"ID3") || matches!(head, [0xff, second, ..] if second & 0xe6 == 0xe2)
}

/// RIFF, and its variant for more than 4 GiB (EBU Tech 3306).
fn is_wav(head: &[u8]) -> bool {
    (head.starts_with(b"RIFF") || head.starts_with(b"RF64")) && head.get(8..12) == Some(b"WAVE")
}

/// The header of EBML (RFC 8794, section 11.2.1).
fn is_webm(head: &[u8]) -> bool {
    head.starts_with(&[0x1a, 0x45, 0xdf, 0xa3])
}

/// The file type box of ISO/IEC 14496-12, which MP4 and M4A begin with.
fn is_mp4(head: &[u8]) -> bool {
    head.get(4..8) == Some(b"ftyp")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_source_takes_its_formats_and_not_the_others() {
        let mut late = vec![b' '; 1019];
        late.extend_from_slice(b"%PDF-");
        let documents: [&[u8]; 4] = [b"%PDF-1.7", &late, b"\x89PNG\r\n\x1a\n....", b"\xff\xd8\xff\xe0"];
        let audio: [&[u8]; 8] = [
            b"ID3\x04",
            b"\xff\xfb\x90",
            b"\xff\xf3\x40",
            b"\xff\xe3\x40",
            b"RIFF\x24\0\0\0WAVEfmt ",
            b"RF64\xff\xff\xff\xffWAVEds64",
            b"\x1a\x45\xdf\xa3\x01",
            b"\0\0\0\x20ftypM4A ",
        ];
        for head in documents {
            assert!(FileKind::Document.accepts(head) && !FileKind::Audio.accepts(head), "{head:?}");
        }
        for head in audio {
            assert!(FileKind::Audio.accepts(head) && !FileKind::Document.accepts(head), "{head:?}");
        }
    }

    #[test]
    fn what_only_looks_similar_is_not_taken() {
        let others: [&[u8]; 12] = [
            b"",
            b"%PDF",
            b"\x89PNG\n",
            b"\xff\xd8",
            b"\xff",
            b"\xff\xf1\x50\x80", // AAC in ADTS: the same sync word, another layer
            b"\xff\xfd",         // MPEG audio of layer II
            b"RIFF\x24\0\0\0AVI LIST",
            b"RIFF",
            b"OggS",
            b"ftypM4A ",
            b"PK\x03\x04",
        ];
        for head in others {
            assert!(!FileKind::Audio.accepts(head) && !FileKind::Document.accepts(head), "{head:?}");
        }
    }
}
