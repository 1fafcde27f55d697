//! One request to the studio that runs on this machine: only to 127.0.0.1, only to the certificate it is known by.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme, StreamOwned};
use serde_json::Value;

use super::config::Config;
use super::tls;

/// Sends a change and expects a success without content; the studio's own sentence when it refuses.
pub(super) fn post(config: &Config, port: u16, path: &str, body: &Value) -> anyhow::Result<()> {
    let heard = if config.listen.ip().is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { config.listen.ip() };
    let socket = TcpStream::connect_timeout(&SocketAddr::new(heard, port), Duration::from_secs(5))
        .with_context(|| format!("nothing answers at {heard}:{port}; start the studio with: dreamomni2 serve"))?;
    socket.set_read_timeout(Some(Duration::from_mins(1)))?;
    let tls = ClientConnection::new(Arc::new(client(tls::known_leaf(config)?)?), ServerName::try_from("localhost")?)?;
    let mut stream = StreamOwned::new(tls, socket);
    let body = serde_json::to_vec(body)?;
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(&body)?;
    let mut answer = Vec::new();
    // A server that closes without a last TLS word has still answered.
    if let Err(e) = stream.read_to_end(&mut answer)
        && answer.is_empty()
    {
        return Err(e).context("the studio did not answer");
    }
    judge(&String::from_utf8_lossy(&answer))
}

fn judge(answer: &str) -> anyhow::Result<()> {
    let status = answer.split(' ').nth(1).unwrap_or_default();
    if status.starts_with('2') {
        return Ok(());
    }
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let told: Option<Value> = serde_json::from_str(body).ok();
    match told.as_ref().and_then(|problem| problem.get("detail")).and_then(Value::as_str) {
        Some(sentence) => bail!("{sentence}"),
        None => bail!("the studio answered {status}"),
    }
}

fn client(expected: CertificateDer<'static>) -> anyhow::Result<ClientConfig> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let only = Only { expected, provider: Arc::clone(&provider) };
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(only))
        .with_no_client_auth())
}

/// Trusts exactly the one certificate that lies in the data folder.
#[derive(Debug)]
struct Only {
    expected: CertificateDer<'static>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Only {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if *shown == self.expected {
            return Ok(ServerCertVerified::assertion());
        }
        Err(rustls::Error::General("another program answers there: its certificate is not the studio's".to_owned()))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_in_the_studios_own_words() {
        assert!(judge("HTTP/1.1 204 No Content\r\n\r\n").is_ok());
        let refused = judge("HTTP/1.1 422 x\r\nA: b\r\n\r\n{\"detail\":\"That passphrase does not fit.\"}");
        assert_eq!(refused.unwrap_err().to_string(), "That passphrase does not fit.");
        assert!(judge("HTTP/1.1 500 x\r\n\r\n").unwrap_err().to_string().contains("500"));
    }
}
