//! TLS 1.2 is the floor: nothing older is offered, nothing older is accepted, and the error says so. The peers are written by hand,
//! because no library in the tree speaks anything older.

use clinical_tests::documents::NOTE;
use clinical_tests::{facts, https};
use omniscribe_codify::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// One whole TLS record.
async fn record(stream: &mut tokio::net::TcpStream) -> Vec<u8> {
    let mut record = vec![0; 5];
    stream.read_exact(&mut record).await.unwrap();
    let length = usize::from(u16::from_be_bytes([record[3], record[4]]));
    record.resize(5 + length, 0);
    stream.read_exact(&mut record[5..]).await.unwrap();
    record
}

/// Makes a call to a peer that reads a `ClientHello` and answers with these bytes. Returns the hello, the error, and what the client said
/// to that.
async fn answered_with(answer: impl FnOnce(&[u8]) -> Vec<u8>) -> (Vec<u8>, Error, Vec<u8>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    // Any authority will do: no certificate is ever seen.
    let sandbox = https::sandbox(clinical_sandbox::Tls::new()).await;
    let codify = https::once(&sandbox, https::only(&sandbox)).base_url(url).build().unwrap();
    let peer = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let hello = record(&mut stream).await;
        stream.write_all(&answer(&hello)).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut said = Vec::new();
        stream.read_to_end(&mut said).await.unwrap();
        (hello, said)
    };
    let request = NOTE.into();
    let (outcome, (hello, said)) = tokio::join!(codify.codify(&request), peer);
    (hello, outcome.unwrap_err(), said)
}

/// A `ServerHello` that chooses a version below 1.3 and a cipher suite of its time (`TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA`), and takes the
/// client's session id over, as RFC 4346 has it.
fn server_hello(version: [u8; 2], client_hello: &[u8]) -> Vec<u8> {
    // Record header 5, handshake header 4, version 2, random 32.
    let id = &client_hello[43..][..=usize::from(client_hello[43])];
    let body = [&version[..], &[0x5a; 32], id, &[0xc0, 0x13, 0]].concat();
    let length = u16::try_from(body.len()).unwrap();
    let handshake = [&[2, 0][..], &length.to_be_bytes(), &body].concat();
    [&[22][..], &version, &(length + 4).to_be_bytes(), &handshake].concat()
}

/// The versions that a `ClientHello` offers (extension 43).
fn offered(hello: &[u8]) -> Vec<[u8; 2]> {
    let mut rest = &hello[43..];
    for width in [1, 2, 1] {
        let length = rest[..width].iter().fold(0, |sum, byte| sum * 256 + usize::from(*byte));
        rest = &rest[width + length..];
    }
    let mut extensions = &rest[2..];
    loop {
        let length = usize::from(u16::from_be_bytes([extensions[2], extensions[3]]));
        if extensions[..2] == [0, 43] {
            return extensions[5..4 + length].chunks(2).map(|version| [version[0], version[1]]).collect();
        }
        extensions = &extensions[4 + length..];
    }
}

#[track_caller]
fn assert_refused(error: &Error, sentence: &str) {
    assert_eq!(facts::brief(error), ("tls", "not_sent", 1), "{error}");
    assert!(error.to_string().contains(sentence) && error.to_string().ends_with("(nothing was sent)"), "{error}");
}

#[tokio::test]
async fn a_server_that_chooses_an_older_version_is_refused_and_told() {
    for version in [[3, 2], [3, 1], [3, 0]] {
        let (hello, error, said) = answered_with(|hello| server_hello(version, hello)).await;
        assert_refused(&error, "a TLS version older than 1.2");
        assert_eq!(offered(&hello), [[3, 4], [3, 3]], "1.3 and 1.2 are offered and nothing else");
        assert_eq!((said[0], &said[3..]), (21, &[0, 2, 2, 70][..]), "a fatal alert: protocol_version");
    }
}

#[tokio::test]
async fn a_server_that_finds_every_offered_version_too_new_is_refused() {
    let (_, error, _) = answered_with(|_| vec![21, 3, 1, 0, 2, 2, 70]).await;
    assert_refused(&error, "a TLS version older than 1.2");
}

#[tokio::test]
async fn what_else_a_server_does_instead_of_a_handshake_is_told_apart() {
    let table: [(&[u8], &str); 4] = [
        (&[21, 3, 3, 0, 2, 2, 40], "refused the TLS handshake"),
        (b"", "refused the TLS handshake"),
        (b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n", "does not speak TLS on this port"),
        (&[21, 3, 3, 0, 2, 2, 80], "the TLS handshake failed"),
    ];
    for (answer, sentence) in table {
        let (_, error, _) = answered_with(|_| answer.to_vec()).await;
        assert_refused(&error, sentence);
    }
}
