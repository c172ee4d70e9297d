//! Asking a time-stamping authority, RFC 3161 over HTTP.

use crate::ClientError;

/// Most bytes of an authority's response: a token with its certificates.
const MAX_RESPONSE: u64 = 1 << 20;

/// Sends a request and gives the response, unread: whether it holds is for the caller to verify.
///
/// # Errors
/// When the authority cannot be reached, or does not answer with a time-stamp response.
pub fn request_timestamp(url: &str, request: &[u8]) -> Result<Vec<u8>, ClientError> {
    let failed = |detail: String| ClientError {
        address: url.to_owned(),
        detail,
    };
    let answer = crate::agent()
        .post(url)
        .header("Content-Type", "application/timestamp-query")
        .send(request);
    let mut answer = answer.map_err(|e| failed(e.to_string()))?;
    let status = answer.status().as_u16();
    let body = answer
        .body_mut()
        .with_config()
        .limit(MAX_RESPONSE)
        .read_to_vec();
    let body = body.map_err(|e| failed(e.to_string()))?;
    if status != 200 {
        return Err(failed(format!("it answers with status {status}")));
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;

    /// Answers one request; gives what was asked.
    fn answer_once(answer: &'static [u8]) -> (String, std::thread::JoinHandle<Vec<u8>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/tsa", listener.local_addr().unwrap());
        let asked = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = Vec::new();
            let mut buffer = [0; 1024];
            while !asked.ends_with(b"request") {
                let n = stream.read(&mut buffer).unwrap();
                asked.extend_from_slice(&buffer[..n]);
            }
            stream.write_all(answer).unwrap();
            asked
        });
        (url, asked)
    }

    #[test]
    fn a_request_is_sent_and_the_response_given() {
        let (url, asked) = answer_once(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ntoken");
        assert_eq!(request_timestamp(&url, b"the request").unwrap(), b"token");
        let asked = String::from_utf8(asked.join().unwrap())
            .unwrap()
            .to_lowercase();
        assert!(
            asked.contains("content-type: application/timestamp-query"),
            "{asked}"
        );
    }

    #[test]
    fn a_refusal_is_told() {
        let (url, _) = answer_once(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
        let refused = request_timestamp(&url, b"the request").unwrap_err();
        assert!(
            refused.to_string().ends_with("it answers with status 503"),
            "{refused}"
        );
    }
}
