//! Words that say what a value was meant to do to a server. They say what an attempt was, not that it was one: that is
//! for the measures, and for whoever reads.

use serde::{Deserialize, Serialize};

/// What a value was meant to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Meant {
    /// To be read as SQL by the database.
    Sql,
    /// To be run by the browsers of others.
    Script,
    /// To leave the folder that is served.
    Traversal,
    /// To be run by the server's shell or interpreter.
    Command,
    /// To be read as an operator by a database that takes no SQL.
    Operator,
    /// To have the server ask where nobody outside can.
    Forgery,
}

impl Meant {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sql => "SQL injection",
            Self::Script => "script injection",
            Self::Traversal => "path traversal",
            Self::Command => "command injection",
            Self::Operator => "operator injection",
            Self::Forgery => "request forgery",
        }
    }
}

const SCRIPT: [&str; 10] = [
    "<script",
    "javascript:",
    "onerror=",
    "onload=",
    "onmouseover=",
    "<iframe",
    "<svg",
    "alert(",
    "document.cookie",
    "<img src",
];
const TRAVERSAL: [&str; 10] = [
    "../",
    "..\\",
    "/etc/passwd",
    "/etc/shadow",
    "win.ini",
    "boot.ini",
    "/proc/self",
    "php://",
    "file://",
    "web-inf/",
];
const COMMAND: [&str; 23] = [
    "${jndi:",
    "${lower:",
    "${upper:",
    "${env:",
    "${::-",
    "/usr/bin/",
    "<!--#exec",
    ";whoami",
    "|whoami",
    "/bin/sh",
    "/bin/bash",
    "cmd.exe",
    "powershell",
    ";cat ",
    "|cat ",
    ";id",
    "|id",
    "$(",
    "`",
    "() {",
    "allow_url_include",
    "wget http",
    "curl http",
];
/// Commands of shells.
const RUN: [&str; 16] = [
    "dir", "ls", "cat", "id", "type", "net", "ping", "whoami", "uname", "ipconfig", "ifconfig",
    "netstat", "wget", "curl", "nc", "echo",
];
/// Parts of SQL that stand in no other text.
const SQL_ALONE: [&str; 21] = [
    "union table ",
    "union values",
    "except select",
    "intersect select",
    "||(select ",
    " and (select ",
    " or (select ",
    "=(select ",
    ",(select ",
    "union select",
    "union all select",
    "information_schema",
    "waitfor delay",
    "benchmark(",
    "xp_cmdshell",
    "extractvalue(",
    "updatexml(",
    "pg_sleep(",
    "dbms_pipe",
    "sleep(",
    "load_file(",
];
/// Operators of databases that take no SQL.
const OPERATOR: [&str; 9] = [
    "[$ne]",
    "[$gt]",
    "[$gte]",
    "[$lt]",
    "[$in]",
    "[$nin]",
    "[$regex]",
    "[$where]",
    "[$exists]",
];
/// Addresses that only the server itself reaches, and ways to ask that no browser has.
const FORGERY: [&str; 8] = [
    "://169.254.",
    "://127.",
    "://localhost",
    "://[::1]",
    "://0.0.0.0",
    "://metadata.google",
    "gopher://",
    "dict://",
];
/// What begins a comment of SQL.
const COMMENT: &str = "\x2d-";
/// Words of SQL that are words of other languages too: they count right after a character that ends a value.
const SQL_BESIDE: [&str; 13] = [
    "delete from ",
    "truncate table ",
    "||(",
    "or ",
    "and ",
    "order by ",
    "group by ",
    "having ",
    "select ",
    "drop ",
    "insert ",
    COMMENT,
    "#",
];
const ENDS: [char; 4] = ['\'', '"', ')', ';'];

/// What a decoded value was meant to do; nothing where no word says so.
pub fn meant(value: &str) -> Option<Meant> {
    if value.len() < 4 {
        return None;
    }
    let value = one_spaced(value);
    let has = |words: &[&str]| words.iter().any(|word| value.contains(word));
    if has(&SQL_ALONE) || goes_on_in_sql(&value) || is_always_true(&value) {
        return Some(Meant::Sql);
    }
    if has(&SCRIPT) {
        return Some(Meant::Script);
    }
    if has(&TRAVERSAL) {
        return Some(Meant::Traversal);
    }
    if has(&COMMAND) || goes_on_in_a_shell(&value) {
        return Some(Meant::Command);
    }
    if has(&OPERATOR) {
        return Some(Meant::Operator);
    }
    has(&FORGERY).then_some(Meant::Forgery)
}

/// Whether a character that ends a command is followed by another one with something to work on: `| dir c:`, `;ls -la`.
fn goes_on_in_a_shell(value: &str) -> bool {
    value.match_indices(['|', ';', '&']).any(|(at, end)| {
        let rest = value[at + end.len()..].trim_start_matches(|c: char| " +|;&".contains(c));
        RUN.iter().any(|word| {
            let on = rest
                .strip_prefix(word)
                .and_then(|r| r.strip_prefix([' ', '+', '|']));
            on.is_some_and(|on| on.contains(['/', '\\', ':', '-']))
        })
    })
}

/// In lower case, with every run of blanks and every comment of SQL as one blank.
fn one_spaced(value: &str) -> String {
    let value = without_comments(&value.to_ascii_lowercase());
    let words: Vec<&str> = value.split_whitespace().collect();
    let spaced = words.join(" ");
    // Blanks at the ends are a part of some words above.
    format!(" {spaced} ")
}

