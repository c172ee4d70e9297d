//! What a record of a log says, as the objects and properties that patterns ask for.

use core::net::IpAddr;
use std::borrow::Cow;

use overt_model::log::{Connection, Event, LogRecord, Logged, Lookup, Request, SignIn};

/// An object with its properties, several of one name where it has several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Object<'a> {
    pub(super) kind: &'static str,
    pub(super) properties: Vec<(&'static str, Cow<'a, str>)>,
}

const METHOD: &str = "extensions.http-request-ext.request_method";
const VALUE: &str = "extensions.http-request-ext.request_value";
const AGENT: &str = "extensions.http-request-ext.request_header.User-Agent";
const REFERRER: &str = "extensions.http-request-ext.request_header.Referer";
const HOST: &str = "extensions.http-request-ext.request_header.Host";
const DATA: &str = "values[*].data";
const ANSWERS: &str = "resolves_to_refs[*].value";

/// The properties that some log has.
pub(super) const KNOWN: [(&str, &[&str]); 10] = [
    ("ipv4-addr", &["value"]),
    ("ipv6-addr", &["value"]),
    ("domain-name", &["value", ANSWERS]),
    ("url", &["value"]),
    ("user-account", &["account_login", "user_id"]),
    (
        "network-traffic",
        &[
            "src_ref.type",
            "src_ref.value",
            "dst_ref.type",
            "dst_ref.value",
            "dst_port",
            "protocols[*]",
            METHOD,
            VALUE,
            AGENT,
            REFERRER,
            HOST,
        ],
    ),
    (
        "file",
        &[
            "name",
            "parent_directory_ref.path",
            "hashes.MD5",
            "hashes.SHA-1",
            "hashes.SHA-256",
        ],
    ),
    (
        "process",
        &[
            "name",
            "command_line",
            "image_ref.name",
            "parent_ref.command_line",
            "parent_ref.image_ref.name",
        ],
    ),
    ("directory", &["path"]),
    ("windows-registry-key", &["key", "values", DATA]),
];

/// The objects of a record.
pub(crate) fn objects<'a>(record: &'a LogRecord<'_>) -> Vec<Object<'a>> {
    let mut all = Vec::new();
    match &record.what {
        Logged::Request(request) => of_request(request, &mut all),
        Logged::SignIn(sign_in) => of_sign_in(sign_in, &mut all),
        Logged::Connection(connection) => of_connection(connection, &mut all),
        Logged::Lookup(lookup) => of_lookup(lookup, &mut all),
        Logged::Event(event) => of_event(event, &mut all),
        _ => {}
    }
    all
}

type Objects<'a> = Vec<Object<'a>>;

fn add<'a, const N: usize>(
    kind: &'static str,
    properties: [(&'static str, Option<Cow<'a, str>>); N],
    all: &mut Objects<'a>,
) {
    let there = properties.into_iter();
    let properties: Vec<_> = there
        .filter_map(|(name, value)| Some((name, value.filter(|v| !v.is_empty())?)))
        .collect();
    if !properties.is_empty() {
        all.push(Object { kind, properties });
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "beside properties that may be missing"
)]
fn text(text: &str) -> Option<Cow<'_, str>> {
    Some(Cow::Borrowed(text))
}

fn maybe<'a>(text: Option<&'a Cow<'_, str>>) -> Option<Cow<'a, str>> {
    text.map(|text| Cow::Borrowed(&**text))
}

/// What an address or a name is called in patterns.
fn kind_of(host: &str) -> &'static str {
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => "ipv4-addr",
        Ok(IpAddr::V6(_)) => "ipv6-addr",
        Err(_) => "domain-name",
    }
}

fn host<'a>(name: &'a str, all: &mut Objects<'a>) {
    add(kind_of(name), [("value", text(name))], all);
}

fn of_request<'a>(request: &'a Request<'_>, all: &mut Objects<'a>) {
    add(
        "network-traffic",
        [
            ("src_ref.type", text(kind_of(&request.source))),
            ("src_ref.value", text(&request.source)),
            ("protocols[*]", text("http")),
            (METHOD, text(&request.method)),
            (VALUE, text(&request.target)),
            (AGENT, maybe(request.agent.as_ref())),
            (REFERRER, maybe(request.referrer.as_ref())),
            (HOST, maybe(request.host.as_ref())),
        ],
        all,
    );
    host(&request.source, all);
    if let Some(name) = request.host.as_deref().filter(|h| !h.is_empty()) {
        let name = name.split(':').next().unwrap_or(name);
        host(name, all);
        if !request.target.contains("://") {
            for scheme in ["http", "https"] {
                let url = format!("{scheme}://{name}{}", request.target);
                add("url", [("value", Some(Cow::Owned(url)))], all);
            }
        }
    }
    if request.target.contains("://") {
        add("url", [("value", text(&request.target))], all);
    }
    add(
        "user-account",
        [("account_login", maybe(request.user.as_ref()))],
        all,
    );
}

