//! A connection that is lost as something is made to last: what is not known is asked for, and said where it stays unknown.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use overt_case::entry::Sealed;
use overt_case::store::{Database, Postgres, Repository, Secret};
use overt_ledger::Hash;

use crate::server::Server;

/// What somebody between us and the server does when they see that something is to last.
const PASSES: u8 = 0;
/// Passes it on, and cuts the line before the answer.
const CUTS_AFTER: u8 = 1;
/// Cuts the line.
const CUTS_BEFORE: u8 = 2;
/// Passes it on, cuts the line before the answer, and lets nobody through any more.
const CUTS_FOR_GOOD: u8 = 3;

struct Between {
    port: u16,
    does: Arc<AtomicU8>,
}

fn between(server: u16) -> Between {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let does = Arc::new(AtomicU8::new(PASSES));
    let told = Arc::clone(&does);
    std::thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            if told.load(Ordering::SeqCst) == u8::MAX {
                continue;
            }
            let told = Arc::clone(&told);
            std::thread::spawn(move || pass(client, server, &told));
        }
    });
    Between { port, does }
}

fn pass(mut client: TcpStream, server: u16, told: &AtomicU8) {
    let mut server = TcpStream::connect(("127.0.0.1", server)).unwrap();
    let (mut from, mut to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(std::net::Shutdown::Both);
    });
    let mut bytes = vec![0; 1 << 16];
    while let Ok(n) = client.read(&mut bytes) {
        let is_end = bytes[..n].windows(7).any(|w| w == b"COMMIT\0");
        let does = told.load(Ordering::SeqCst);
        if n == 0 || is_end && does == CUTS_BEFORE {
            break;
        }
        if is_end && does != PASSES {
            let next = if does == CUTS_FOR_GOOD {
                u8::MAX
            } else {
                PASSES
            };
            told.store(next, Ordering::SeqCst);
            // Nothing of the answer gets through.
            let _ = client.shutdown(std::net::Shutdown::Both);
            let _ = server.write_all(&bytes[..n]);
            break;
        }
        if server.write_all(&bytes[..n]).is_err() {
            break;
        }
    }
    let _ = client.shutdown(std::net::Shutdown::Both);
    let _ = server.shutdown(std::net::Shutdown::Both);
}

/// Adds one entry.
fn add(store: &mut Postgres) -> Result<(), overt_case::CaseError> {
    let mut writing = store.begin()?;
    let seq = writing.size()?;
    writing.keep_secrets(seq, &[Secret::random()?])?;
    writing.add(&Sealed {
        seq,
        commitment: Hash::of(&seq.to_be_bytes()),
        header: vec![1; 30],
        body: vec![2; 40],
    })?;
    writing.commit()
}

#[test]
fn what_was_acknowledged_stays_and_what_is_unknown_is_said() {
    let Some(server) = Server::start() else {
        return;
    };
    let between = between(server.port());
    let through = server.url("case").replace(
        &format!(":{}/", server.port()),
        &format!(":{}/", between.port),
    );
    let database = Database::read(&through, "x").unwrap();
    let secret = Secret::random().unwrap();
    let mut store = Postgres::create(&database, &secret, "r").unwrap();
    add(&mut store).unwrap();
    let entries = || server.ask("SELECT count(*) FROM \"case\".entry").concat();
    assert_eq!(entries(), "1");
    // It lasts, though nobody answered: that is found out.
    between.does.store(CUTS_AFTER, Ordering::SeqCst);
    add(&mut store).unwrap();
    assert_eq!(entries(), "2");
    // It does not, and that is found out too.
    between.does.store(CUTS_BEFORE, Ordering::SeqCst);
    let lost = add(&mut store);
    between.does.store(PASSES, Ordering::SeqCst);
    if let Err(error) = lost {
        assert_eq!(error.code(), "case.unreachable", "{error}");
        assert!(error.to_string().contains("nothing was entered"), "{error}");
    } else {
        panic!("it was not entered");
    }
    assert_eq!(entries(), "2");
    // The line is cut in the middle of it.
    let mut writing = store.begin().unwrap();
    let seq = writing.size().unwrap();
    writing
        .keep_secrets(seq, &[Secret::random().unwrap()])
        .unwrap();
    server.ask(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'overt'",
    );
    let dead = writing.put_tile(overt_ledger::TileId { level: 0, index: 0 }, &[1; 32]);
    assert_eq!(dead.unwrap_err().code(), "case.unreachable");
    assert!(
        writing.commit().is_err(),
        "a transaction that failed does not last"
    );
    assert_eq!(
        server.ask("SELECT count(*) FROM \"case\".secret").concat(),
        "2"
    );
    // The store connects anew by itself.
    add(&mut store).unwrap();
    assert_eq!(entries(), "3");
    // It lasts, and nobody can be asked: neither is claimed.
    between.does.store(CUTS_FOR_GOOD, Ordering::SeqCst);
    let unknown = add(&mut store).unwrap_err();
    assert_eq!(unknown.code(), "case.uncertain", "{unknown}");
    assert!(
        unknown.to_string().contains("not known whether"),
        "{unknown}"
    );
    assert_eq!(entries(), "4");
}
