//! The older endpoints, against scripted answers.

use super::*;
use crate::scripted::{BUNDLE, CREATED, CREATED_2, CREATED_3, haidy, script, sent};

#[tokio::test]
#[expect(deprecated, reason = "what is offered is tested")]
async fn the_older_endpoints_take_files_and_addresses() {
    static URLS: UrlsEndpoint = UrlsEndpoint::new("/v2/urls");
    static NONE: UrlsEndpoint = UrlsEndpoint::new("urls");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    std::fs::write(&path, "abc").unwrap();
    let transport = script(&[CREATED, BUNDLE, CREATED_2, CREATED_3]);
    let haidy = haidy(&transport);
    let files = || [LegacyFile::bytes("a.pdf", "abcd"), LegacyFile::path("b.pdf", &path)];
    let task = files_to_fhir_base64(&haidy, files()).await.unwrap();
    assert_eq!(task.wait().await.unwrap().entries().len(), 0);
    let urls = ["https://example.com/a.pdf".to_owned()];
    let bundle = Bundle::from_json(r#"{ "resourceType":"Bundle" }"#).unwrap();
    let _ = urls_to_fhir(&haidy, &URLS, &urls, Some(&bundle)).await.unwrap();
    let _ = urls_to_fhir(&haidy, &URLS, &urls, None).await.unwrap();
    let sent = sent(&transport);
    let files = serde_json::json!({"files": [{"file_name": "a.pdf", "file_base64": "YWJjZA=="}, {"file_name": "b.pdf", "file_base64": "YWJj"}]});
    assert_eq!(sent[0], ("/v2/structure/documents/fhir/base64".to_owned(), files));
    let plain = serde_json::json!({"file_urls": ["https://example.com/a.pdf"]});
    let mut with_bundle = plain.clone();
    with_bundle["current_fhir_bundle"] = r#"{ "resourceType":"Bundle" }"#.into();
    assert_eq!(sent[2], ("/v2/urls".to_owned(), with_bundle));
    assert_eq!(sent[3].1, plain);

    let field = |error: Error| error.field().unwrap();
    assert_eq!(field(files_to_fhir_base64(&haidy, []).await.unwrap_err()), "files");
    for name in ["", " ", "a\n"] {
        let error = files_to_fhir_base64(&haidy, [LegacyFile::bytes(name, "a")]).await.unwrap_err();
        assert_eq!(field(error), "files[].file_name");
    }
    let empty = files_to_fhir_base64(&haidy, [LegacyFile::bytes("a", "")]).await.unwrap_err();
    assert_eq!(field(empty), "files[].file_base64");
    assert_eq!(field(urls_to_fhir(&haidy, &URLS, &[], None).await.unwrap_err()), "file_urls");
    assert_eq!(field(urls_to_fhir(&haidy, &URLS, &["x".into()], None).await.unwrap_err()), "file_urls[]");
    assert_eq!(field(urls_to_fhir(&haidy, &NONE, &urls, None).await.unwrap_err()), "path");
    assert_eq!(transport.requests().len(), 4);
}
