//! Listening: connections in, looking for newer lists, stopping without breaking off a request.

use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use tower::ServiceExt;

use crate::{Listening, Service};

/// Why a server cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be had.
    #[error("{address}: cannot listen there: {source}")]
    Address {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The system gives no threads.
    #[error("the system gives no threads: {0}")]
    Threads(io::Error),
}

/// Serves until the program is asked to stop (SIGTERM, SIGINT), then ends the requests under way. `ready` is told where
/// the server listens.
///
/// # Errors
/// An address that cannot be had.
pub fn serve(
    service: &Service,
    listening: &Listening,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        // Each thread that screens remembers words in some megabytes of its own.
        .max_blocking_threads(2 * cores + 4)
        .build()
        .map_err(ServeError::Threads)?;
    runtime.block_on(async {
        let failed = |source| ServeError::Address {
            address: listening.address,
            source,
        };
        let listener = TcpListener::bind(listening.address).await.map_err(failed)?;
        // Before anybody knows of the server: who is told that it is ready may ask it to stop at once.
        let asked_to_stop = asked_to_stop();
        ready(listener.local_addr().map_err(failed)?);
        if service.served.can_change() {
            tokio::spawn(look_again(service.clone(), listening.look_every));
        }
        let front = Front {
            router: service.router(),
            connections: service.limits.connections,
            timeout: service.limits.timeout,
            grace: listening.grace,
        };
        let stopping = || service.stopping.store(true, Ordering::Relaxed);
        front.accept(listener, asked_to_stop, stopping).await;
        Ok(())
    })
}

/// Looks for newer lists again and again.
async fn look_again(service: Service, every: Duration) {
    // They were opened a moment ago.
    let mut clock = tokio::time::interval_at(Instant::now() + every, every);
    clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        clock.tick().await;
        let service = service.clone();
        // What went wrong is logged and counted there.
        let _ = tokio::task::spawn_blocking(move || service.refresh()).await;
    }
}

/// What stands between the network and a router.
pub(crate) struct Front {
    pub(crate) router: Router,
    /// The most connections at a time.
    pub(crate) connections: usize,
    /// How long a request's head may take.
    pub(crate) timeout: Duration,
    /// How long requests under way may take once it is asked to stop.
    pub(crate) grace: Duration,
}

impl Front {
    pub(crate) async fn accept(
        &self,
        listener: TcpListener,
        asked_to_stop: impl Future<Output = ()>,
        stopping: impl FnOnce(),
    ) {
        let places = Arc::new(Semaphore::new(self.connections));
        let graceful = GracefulShutdown::new();
        let mut asked_to_stop = std::pin::pin!(asked_to_stop);
        loop {
            let next = async {
                let place = Arc::clone(&places).acquire_owned().await;
                (listener.accept().await, place)
            };
            tokio::select! {
                () = &mut asked_to_stop => break,
                (accepted, place) = next => match (accepted, place) {
                    (Ok((stream, from)), Ok(place)) => self.connect(&graceful, (stream, from), place),
                    // No more files, or the other end is gone already: others may fare better in a moment.
                    _ => tokio::time::sleep(Duration::from_millis(20)).await,
                },
            }
        }
        // Who comes now is refused at once, and does not wait in the system's queue for nothing.
        drop(listener);
        stopping();
        tracing::info!(target: "overt::server", "stopping: no new connections, requests under way go on");
        let ended = tokio::time::timeout(self.grace, graceful.shutdown()).await;
        if ended.is_err() {
            tracing::warn!(target: "overt::server", "requests were broken off after {:?}", self.grace);
        }
    }

    fn connect(
        &self,
        graceful: &GracefulShutdown,
        (stream, from): (TcpStream, SocketAddr),
        place: OwnedSemaphorePermit,
    ) {
        // Small answers go out at once. If it cannot be set, they go out a little later.
        let _ = stream.set_nodelay(true);
        let router = self.router.clone();
        let answer = hyper::service::service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(from));
            router.clone().oneshot(request)
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.timeout)
            .max_buf_size(128 << 10)
            .serve_connection(TokioIo::new(stream), answer);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // A client that goes away is nothing to tell anybody.
            let _ = connection.await;
            drop(place);
        });
    }
}

/// Until the program is asked to stop. The signals are caught from this call on, not from the first wait.
pub(crate) fn asked_to_stop() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let caught = [SignalKind::terminate(), SignalKind::interrupt()].map(signal);
    async move {
        let [terminate, interrupt] = caught.map(async |caught| match caught {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => pending().await,
        });
        tokio::select! {
            () = terminate => {}
            () = interrupt => {}
        }
    }
}
