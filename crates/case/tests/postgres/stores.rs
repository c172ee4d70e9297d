//! What every store has to do, of one in a database; and what only a database can get wrong.

use overt_case::store::{Database, Postgres, Repository, Secret, conformance};

use crate::server::Server;

type Check = fn(&mut conformance::Open<'_>);

#[test]
fn it_does_what_every_store_has_to_do() {
    let Some(server) = Server::start() else {
        return;
    };
    let checks: [(&str, Check); 8] = [
        ("stays", conformance::what_is_committed_stays),
        (
            "not committed",
            conformance::what_is_not_committed_is_not_there,
        ),
        (
            "one after another",
            conformance::entries_come_one_after_another,
        ),
        ("tiles", conformance::tiles_are_replaced),
        ("two who write", conformance::two_who_write),
        ("many", conformance::many_entries),
        ("secrets", conformance::secrets_are_kept_and_destroyed),
        ("bytes", conformance::bytes_are_kept),
    ];
    for (schema, check) in checks {
        let database = Database::read(&server.url("x"), "x").unwrap();
        assert_eq!(database.address().schema, "x");
        let database = Database::read(&server.url(&schema.replace(' ', "%20")), "x").unwrap();
        let of_case = Secret::random().unwrap();
        drop(Postgres::create(&database, &of_case, "a regime").unwrap());
        check(&mut || {
            let store = Postgres::open(&database, &of_case)?;
            assert_eq!(store.regime().unwrap(), "a regime");
            Ok(Box::new(store) as Box<dyn Repository>)
        });
    }
}

fn code_of<T>(result: Result<T, overt_case::CaseError>) -> (&'static str, String) {
    let error = result.err().unwrap();
    let said = error.to_string();
    assert!(!said.contains("a password for tests"), "{said}");
    (error.code(), said)
}

#[test]
fn what_is_wrong_with_a_database_is_told_apart() {
    let Some(server) = Server::start() else {
        return;
    };
    let (secret, other) = (Secret::random().unwrap(), Secret::random().unwrap());
    let open = |url: &str, secret: &Secret| {
        Database::read(url, "x").and_then(|database| Postgres::open(&database, secret))
    };
    let create = |url: &str| {
        Database::read(url, "x").and_then(|database| Postgres::create(&database, &secret, "r"))
    };
    // Nothing there yet, and then something of others.
    let (code, said) = code_of(open(&server.url("case"), &secret));
    assert_eq!(code, "case.other-store");
    assert!(said.contains("there is no case"), "{said}");
    server.ask("CREATE SCHEMA shop; CREATE TABLE shop.entry (n int)");
    assert_eq!(code_of(create(&server.url("shop"))).0, "case.other-store");
    assert_eq!(
        code_of(open(&server.url("shop"), &secret)).0,
        "case.other-store"
    );
    assert_eq!(server.ask("SELECT count(*) FROM shop.entry"), ["0"]);
    // A case, made in a schema that was there and empty; then another's secret, and a second of the same name.
    server.ask("CREATE SCHEMA \"case\"");
    drop(create(&server.url("case")).unwrap());
    drop(open(&server.by_socket("case"), &secret).unwrap());
    let (code, said) = code_of(open(&server.url("case"), &other));
    assert_eq!(code, "case.other-store");
    assert!(said.contains("the secret is another case's"), "{said}");
    assert_eq!(code_of(create(&server.url("case"))).0, "case.other-store");
    let (_, said) = code_of(open(&server.url("elsewhere"), &secret));
    assert!(said.contains("schemas with one: case"), "{said}");
    // Not let in, or not let do it.
    let wrong = server.url("case").replace("a%20password", "another");
    assert_eq!(code_of(open(&wrong, &secret)).0, "case.denied");
    let none = server
        .url("case")
        .replace(":a%20password%20for%20tests", "");
    let (code, said) = code_of(open(&none, &secret));
    assert_eq!(code, "case.denied", "{said}");
    assert!(said.contains("asks for a password"), "{said}");
    let missing = server.url("case").replace("/postgres?", "/nowhere?");
    assert_eq!(code_of(open(&missing, &secret)).0, "case.denied");
    server.ask("CREATE ROLE reader LOGIN; GRANT USAGE ON SCHEMA \"case\" TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA \"case\" TO reader");
    let reader = server.by_socket("case").replace("overt@", "reader@");
    let mut reads = open(&reader, &secret).unwrap();
    assert_eq!(reads.size().unwrap(), 0);
    assert_eq!(code_of(reads.begin().map(drop)).0, "case.denied");
    // Nobody that is trusted vouches for it.
    let protected = server.url("case").replace("disable", "verify-full");
    let (code, said) = code_of(open(&protected, &secret));
    assert_eq!(code, "case.unreachable", "{said}");
    // Of a newer program.
    server.ask("UPDATE \"case\".overt_case SET layout = 9");
    assert_eq!(
        code_of(open(&server.url("case"), &secret)).0,
        "case.version"
    );
    server.ask("UPDATE \"case\".overt_case SET layout = 1");
    // Somebody writes and does not come to an end.
    server.ask("ALTER ROLE reader SET lock_timeout = 0");
    // Away.
    server.kill();
    assert_eq!(
        code_of(open(&server.url("case"), &secret)).0,
        "case.unreachable"
    );
    assert_eq!(code_of(reads.size()).0, "case.unreachable");
    server.start_again();
    drop(open(&server.url("case"), &secret).unwrap());
    assert_eq!(reads.size().unwrap(), 0, "it connects anew");
}

#[test]
fn somebody_who_does_not_come_to_an_end_is_not_waited_for_for_ever() {
    let Some(server) = Server::start() else {
        return;
    };
    let secret = Secret::random().unwrap();
    let database = Database::read(&server.url("case"), "x").unwrap();
    let mut first = Postgres::create(&database, &secret, "r").unwrap();
    let mut second = Postgres::open(&database, &secret).unwrap();
    let writing = first.begin().unwrap();
    let begun = std::time::Instant::now();
    assert_eq!(code_of(second.begin().map(drop)).0, "case.busy");
    assert!((15..40).contains(&begun.elapsed().as_secs()));
    drop(writing);
    drop(second.begin().unwrap());
}

#[test]
fn a_server_that_forgets_is_refused() {
    let Some(server) = Server::start() else {
        return;
    };
    server.ask("ALTER SYSTEM SET fsync = off");
    server.ask("SELECT pg_reload_conf()");
    std::thread::sleep(std::time::Duration::from_millis(500));
    let database = Database::read(&server.url("case"), "x").unwrap();
    let refused = Postgres::create(&database, &Secret::random().unwrap(), "r");
    let (code, said) = code_of(refused);
    assert!(
        code == "case.other-store" && said.contains("fsync"),
        "{said}"
    );
}

#[test]
fn a_connection_is_protected_as_its_address_says() {
    let Some(server) = Server::start() else {
        return;
    };
    let secret = Secret::random().unwrap();
    drop(
        Postgres::create(
            &Database::read(&server.url("case"), "x").unwrap(),
            &secret,
            "r",
        )
        .unwrap(),
    );
    let open = |host: &str, settings: &str| {
        let url = server.url("case").replace("127.0.0.1", host);
        let url = url.replace("sslmode=disable", settings);
        Database::read(&url, "x").and_then(|database| Postgres::open(&database, &secret))
    };
    let is_protected = |store: Postgres| {
        let sql = "SELECT bool_and(s.ssl) FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) WHERE a.application_name = 'overt'";
        let answer = server.ask(sql);
        drop(store);
        answer == ["t"]
    };
    let authority = server.file("authority.crt");
    let verified = format!("sslmode=verify-full&sslrootcert={}", authority.display());
    assert!(is_protected(open("localhost", &verified).unwrap()));
    assert!(is_protected(open("localhost", "sslmode=require").unwrap()));
    assert!(is_protected(open("127.0.0.1", "sslmode=prefer").unwrap()));
    assert!(!is_protected(open("localhost", "sslmode=disable").unwrap()));
    // Another name than the certificate's, nobody who is trusted, and no certificates at all.
    let (code, said) = code_of(open("127.0.0.1", &verified));
    assert!(
        code == "case.unreachable" && said.contains("certificate"),
        "{said}"
    );
    let (code, said) = code_of(open("localhost", "sslmode=verify-full"));
    assert!(
        code == "case.unreachable" && said.contains("certificate"),
        "{said}"
    );
    let key = server.file("server.csr");
    for file in ["/nowhere/root.crt", key.to_str().unwrap()] {
        let (code, said) = code_of(open(
            "localhost",
            &format!("sslmode=verify-full&sslrootcert={file}"),
        ));
        assert!(code == "case.wrong" && said.contains(file), "{said}");
    }
}

#[test]
fn whoever_has_the_rights_of_the_page_works_and_changes_nothing() {
    let Some(server) = Server::start() else {
        return;
    };
    let secret = Secret::random().unwrap();
    drop(
        Postgres::create(
            &Database::read(&server.url("case"), "x").unwrap(),
            &secret,
            "r",
        )
        .unwrap(),
    );
    let page = include_str!("../../../../docs/team.md");
    let grants = page
        .split("```sql")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    server.ask("CREATE ROLE bob LOGIN");
    server.ask(&grants.replace("midterms-2026", "case"));
    let database =
        Database::read(&server.by_socket("case").replace("overt@", "bob@"), "x").unwrap();
    let mut open = || Ok(Box::new(Postgres::open(&database, &secret)?) as Box<dyn Repository>);
    conformance::secrets_are_kept_and_destroyed(&mut open);
    conformance::bytes_are_kept(&mut open);
    let bobs = format!(
        "host={} port={} user=bob dbname=postgres",
        server.file("").display(),
        server.port()
    );
    let mut client = postgres::Client::connect(&bobs, postgres::NoTls).unwrap();
    for sql in [
        "DELETE FROM \"case\".entry",
        "UPDATE \"case\".entry SET body = header",
        "TRUNCATE \"case\".entry",
    ] {
        let refused = client.batch_execute(sql).unwrap_err();
        assert_eq!(refused.code().unwrap().code(), "42501", "{sql}");
    }
}