/// Without comments of SQL; what MySQL reads of them, `/*!50000union*/`, stays.
fn without_comments(value: &str) -> String {
    let (mut kept, mut rest) = (String::with_capacity(value.len()), value);
    while let Some((before, after)) = rest.split_once("/*") {
        kept.push_str(before);
        kept.push(' ');
        if let Some(read) = after.strip_prefix('!') {
            rest = read.trim_start_matches(|c: char| c.is_ascii_digit());
        } else if let Some((_, behind)) = after.split_once("*/") {
            rest = behind;
        } else {
            // A comment that is not closed takes in the rest of the statement, and says that it was meant to.
            kept.push_str("/*");
            rest = after;
        }
    }
    kept.push_str(rest);
    kept.replace("*/", " ")
}

/// Whether a value has marks that SQL reads as its own, more than the apostrophe of a name: what is then looked for in what
/// databases ran.
pub fn marks_sql(value: &str) -> bool {
    let has = |marks: &[&str]| marks.iter().any(|mark| value.contains(mark));
    value.len() >= 4
        && (has(&MARKS)
            || (value.contains(['\'', '"'])
                && (value.contains(['=', '(', '+', '*', '<', '>', '%']) || has(&BESIDE_QUOTES))))
}

/// Marks that stand in few texts of people.
const MARKS: [&str; 4] = [";", COMMENT, "/*", "||"];
/// A sign right beside a quote.
const BESIDE_QUOTES: [&str; 2] = ["'-", "-'"];

/// Whether a character that ends a value is followed by a word of SQL: `' or`, `);--`. A name such as O'Brien goes on in
/// letters at once.
fn goes_on_in_sql(value: &str) -> bool {
    value.match_indices(ENDS).any(|(at, end)| {
        let rest =
            value[at + end.len()..].trim_start_matches(|c: char| c == ' ' || ENDS.contains(&c));
        let is_apart = rest.len() < value.len() - at - end.len() || end != "'";
        SQL_BESIDE
            .iter()
            .any(|word| rest.starts_with(word) && (is_apart || word.starts_with(['-', '#', '|'])))
    })
}

/// `or 1=1`, `and 'a'='a'`.
fn is_always_true(value: &str) -> bool {
    [" or ", " and ", "||", "&&"].iter().any(|word| {
        value.match_indices(word).any(|(at, _)| {
            let rest = &value[at + word.len()..];
            let Some((left, right)) = rest.split_once('=') else {
                return false;
            };
            let plain = |text: &str| {
                text.trim()
                    .trim_matches(['\'', '"', '(', ')', ' '])
                    .to_owned()
            };
            let left = plain(left);
            !left.is_empty() && left.len() <= 20 && plain(right).starts_with(&left)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_are_told_by_what_they_were_meant_to_do() {
        for (value, what) in [
            ("1' OR '1'='1", Meant::Sql),
            ("1 or 1=1", Meant::Sql),
            ("-1 UNION/**/SELECT password FROM users", Meant::Sql),
            ("1; WAITFOR DELAY '0:0:5'--", Meant::Sql),
            ("<script>alert(1)</script>", Meant::Script),
            ("../../../../etc/passwd", Meant::Traversal),
            ("x;cat /etc/hosts", Meant::Command),
            ("&&+|+dir c:", Meant::Command),
            (";netstat -a;", Meant::Command),
            ("7 AND (SELECT 1)", Meant::Sql),
            ("1'; DELETE FROM voters", Meant::Sql),
            ("1'||(SELECT password FROM users LIMIT 1)||'", Meant::Sql),
            ("1' UNION TABLE users", Meant::Sql),
            ("1' EXCEPT SELECT 1", Meant::Sql),
            ("1'/*!50000UNION*/ /*!50000SELECT*/ 1", Meant::Sql),
            ("1/* x */union/* y */select 1", Meant::Sql),
            ("${jndi:ldap://x/a}", Meant::Command),
            ("${${lower:j}ndi:ldap://x/a}", Meant::Command),
            ("id[$ne]=1", Meant::Operator),
            ("http://169.254.169.254/latest/meta-data", Meant::Forgery),
        ] {
            assert_eq!(meant(value), Some(what), "{value}");
        }
    }

    #[test]
    fn an_apostrophe_alone_is_no_mark_of_sql() {
        for name in [
            "O'Brien",
            "D'Arcy O'Neil",
            "Rock'n'Roll",
            "x@y.org",
            "O'Brien-Smith",
        ] {
            assert!(!marks_sql(name), "{name}");
        }
        for sent in [
            "1'-0-'",
            "1'; DELETE",
            "1'||(a)||'",
            "1 --",
            "1'='1",
            "1' IN (2)",
        ] {
            assert!(marks_sql(sent), "{sent}");
        }
    }

    #[test]
    fn what_people_type_is_none() {
        for value in [
            "O'Brien and sons",
            "Miller or Smith",
            "12.5",
            "a=b",
            "select committee",
            "Rock'n'Roll",
            "cats & dogs",
            "id & type",
            "Smith; Net worth",
            "Trade union (London) table tennis",
            "Delete from list; please",
            "(Old) except Mondays",
            "x@y.org",
            "1",
        ] {
            assert_eq!(meant(value), None, "{value}");
        }
    }
}
