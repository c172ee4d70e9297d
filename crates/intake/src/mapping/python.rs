//! Lists and dictionaries as Python writes them, which programs in Python put into cells.

use serde_json::Value;

/// The longest text that is taken apart.
const LONGEST: usize = 1 << 20;

/// A value that Python wrote: strings in either quote, `None`, `True`, `False`; of what it writes as a call, such as
/// `datetime.datetime(2010, 1, 1)`, and of bare names only that it is there.
pub(crate) fn of_python(text: &str) -> Option<Value> {
    if !text.starts_with(['[', '{']) || text.len() > LONGEST {
        return None;
    }
    let mut json = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = match c {
            '\'' | '"' => string(&rest[1..], c, &mut json)?,
            'A'..='Z' | 'a'..='z' | '_' | '<' => word(rest, &mut json)?,
            _ => {
                json.push(c);
                &rest[c.len_utf8()..]
            }
        };
    }
    serde_json::from_str(&json).ok()
}

/// A string up to its closing quote, as JSON has it; what follows it.
fn string<'t>(text: &'t str, quote: char, json: &mut String) -> Option<&'t str> {
    let mut plain = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            _ if c == quote => {
                json.push_str(&Value::from(plain).to_string());
                return Some(&text[at + 1..]);
            }
            '\\' => match chars.next()?.1 {
                'n' => plain.push('\n'),
                't' => plain.push('\t'),
                escaped => plain.push(escaped),
            },
            _ => plain.push(c),
        }
    }
    None
}

/// `None`, `True`, `False`, a name, a call, `<something else>`: the text of the latter.
fn word<'t>(text: &'t str, json: &mut String) -> Option<&'t str> {
    if text.starts_with('<') {
        let end = text.find('>')? + 1;
        json.push_str(&Value::from(&text[..end]).to_string());
        return Some(&text[end..]);
    }
    let is_of_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
    let name = text.find(|c| !is_of_name(c)).unwrap_or(text.len());
    let (named, rest) = text.split_at(name);
    let known = [
        ("None", "null"),
        ("True", "true"),
        ("False", "false"),
        ("nan", "null"),
    ];
    if let Some((_, said)) = known.iter().find(|(python, _)| *python == named) {
        json.push_str(said);
        return Some(rest);
    }
    let end = if rest.starts_with('(') {
        call(rest)?
    } else {
        0
    };
    json.push_str(&Value::from(&text[..name + end]).to_string());
    Some(&text[name + end..])
}

/// Where the brackets that a text begins with are closed; what is quoted closes none.
fn call(text: &str) -> Option<usize> {
    let (mut depth, mut quote) = (0_u32, None);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), _) => quote = quote.filter(|_| c != open),
            (None, '\'' | '"') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at + c.len_utf8());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_python_writes_is_read() {
        let value = of_python(r#"[{'a': "it's", 'b': None, 'c': [1, True]}, {'a': 'x\'y "z"'}]"#)
            .expect("a value");
        assert_eq!(value[0]["a"], "it's");
        assert_eq!(value[1]["a"], "x'y \"z\"");
        assert!(value[0]["b"].is_null() && value[0]["c"][1] == true);
        let value = of_python(
            "{'id': 7, 'made': datetime.datetime(2010, 1, 1, tz=utc(')')), 'kind': <Kind.A: 1>, 'x': nan}",
        )
        .expect("a value");
        assert_eq!(value["id"], 7);
        assert_eq!(value["made"], "datetime.datetime(2010, 1, 1, tz=utc(')'))");
        assert!(value["kind"] == "<Kind.A: 1>" && value["x"].is_null());
        for bad in ["", "[", "['a", "{'a': f(1", "{'a': <b", "{'a'"] {
            assert!(of_python(bad).is_none(), "{bad}");
        }
    }
}
