//! A panicking handler must not take the connection with it: actix would answer with nothing at all.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// Runs a future; a panic inside becomes `Err`. What it was working on is dropped, and the store's own locks do not poison,
/// so nothing half-changed is seen by the next request.
pub async fn panics<F: Future>(future: F) -> Result<F::Output, Box<dyn Any + Send>> {
    let mut future = pin!(future);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await
}

#[cfg(test)]
mod tests {
    #[actix_web::test]
    async fn a_panic_is_an_error_and_nothing_more() {
        assert!(super::panics(async { panic!("on purpose") }).await.is_err());
        assert_eq!(super::panics(async { 7 }).await.ok(), Some(7));
    }
}
