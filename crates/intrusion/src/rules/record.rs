//! Requests, look-ups and connections as events, by the names that rules ask for.

use std::borrow::Cow;

use overt_model::log::{Connection, Event, Logged, Lookup, Outcome, Request};

type Field<'a> = (Cow<'a, str>, Cow<'a, str>);

/// What a log says as an event. Sign-ins have none: where a product logs more than that, its event comes beside.
pub fn as_event<'a>(what: &'a Logged<'_>) -> Option<Cow<'a, Event<'a>>> {
    match what {
        Logged::Event(event) => Some(Cow::Borrowed(event)),
        Logged::Request(request) => Some(Cow::Owned(of_request(request))),
        Logged::Lookup(lookup) => Some(Cow::Owned(of_lookup(lookup))),
        Logged::Connection(connection) => Some(Cow::Owned(of_connection(connection))),
        _ => None,
    }
}

fn event<'a>(service: &'static str, source: &'a str, fields: Vec<Field<'a>>) -> Event<'a> {
    Event {
        service: Some(Cow::Borrowed(service)),
        source: Some(Cow::Borrowed(source)),
        fields,
        ..Event::default()
    }
}

fn field<'a>(name: &'static str, value: &'a str) -> Field<'a> {
    (Cow::Borrowed(name), Cow::Borrowed(value))
}

fn number<'a>(name: &'static str, value: u64) -> Field<'a> {
    (Cow::Borrowed(name), Cow::Owned(value.to_string()))
}

fn of_request<'a>(request: &'a Request<'_>) -> Event<'a> {
    let (path, query) = match request.target.split_once('?') {
        Some((path, query)) => (path, query),
        None => (&*request.target, ""),
    };
    let mut fields = vec![
        field("c-ip", &request.source),
        field("cs-method", &request.method),
        field("cs-uri-stem", path),
        field("c-uri", &request.target),
        field("cs-uri", &request.target),
        // Most rules look for paths in what is called the query, for in the logs that they were written on that is both.
        field("cs-uri-query", &request.target),
        field("cs-uri-query", query),
    ];
    let texts = [
        ("cs-host", &request.host),
        ("cs-username", &request.user),
        ("cs-referer", &request.referrer),
        ("cs-user-agent", &request.agent),
    ];
    for (name, text) in texts {
        fields.extend(text.as_ref().map(|text| field(name, text)));
    }
    fields.extend(
        request
            .status
            .map(|status| number("sc-status", status.into())),
    );
    fields.extend(request.bytes.map(|bytes| number("sc-bytes", bytes)));
    let mut event = event("webserver", &request.source, fields);
    event.computer = request.host.as_deref().map(Cow::Borrowed);
    event.account = request.user.as_deref().map(Cow::Borrowed);
    event
}

fn of_lookup<'a>(lookup: &'a Lookup<'_>) -> Event<'a> {
    let mut fields = vec![
        field("src_ip", &lookup.source),
        field("query", &lookup.name),
    ];
    fields.extend(lookup.answers.iter().map(|answer| field("answer", answer)));
    event("dns", &lookup.source, fields)
}

fn of_connection<'a>(connection: &'a Connection<'_>) -> Event<'a> {
    let mut fields = vec![
        field("src_ip", &connection.source),
        field("dst_ip", &connection.target),
    ];
    fields.extend(connection.port.map(|port| number("dst_port", port.into())));
    match connection.outcome {
        Outcome::Allowed => fields.push(field("action", "allow")),
        Outcome::Refused => {
            fields.push(field("action", "deny"));
            fields.push(field("blocked", "true"));
        }
        Outcome::Unknown => {}
    }
    event("firewall", &connection.source, fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_asked_as_a_web_servers_log() {
        let request = Logged::Request(Request {
            source: "203.0.113.9".into(),
            method: "GET".into(),
            target: "/a/../b?x=1".into(),
            status: Some(404),
            ..Request::default()
        });
        let event = as_event(&request).unwrap();
        assert_eq!(event.service.as_deref(), Some("webserver"));
        assert_eq!(event.get("cs-uri-stem"), Some("/a/../b"));
        assert_eq!(event.get("sc-status"), Some("404"));
        let queries = event.fields.iter().filter(|(n, _)| n == "cs-uri-query");
        assert_eq!(queries.count(), 2);
    }
}
