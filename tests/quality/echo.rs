//! The appliance's own socket with somebody at its end who repeats every word: what the Autobahn suite, which `tests/bars socket`
//! runs, wants to talk with. The handshake, the frames, the limits of time and the closing are those of `/live`; only a message
//! may be longer here, since the suite sends up to 16 MB.
//!
//! `echo [PORT]` serves plain http on 127.0.0.1 until it is killed, and says on which port.

use std::error::Error;
use std::io::Write as _;
use std::time::Duration;

use actix_web::web::{self, Payload};
use actix_web::{App, HttpRequest, HttpServer};
use parlor::live::frames::Bye;
use parlor::live::outbox::Outbox;
use parlor::web::Answer;
use parlor::web::live::socket::{self, Bounds, Party};

const MESSAGE_BYTES: usize = 16 * 1024 * 1024;

struct Echo(Outbox);

impl Party for Echo {
    fn hear(&self, frame: &str) -> Result<(), Bye> {
        self.0.answer(frame.into());
        Ok(())
    }

    fn outbox(&self) -> &Outbox {
        &self.0
    }
}

async fn open(request: HttpRequest, body: Payload) -> Answer {
    let meet = |first: &str| {
        let echo = Echo(Outbox::default());
        echo.hear(first).map(|()| echo)
    };
    let bounds = Bounds { message_bytes: MESSAGE_BYTES, hello: Duration::from_secs(10) };
    socket::accept(&request, body, bounds, meet).await
}

fn main() -> Result<(), Box<dyn Error>> {
    // Cargo hands a bench arguments of its own, which begin with two dashes.
    let port = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let port: u16 = port.as_deref().unwrap_or("0").parse()?;
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(|| App::new().default_service(web::to(open)))
            // As the appliance has it.
            .client_disconnect_timeout(Duration::from_secs(5))
            .workers(1)
            .bind(("127.0.0.1", port))?;
        for address in server.addrs() {
            writeln!(std::io::stdout(), "ws://{address}")?;
        }
        server.run().await?;
        Ok(())
    })
}
