//! HTTP over the lines that come in: the handshake, the door, and the library behind it. (The library's own `HttpServer` would stand
//! right at the line.)

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_http::{HttpService, KeepAlive};
use actix_service::{IntoServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::App;
use actix_web::dev::{AppConfig, Server};
use actix_web::web::ServiceConfig;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::door::Door;
use crate::domain::patience::Patience;
use crate::web::ArrivedAt;

/// Handshakes that one worker has at work at the same time.
const HANDSHAKES: usize = 512;

/// How a server behaves.
#[derive(Clone, Copy)]
pub(super) struct Manner {
    pub workers: usize,
    /// Threads of one worker for what waits for the disk.
    pub blocking_threads: usize,
    /// Of one worker.
    pub connections: usize,
    /// How long a connection is kept for a next request; not at all without.
    pub keep_alive: Option<Duration>,
    /// How long closing may take, request by request, and altogether when the appliance stops.
    pub disconnect: Duration,
    pub shutdown_seconds: u64,
    pub patience: Patience,
}

/// Answers on these sockets: https on those that have a configuration of it.
pub(super) fn server(
    manner: Manner,
    listeners: Vec<(TcpListener, Option<ServerConfig>)>,
    configure: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
) -> io::Result<Server> {
    let mut builder = Server::build()
        .workers(manner.workers)
        .worker_max_blocking_threads(manner.blocking_threads)
        .max_concurrent_connections(manner.connections)
        .shutdown_timeout(manner.shutdown_seconds)
        .disable_signals();
    let stopping = builder.graceful_shutdown_signal();
    for (listener, tls) in listeners {
        let (configure, stopping) = (configure.clone(), stopping.clone());
        let acceptor = tls.map(|tls| TlsAcceptor::from(Arc::new(tls)));
        builder = builder.listen("parlor", listener, move || {
            let (configure, stopping) = (configure.clone(), stopping.clone());
            let app = App::new().configure(configure).into_factory().map_err(|error| error.error_response());
            let http = HttpService::build()
                .graceful_shutdown_signal(move || {
                    let stopping = stopping.clone();
                    async move { stopping.notified().await }
                })
                .keep_alive(manner.keep_alive.map_or(KeepAlive::Disabled, KeepAlive::Timeout))
                // The door is what waits for heads.
                .client_request_timeout(Duration::ZERO)
                .client_disconnect_timeout(manner.disconnect)
                .on_connect_ext(|door: &Door<Line>, facts| {
                    facts.insert(ArrivedAt(door.arrived_at()));
                })
                .h1(map_config(app, |()| AppConfig::default()));
            let (acceptor, turns) = (acceptor.clone(), Rc::new(Semaphore::new(HANDSHAKES)));
            fn_service(move |line| enter(line, acceptor.clone(), Rc::clone(&turns), manner.patience))
                .and_then(http.map_err(|error| tracing::debug!(%error, "a connection ended")))
        })?;
    }
    Ok(builder.run())
}

/// Up to the door. Whoever takes too long for the handshake is let go.
async fn enter(
    line: TcpStream,
    acceptor: Option<TlsAcceptor>,
    turns: Rc<Semaphore>,
    patience: Patience,
) -> Result<(Door<Line>, Option<SocketAddr>), ()> {
    // Without it small answers would wait for the other side to acknowledge larger ones.
    let _ = line.set_nodelay(true);
    let (from, at) = (line.peer_addr().ok(), line.local_addr().ok().map(|at| at.ip()));
    let line = match acceptor {
        None => Line::Clear(line),
        Some(acceptor) => {
            let handshake = async {
                let _turn = turns.acquire().await.map_err(|_| ())?;
                acceptor.accept(line).await.map_err(|error| tracing::debug!(%error, "a handshake failed"))
            };
            let sealed = tokio::time::timeout(patience.head, handshake).await;
            Line::Sealed(Box::new(sealed.map_err(|_| tracing::debug!("a handshake took too long"))??))
        }
    };
    Ok((Door::new(line, at, patience), from))
}

/// What bytes come over.
enum Line {
    Clear(TcpStream),
    Sealed(Box<TlsStream<TcpStream>>),
}

impl AsyncRead for Line {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Clear(line) => Pin::new(line).poll_read(context, out),
            Self::Sealed(line) => Pin::new(line).poll_read(context, out),
        }
    }
}

impl AsyncWrite for Line {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Clear(line) => Pin::new(line).poll_write(context, bytes),
            Self::Sealed(line) => Pin::new(line).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Clear(line) => Pin::new(line).poll_flush(context),
            Self::Sealed(line) => Pin::new(line).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Clear(line) => Pin::new(line).poll_shutdown(context),
            Self::Sealed(line) => Pin::new(line).poll_shutdown(context),
        }
    }
}
