//! A mail server that speaks SMTP over TLS and keeps what it is given. Its certificate is its own, so whoever sends has to be told
//! to believe it.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use parlor::config::{MailSecurity, MailServer};
use parlor::domain::text::EmailAddress;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

#[derive(Debug, Clone)]
pub struct Received {
    pub to: String,
    /// Headers and body as they came, soft line breaks of quoted-printable undone.
    pub text: String,
}

#[derive(Clone)]
pub struct Mailbox {
    received: Arc<Mutex<Vec<Received>>>,
    /// So many letters are sent away with "come again later".
    pub busy: Arc<AtomicUsize>,
    pub settings: MailServer,
}

impl Mailbox {
    /// Listens from now on; its certificate is written into `folder`.
    pub async fn open(folder: &Path) -> Self {
        super::install_crypto();
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let authority = folder.join("mail-authority.pem");
        std::fs::write(&authority, made.cert.pem()).unwrap();
        let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let config = rustls::ServerConfig::builder().with_no_client_auth();
        let acceptor = TlsAcceptor::from(Arc::new(config.with_single_cert(vec![made.cert.der().clone()], key).unwrap()));
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let settings = MailServer {
            host: "localhost".to_owned(),
            port: listener.local_addr().unwrap().port(),
            security: MailSecurity::Tls,
            from: EmailAddress::parse("chat@clinic.example").unwrap(),
            account: None,
            authority: Some(authority),
        };
        let it = Self { received: Arc::default(), busy: Arc::default(), settings };
        let serving = it.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if let Ok(stream) = acceptor.accept(stream).await {
                    let _ = serving.talk(stream).await;
                }
            }
        });
        it
    }

    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    async fn talk(&self, stream: impl AsyncRead + AsyncWrite + Unpin) -> std::io::Result<()> {
        let (reader, mut writer) = tokio::io::split(stream);
        let mut lines = BufReader::new(reader).lines();
        let mut to = String::new();
        writer.write_all(b"220 mailbox\r\n").await?;
        while let Some(line) = lines.next_line().await? {
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            let answer = match verb.as_str() {
                "EHLO" | "HELO" => "250 mailbox",
                "MAIL" if self.busy.load(Ordering::SeqCst) > 0 => {
                    self.busy.fetch_sub(1, Ordering::SeqCst);
                    "451 come again later"
                }
                "RCPT" if line.contains("nobody@") => "550 nobody of that name",
                "RCPT" => {
                    to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                    "250 fine"
                }
                "DATA" => {
                    writer.write_all(b"354 go on\r\n").await?;
                    let mut text = String::new();
                    while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                        match line.strip_suffix('=') {
                            Some(soft) => text.push_str(soft),
                            None => text.extend([line.as_str(), "\n"]),
                        }
                    }
                    self.received.lock().unwrap().push(Received { to: to.clone(), text });
                    "250 taken"
                }
                "QUIT" => {
                    writer.write_all(b"221 bye\r\n").await?;
                    return Ok(());
                }
                _ => "250 fine",
            };
            writer.write_all(format!("{answer}\r\n").as_bytes()).await?;
        }
        Ok(())
    }
}
