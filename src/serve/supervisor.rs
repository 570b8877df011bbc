//! Whoever watches over the process: systemd hears that it is ready, alive and stopping; a signal asks it to stop.

use std::io;

use sd_notify::NotifyState;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Says that the appliance answers, and from then on that it is alive. Without systemd nothing happens.
pub fn ready() {
    notify(&[NotifyState::Ready]);
    let Some(limit) = sd_notify::watchdog_enabled() else { return };
    tokio::spawn(async move {
        let mut tick = tokio::time::interval(limit / 3);
        loop {
            tick.tick().await;
            notify(&[NotifyState::Watchdog]);
        }
    });
}

/// The same in rescue mode: it answers, so restarting it would help nobody, and whoever asks for its status reads why.
pub fn ready_to_rescue() {
    ready();
    notify(&[NotifyState::Status("Rescue mode: the stored data is damaged and stays closed. The log says what to do.")]);
}

pub fn stopping() {
    notify(&[NotifyState::Stopping]);
}

/// The signals that ask the process to stop: SIGTERM, or Ctrl-C on a terminal. From `listen` on they no longer end it by
/// themselves, so it has to be called before anybody is told that the appliance answers.
pub struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    /// # Errors
    /// When the kernel does not let signals be heard.
    pub fn listen() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Returns once the process is asked to stop.
    pub async fn asked(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

fn notify(states: &[NotifyState]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "systemd cannot be told");
    }
}
