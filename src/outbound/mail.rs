//! Mail over SMTP (RFC 5321), with TLS unless the server is on this very machine.

use std::future::Future;
use std::net::IpAddr;
use std::path::Path;
use std::pin::Pin;
use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use zeroize::Zeroizing;

use super::{Post, PostError, names};
use crate::config::{MailSecurity, MailServer};
use crate::domain::mail::Letter;

/// How long each step of a talk with the server may take.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Smtp(MailServer);

impl Smtp {
    #[must_use]
    pub fn new(server: MailServer) -> Self {
        Self(server)
    }

    async fn deliver(&self, letter: &Letter) -> Result<(), PostError> {
        let message = message(&self.0, letter)?;
        let transport = self.transport().await?;
        match transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(PostError::Never),
            // The words of a library or of the server may repeat an address.
            Err(error) => Err(PostError::Later(kind(&error).to_owned())),
        }
    }

    async fn transport(&self) -> Result<AsyncSmtpTransport<Tokio1Executor>, PostError> {
        let server = &self.0;
        let address = address(&server.host).await?;
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(address.to_string())
            .port(server.port)
            .timeout(Some(PATIENCE))
            .hello_name(ClientId::Domain(sender_domain(server).to_owned()))
            .tls(match server.security {
                MailSecurity::StartTls => Tls::Required(tls(server)?),
                MailSecurity::Tls => Tls::Wrapper(tls(server)?),
                MailSecurity::None => Tls::None,
            });
        if let Some((user, file)) = &server.account {
            builder = builder.credentials(Credentials::new(user.clone(), password(file)?));
        }
        Ok(builder.build())
    }
}

impl Post for Smtp {
    fn send<'a>(&'a self, letter: &'a Letter) -> Pin<Box<dyn Future<Output = Result<(), PostError>> + Send + 'a>> {
        Box::pin(self.deliver(letter))
    }
}

fn message(server: &MailServer, letter: &Letter) -> Result<Message, PostError> {
    let mailbox = |text: &str| text.parse().map_err(|_| PostError::Never);
    Message::builder()
        .from(mailbox(server.from.as_str())?)
        .to(mailbox(letter.to.as_str())?)
        .subject(&letter.subject)
        // No machine answers it, and none should (RFC 3834).
        .raw_header(lettre::message::header::HeaderValue::new(
            lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ))
        .header(ContentType::TEXT_PLAIN)
        .body(letter.text.clone())
        .map_err(|_| PostError::Never)
}

fn sender_domain(server: &MailServer) -> &str {
    server.from.as_str().rsplit_once('@').map_or("localhost", |(_, domain)| domain)
}

fn tls(server: &MailServer) -> Result<TlsParameters, PostError> {
    let unreadable = |_| PostError::Later("the certificate of its authority cannot be read".to_owned());
    let mut builder = TlsParameters::builder(server.host.clone());
    builder = match &server.authority {
        Some(file) => {
            let pem = std::fs::read(file).map_err(unreadable)?;
            let authority = Certificate::from_pem(&pem)
                .map_err(|_| PostError::Later("the certificate of its authority is not PEM".to_owned()))?;
            builder.certificate_store(CertificateStore::None).add_root_certificate(authority)
        }
        None => builder.certificate_store(CertificateStore::WebpkiRoots),
    };
    builder.build_rustls().map_err(|error| PostError::Later(kind(&error).to_owned()))
}

fn password(file: &Path) -> Result<String, PostError> {
    let text = std::fs::read_to_string(file).map(Zeroizing::new);
    let text = text.map_err(|_| PostError::Later("the file with the password cannot be read".to_owned()))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

async fn address(host: &str) -> Result<IpAddr, PostError> {
    let unknown = || PostError::Later("its name cannot be looked up".to_owned());
    let found = names::addresses(host).await.map_err(|names::Unknown| unknown())?;
    found.first().copied().ok_or_else(unknown)
}

/// What kind of trouble it is, without anybody's words.
fn kind(error: &lettre::transport::smtp::Error) -> &'static str {
    if error.is_timeout() {
        "it did not answer in time"
    } else if error.is_tls() {
        "its certificate was not believed"
    } else if error.is_transient() {
        "it asked to come again later"
    } else if error.is_response() {
        "its answer was not understood"
    } else {
        "no connection"
    }
}
