//! Lists and dictionaries as Python writes them, which programs in Python put into cells.

use serde_json::Value;

/// The longest text that is taken apart.
const LONGEST: usize = 1 << 20;

/// A value that Python wrote: strings in either quote, `None`, `True`, `False`.
pub(crate) fn of_python(text: &str) -> Option<Value> {
    if !text.starts_with(['[', '{']) || text.len() > LONGEST {
        return None;
    }
    let mut json = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = match c {
            '\'' | '"' => string(&rest[1..], c, &mut json)?,
            'A'..='Z' => word(rest, &mut json)?,
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

/// `None`, `True` or `False`.
fn word<'t>(text: &'t str, json: &mut String) -> Option<&'t str> {
    let known = [("None", "null"), ("True", "true"), ("False", "false")];
    let (python, said) = known.iter().find(|(python, _)| text.starts_with(python))?;
    json.push_str(said);
    Some(&text[python.len()..])
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
        for bad in ["", "[", "['a", "[TextLink(text='a')]", "{'a'"] {
            assert!(of_python(bad).is_none(), "{bad}");
        }
    }
}