fn of_sign_in<'a>(sign_in: &'a SignIn<'_>, all: &mut Objects<'a>) {
    let account = || text(&sign_in.account);
    add(
        "user-account",
        [("account_login", account()), ("user_id", account())],
        all,
    );
    if let Some(source) = &sign_in.source {
        host(source, all);
    }
}

fn of_connection<'a>(connection: &'a Connection<'_>, all: &mut Objects<'a>) {
    add(
        "network-traffic",
        [
            ("src_ref.type", text(kind_of(&connection.source))),
            ("src_ref.value", text(&connection.source)),
            ("dst_ref.type", text(kind_of(&connection.target))),
            ("dst_ref.value", text(&connection.target)),
            (
                "dst_port",
                connection.port.map(|port| Cow::Owned(port.to_string())),
            ),
        ],
        all,
    );
    host(&connection.source, all);
    host(&connection.target, all);
}

fn of_lookup<'a>(lookup: &'a Lookup<'_>, all: &mut Objects<'a>) {
    let mut properties = vec![("value", Cow::Borrowed(lookup.name.trim_end_matches('.')))];
    for answer in &lookup.answers {
        properties.push((ANSWERS, Cow::Borrowed(&**answer)));
        host(answer, all);
    }
    all.push(Object {
        kind: "domain-name",
        properties,
    });
}

/// The last step of a path, and what is before it.
fn base(path: &str) -> (Option<Cow<'_, str>>, Option<Cow<'_, str>>) {
    match path.rsplit_once(['\\', '/']) {
        Some((folder, name)) => (text(name), text(folder)),
        None => (text(path), None),
    }
}

fn directory<'a>(path: Option<&Cow<'a, str>>, all: &mut Objects<'a>) {
    add("directory", [("path", path.cloned())], all);
}

fn of_event<'a>(event: &'a Event<'_>, all: &mut Objects<'a>) {
    let get = |names: [&str; 2]| names.iter().find_map(|name| event.get(name));
    let image = get(["Image", "NewProcessName"]).map(base);
    let parent = get(["ParentImage", "ParentProcessName"]).map(base);
    let (image, folder) = image.unwrap_or_default();
    add(
        "process",
        [
            ("name", image.clone()),
            ("image_ref.name", image.clone()),
            ("command_line", event.get("CommandLine").map(Cow::Borrowed)),
            (
                "parent_ref.command_line",
                event.get("ParentCommandLine").map(Cow::Borrowed),
            ),
            ("parent_ref.image_ref.name", parent.unwrap_or_default().0),
        ],
        all,
    );
    let hashes = get(["Hashes", "Hash"]).unwrap_or_default();
    let hash = |name: &str| {
        let mut parts = hashes.split(',').filter_map(|part| part.split_once('='));
        parts.find_map(|(n, digits)| {
            n.trim()
                .eq_ignore_ascii_case(name)
                .then_some(Cow::Borrowed(digits.trim()))
        })
    };
    directory(folder.as_ref(), all);
    let current = event.get("CurrentDirectory").map(|path| {
        let folder = path.trim_end_matches(['\\', '/']);
        Cow::Borrowed(if folder.is_empty() { path } else { folder })
    });
    directory(current.as_ref(), all);
    add(
        "file",
        [
            ("name", image),
            ("parent_directory_ref.path", folder),
            ("hashes.MD5", hash("MD5")),
            ("hashes.SHA-1", hash("SHA1")),
            ("hashes.SHA-256", hash("SHA256")),
        ],
        all,
    );
    for path in ["TargetFilename", "ImageLoaded"]
        .iter()
        .filter_map(|name| event.get(name))
    {
        let (name, folder) = base(path);
        directory(folder.as_ref(), all);
        add(
            "file",
            [("name", name), ("parent_directory_ref.path", folder)],
            all,
        );
    }
    add(
        "windows-registry-key",
        [
            ("key", event.get("TargetObject").map(Cow::Borrowed)),
            ("values", event.get("Details").map(Cow::Borrowed)),
            (DATA, event.get("Details").map(Cow::Borrowed)),
        ],
        all,
    );
    add(
        "user-account",
        [("account_login", maybe(event.account.as_ref()))],
        all,
    );
    for name in [
        "SourceIp",
        "DestinationIp",
        "DestinationHostname",
        "QueryName",
    ] {
        if let Some(value) = event.get(name).filter(|v| !v.is_empty()) {
            host(value, all);
        }
    }
    if let Some(source) = event.source.as_deref().filter(|s| !s.is_empty()) {
        host(source, all);
    }
}
