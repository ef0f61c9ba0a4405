//! What is refused of a record before anything is sent, and in which words.

use clinical_http::ErrorKind;

use super::*;

async fn refused(record: Record) -> String {
    let error = record.check(2).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    error.to_string()
}

#[tokio::test]
async fn a_text_is_not_blank() {
    assert!(Record::text("x").check(1).await.unwrap().is_none());
    for blank in ["", " ", "\n\t"] {
        let text = refused(Record::text(blank)).await;
        assert!(text.starts_with("new_records[].source.text of record 2 is empty"), "{text}");
    }
}

#[tokio::test]
async fn a_record_id_is_a_uuid() {
    let good = ["123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-426614174000"];
    for id in good {
        Record::text("x").id(id).check(1).await.unwrap();
    }
    let bad = [
        "",
        "canary",
        "123e4567e89b12d3a456426614174000",
        "123e4567-e89b-12d3-a456-42661417400",
        "123e4567-e89b-12d3-a456-42661417400g",
        "{123e4567-e89b-12d3-a456-426614174000}",
        "123e4567-e89b-12d3-a456-426614174000-",
        "123e456-7e89b-12d3-a456-426614174000",
        "123e4567-e89b-12d3-a456-4266141740é",
    ];
    for id in bad {
        let text = refused(Record::text("x").id(id)).await;
        assert!(text.starts_with("new_records[].record_id of record 2 is not a UUID"), "{id}: {text}");
        assert!(!text.contains("canary"));
    }
}

#[tokio::test]
async fn an_address_is_public_and_whole() {
    for good in ["https://files.example/a.pdf", "http://127.0.0.1:9/a?b=c#d", "https://example.com/a%20b.pdf"] {
        Record::document_url(good).check(1).await.unwrap();
        Record::audio_url(good).check(1).await.unwrap();
    }
    let bad = [
        ("", "is not a URL"),
        ("files.example/a.pdf", "is not a URL"),
        ("/a.pdf", "is not a URL"),
        ("https://", "is not a URL"),
        ("ftp://files.example/a.pdf", "neither http nor https"),
        ("file:///a.pdf", "neither http nor https"),
        ("data:application/pdf;base64,JVBERi0=", "neither http nor https"),
        ("https://canary@files.example/a.pdf", "user name or password"),
        ("https://:canary@files.example/a.pdf", "user name or password"),
        ("https://files.example/a\n.pdf", "space or control"),
        (" https://files.example/a.pdf", "space or control"),
        ("https://files.example/a b.pdf", "space or control"),
    ];
    for (url, rule) in bad {
        for record in [Record::document_url(url), Record::audio_url(url)] {
            let text = refused(record).await;
            assert!(
                text.starts_with("new_records[].source.url of record 2 ") && text.contains(rule),
                "{url:?}: {text}"
            );
            assert!(!text.contains("canary") && !text.contains("files.example/a"), "{text}");
        }
    }
}

#[tokio::test]
async fn base64_is_of_one_spelling_without_prefix_or_line_breaks() {
    let facts = Record::document_base64("JVBERi0xLjc=").check(1).await.unwrap().unwrap();
    assert_eq!(facts.head(), b"%PDF-1.7");
    assert!(Record::audio_base64("SUQzBAAAAAAA").check(1).await.unwrap().is_some());
    let bad = [
        ("data:application/pdf;base64,JVBERi0xLjc=", "begins with data:"),
        ("JVBE\nRi0xLjc=", "line breaks"),
        ("JVBERi0xLjc=\n", "line breaks"),
        ("JVBERi0xLjc", "standard alphabet"),
        ("JVBERi0xLjd=", "standard alphabet"), // bits behind the end
        ("JVBE=i0xLjc=", "standard alphabet"),
        ("JVBERi0_Ljc=", "standard alphabet"),
        ("", "is an empty file"),
    ];
    for (given, rule) in bad {
        let text = refused(Record::document_base64(given)).await;
        assert!(
            text.starts_with("new_records[].source.base64 of record 2 ") && text.contains(rule),
            "{given:?}: {text}"
        );
    }
}

#[tokio::test]
async fn a_file_is_of_a_documented_format_wherever_it_comes_from() {
    let folder = tempfile::tempdir().unwrap();
    let (pdf, mp3) = (folder.path().join("a"), folder.path().join("b"));
    std::fs::write(&pdf, "%PDF-1.7").unwrap();
    std::fs::write(&mp3, "ID3\x04").unwrap();
    for good in [
        Record::document_path(&pdf),
        Record::document_bytes("%PDF-1.7"),
        Record::audio_path(&mp3),
        Record::audio_bytes("ID3\x04"),
    ] {
        assert!(good.check(1).await.unwrap().is_some());
    }
    for wrong in
        [Record::document_path(&mp3), Record::document_bytes("ID3\x04"), Record::document_base64("SUQzBAAAAAAA")]
    {
        let text = refused(wrong).await;
        assert!(text.contains("of record 2 is no PDF, PNG or JPEG; give PDF, PNG or JPEG"), "{text}");
    }
    for wrong in [Record::audio_path(&pdf), Record::audio_bytes("%PDF-1.7"), Record::audio_base64("JVBERi0xLjc=")] {
        assert!(refused(wrong).await.contains("is no MP3, WAV, WebM, MP4 or M4A"));
    }
    assert!(refused(Record::document_path(folder.path().join("none"))).await.contains("does not exist"));
    assert!(refused(Record::audio_bytes("")).await.contains("is an empty file"));
}

#[test]
fn debug_shows_no_content() {
    let records = [
        Record::text("canary").id("canary"),
        Record::document_url("https://canary.example/"),
        Record::document_path("canary.pdf"),
        Record::audio_bytes("canary"),
        Record::document_base64("canary"),
    ];
    assert!(!format!("{records:?}").contains("canary"));
}
