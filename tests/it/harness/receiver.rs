//! A receiver of webhooks: a server on this machine that speaks https, keeps what it is told and answers as the test says.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_rustls::TlsAcceptor;

use super::authority::Authority;
use super::world::must_come;

/// How one message is answered. Without a word, with 204.
#[derive(Debug, Clone)]
pub enum Answer {
    Status(u16),
    /// To another address.
    Redirect(String),
    /// Never.
    Silence,
    /// 200, and then a body that does not end.
    SlowBody,
    /// The line is cut.
    Cut,
}

/// One message as it came.
#[derive(Debug, Clone)]
pub struct Told {
    pub path: String,
    headers: HashMap<String, String>,
    body: Vec<u8>,
}

pub struct Receiver {
    pub address: SocketAddr,
    pub authority: String,
    told: tokio::sync::Mutex<UnboundedReceiver<Told>>,
    answers: Answers,
}

type Answers = Arc<Mutex<VecDeque<Answer>>>;

impl Told {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a message is JSON")
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub fn signatures(&self) -> impl Iterator<Item = &str> {
        self.header("webhook-signature").split(' ')
    }

    /// As any library of Standard Webhooks would.
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let key = data_encoding::BASE64.decode(secret.strip_prefix("whsec_").expect("a secret says what it is").as_bytes());
        let mut mac = Hmac::<Sha256>::new_from_slice(&key.unwrap()).unwrap();
        mac.update(format!("{}.{}.", self.header("webhook-id"), self.header("webhook-timestamp")).as_bytes());
        mac.update(&self.body);
        let code = data_encoding::BASE64.encode(&mac.finalize().into_bytes());
        self.signatures().any(|it| it == format!("v1,{code}"))
    }
}

impl Receiver {
    /// Listens from now on.
    pub async fn open() -> Self {
        super::install_crypto();
        let authority = Authority::new();
        let made = authority.make(&["localhost"]);
        let folder = tempfile::tempdir().unwrap();
        let (chain, key) = made.write(folder.path());
        let config = rustls::ServerConfig::builder().with_no_client_auth();
        let acceptor = TlsAcceptor::from(Arc::new(config.with_single_cert(certificates(&chain), private_key(&key)).unwrap()));
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (say, told) = unbounded_channel();
        let answers = Answers::default();
        let serving = Arc::clone(&answers);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (say, answers, acceptor) = (say.clone(), Arc::clone(&serving), acceptor.clone());
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        let _ = talk(stream, &say, &answers).await;
                    }
                });
            }
        });
        Self { address, authority: authority.pem, told: tokio::sync::Mutex::new(told), answers }
    }

    pub fn url(&self) -> String {
        format!("https://localhost:{}/hooks/a-secret-path", self.address.port())
    }

    /// From now on messages are answered so, one after the other, and then with 204 again.
    pub fn will(&self, answers: impl IntoIterator<Item = Answer>) {
        self.answers.lock().unwrap().extend(answers);
    }

    /// What it was told since it was asked last.
    pub fn take(&self) -> Vec<Told> {
        let mut told = self.told.try_lock().expect("nobody else listens");
        std::iter::from_fn(|| told.try_recv().ok()).collect()
    }

    /// The next message, once it is there.
    pub async fn heard(&self) -> Told {
        must_come("a message to the receiver", async { self.told.lock().await.recv().await }).await.unwrap()
    }
}

async fn talk(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    say: &UnboundedSender<Told>,
    answers: &Answers,
) -> std::io::Result<()> {
    let (reader, mut writer) = tokio::io::split(stream);
    let mut reader = BufReader::new(reader);
    let mut line = String::new();
    reader.read_line(&mut line).await?;
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = HashMap::new();
    loop {
        line.clear();
        reader.read_line(&mut line).await?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).await?;
    let _ = say.send(Told { path, headers, body });
    let answer = answers.lock().unwrap().pop_front().unwrap_or(Answer::Status(204));
    let head = match &answer {
        Answer::Status(status) => format!("HTTP/1.1 {status} So\r\ncontent-length: 0\r\n\r\n"),
        Answer::Redirect(to) => format!("HTTP/1.1 307 Elsewhere\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n"),
        Answer::SlowBody => "HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\nso".to_owned(),
        Answer::Silence | Answer::Cut => String::new(),
    };
    writer.write_all(head.as_bytes()).await?;
    writer.flush().await?;
    if matches!(answer, Answer::Silence | Answer::SlowBody) {
        // Until the other side has had enough.
        let _ = reader.read_u8().await;
    }
    Ok(())
}

fn certificates(path: &std::path::Path) -> Vec<rustls::pki_types::CertificateDer<'static>> {
    use rustls::pki_types::pem::PemObject;
    rustls::pki_types::CertificateDer::pem_file_iter(path).unwrap().map(Result::unwrap).collect()
}

fn private_key(path: &std::path::Path) -> rustls::pki_types::PrivateKeyDer<'static> {
    use rustls::pki_types::pem::PemObject;
    rustls::pki_types::PrivateKeyDer::from_pem_file(path).unwrap()
}
