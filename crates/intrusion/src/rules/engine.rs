//! The engine that reads and evaluates rules. No other file names its crates: whoever exchanges it rewrites this one.

use std::borrow::Cow;
use std::collections::HashMap;

use rsigma_eval::EventValue;
use rsigma_parser::{
    ConditionExpr, CorrelationRule, Detection, FilterRule, FilterRuleTarget, Modifier,
    SigmaCollection, SigmaRule,
};

use super::named::Named;
use super::source::LogSource;
use super::{Level, RuleHit};

/// Under this name each rule carries its place among ours through the engine; ids may be missing or there twice.
const PLACE: &str = "place";

/// What warnings of the parser begin with. It puts them among its errors, though it reads the rule nevertheless.
const WARNINGS: [&str; 5] = [
    "invalid status:",
    "invalid level:",
    "invalid sigma-version:",
    "'related' must",
    "related[",
];

/// A text with rules, read.
#[derive(Default)]
pub(super) struct Parsed {
    pub(super) drafts: Vec<Draft>,
    pub(super) filters: Vec<Filter>,
    /// Ids and names of rules that say nothing by themselves: a correlation counts them.
    pub(super) only_counted: Vec<String>,
    pub(super) refused: Vec<String>,
    pub(super) remarks: Vec<String>,
}

/// A rule that was read, and not yet built into an engine.
pub(super) struct Draft {
    pub(super) rule: RuleHit,
    sigma: SigmaRule,
}

/// Exceptions to rules that somebody else wrote.
pub(super) struct Filter {
    pub(super) title: String,
    sigma: FilterRule,
}

/// Reads a text of one or several documents.
pub(super) fn parse(yaml: &str) -> Parsed {
    let mut parsed = Parsed::default();
    let collection = match rsigma_parser::parse_sigma_yaml(yaml) {
        Ok(collection) => collection,
        Err(error) => {
            parsed.refused.push(error.to_string());
            return parsed;
        }
    };
    if collection.is_empty() && !collection.has_errors() {
        parsed.refused.push("there is no rule in it".to_owned());
    }
    for error in collection.errors {
        let is_warning = WARNINGS.iter().any(|start| error.starts_with(start));
        let told = if is_warning {
            &mut parsed.remarks
        } else {
            &mut parsed.refused
        };
        told.push(error);
    }
    for rule in collection.rules {
        parsed.add_rule(rule);
    }
    for filter in collection.filters {
        parsed.add_filter(filter);
    }
    for correlation in collection.correlations {
        parsed.leave_correlation(correlation);
    }
    parsed
}

impl Parsed {
    fn add_rule(&mut self, rule: SigmaRule) {
        let refusal = if rule.detection.named.values().any(has_lists) {
            Some("it looks into lists of objects, which are not kept apart here")
        } else if rule.detection.timeframe.is_some() {
            Some("it counts over a time, which only correlations do now")
        } else {
            None
        };
        if let Some(reason) = refusal {
            self.refused.push(format!("{}: {reason}", rule.title));
            return;
        }
        if rule.detection.named.values().any(has_placeholders) {
            self.remarks.push(format!(
                "{}: it has placeholders that only its user can fill in; until then it cannot match",
                rule.title
            ));
        }
        self.drafts.push(Draft {
            rule: about(&rule),
            sigma: rule,
        });
    }

    /// The engine renames what a filter's condition names, but not the patterns in it: those would be looked for among the
    /// rule's own names.
    fn add_filter(&mut self, filter: FilterRule) {
        let title = filter.title.clone();
        let reason = match filter.detection.conditions.as_slice() {
            [one] if !has_pattern(one) => None,
            [_] => Some("a filter whose condition has a pattern is not supported".to_owned()),
            _ => Some("a filter needs exactly one condition".to_owned()),
        };
        let reason = reason.or_else(|| {
            let alone = SigmaCollection {
                filters: vec![filter.clone()],
                ..SigmaCollection::new()
            };
            let tried = rsigma_eval::Engine::new().add_collection(&alone);
            tried.err().map(|error| error.to_string())
        });
        match reason {
            Some(reason) => self.refused.push(format!("{title}: {reason}")),
            None => self.filters.push(Filter {
                title,
                sigma: filter,
            }),
        }
    }

    /// Events come log by log here, and windows of time need them in order.
    fn leave_correlation(&mut self, correlation: CorrelationRule) {
        self.refused.push(format!(
            "{}: a correlation of other rules is not examined",
            correlation.title
        ));
        if !correlation.generate {
            self.only_counted.extend(correlation.rules);
        }
    }
}

impl Draft {
    /// Whether this is what somebody calls a rule.
    pub(super) fn is_called(&self, name: &str) -> bool {
        self.rule.id == name || self.rule.title == name || self.sigma.name.as_deref() == Some(name)
    }
}

impl Filter {
    /// Whether it makes exceptions to a rule.
    pub(super) fn is_of(&self, draft: &Draft) -> bool {
        let named = match &self.sigma.rules {
            FilterRuleTarget::Any => true,
            FilterRuleTarget::Specific(names) => names.iter().any(|name| draft.is_called(name)),
        };
        let within = |of_filter: &Option<String>, of_rule: &Option<String>| {
            of_filter.as_ref().is_none_or(|wanted| {
                let same = |is: &String| is.eq_ignore_ascii_case(wanted);
                of_rule.as_ref().is_some_and(same)
            })
        };
        let source = &draft.rule.log_source;
        named
            && self.sigma.logsource.as_ref().is_none_or(|wanted| {
                within(&wanted.product, &source.product)
                    && within(&wanted.category, &source.category)
                    && within(&wanted.service, &source.service)
            })
    }

    /// The same, naming rules as the engine knows them: it knows ids and titles, and not short names.
    fn for_rules(&self, drafts: &[&Draft]) -> Option<FilterRule> {
        let of = drafts.iter().filter(|draft| self.is_of(draft));
        let names: Vec<String> = of
            .map(|draft| match &draft.sigma.id {
                Some(id) => id.clone(),
                None => draft.sigma.title.clone(),
            })
            .collect();
        (!names.is_empty()).then(|| FilterRule {
            rules: FilterRuleTarget::Specific(names),
            ..self.sigma.clone()
        })
    }
}

/// Rules of one log source, ready for its events.
pub(super) struct Engine(rsigma_eval::Engine);

impl Engine {
    /// Of some rules, with filters over them. In one batch: added one by one they would take minutes. Each rule is known by
    /// the place that is given with it; those that cannot be built come back with the reason.
    pub(super) fn new(
        rules: &mut [(usize, Draft)],
        filters: &[Filter],
    ) -> (Self, Vec<(usize, String)>) {
        for (place, draft) in rules.iter_mut() {
            // Attributes of the rule's own could change what the engine gives back.
            let place = (*place as u64).into();
            draft.sigma.custom_attributes = HashMap::from([(PLACE.to_owned(), place)]);
        }
        let mut engine = rsigma_eval::Engine::new();
        let errors = engine.add_rules(rules.iter().map(|(_, draft)| &draft.sigma));
        let mut refused: Vec<(usize, String)> = errors
            .into_iter()
            .map(|(at, error)| (rules[at].0, error.to_string()))
            .collect();
        let drafts: Vec<&Draft> = rules.iter().map(|(_, draft)| draft).collect();
        let filters = SigmaCollection {
            filters: filters
                .iter()
                .filter_map(|filter| filter.for_rules(&drafts))
                .collect(),
            ..SigmaCollection::new()
        };
        if !filters.filters.is_empty()
            && let Err(error) = engine.add_collection(&filters)
        {
            // Each was tried alone before; should one fail nevertheless, rules without their exceptions are not used.
            refused = rules
                .iter()
                .map(|(place, _)| (*place, format!("a filter over it: {error}")))
                .collect();
            engine = rsigma_eval::Engine::new();
        }
        (Self(engine), refused)
    }

    /// Adds the places of all rules that match.
    pub(super) fn matching(&self, event: &Named<'_>, found: &mut Vec<usize>) {
        found.extend(self.0.evaluate(event).iter().filter_map(place));
    }

    /// The same by the engine's own routing, to compare with: of whatever it takes for an event.
    pub(super) fn matching_of_source(
        &self,
        event: &impl Asked,
        source: &LogSource,
        found: &mut Vec<usize>,
    ) {
        let source = rsigma_parser::LogSource {
            product: source.product.clone(),
            category: source.category.clone(),
            service: source.service.clone(),
            ..rsigma_parser::LogSource::default()
        };
        let results = self.0.evaluate_with_logsource(event, &source);
        found.extend(results.iter().filter_map(place));
    }
}

/// What the engine takes for an event.
pub(super) use rsigma_eval::Event as Asked;

/// The fields of an event as a value of JSON.
pub(super) fn json(event: &Named<'_>) -> serde_json::Value {
    event.to_json()
}

/// An event in the form that the engine's documentation uses.
pub(super) fn json_event(json: &serde_json::Value) -> impl Asked {
    rsigma_eval::JsonEvent::borrow(json)
}

fn place(result: &rsigma_eval::EvaluationResult) -> Option<usize> {
    let place = result.header.custom_attributes.get(PLACE)?.as_u64()?;
    usize::try_from(place).ok()
}

/// What a reader is told of a rule.
fn about(rule: &SigmaRule) -> RuleHit {
    let lower = |text: &Option<String>| text.as_ref().map(|text| text.trim().to_lowercase());
    let mut hit = RuleHit {
        id: rule.id.clone().unwrap_or_default(),
        title: rule.title.clone(),
        level: rule.level.map(level),
        status: rule
            .status
            .map(|status| format!("{status:?}").to_lowercase())
            .unwrap_or_default(),
        false_positives: rule.falsepositives.clone(),
        log_source: LogSource {
            product: lower(&rule.logsource.product),
            category: lower(&rule.logsource.category),
            service: lower(&rule.logsource.service),
        },
        ..RuleHit::default()
    };
    for tag in &rule.tags {
        let tag = tag.to_lowercase();
        let Some(attack) = tag.strip_prefix("attack.") else {
            continue;
        };
        let mut letters = attack.chars();
        match (letters.next(), letters.next().map(|c| c.is_ascii_digit())) {
            (Some('t'), Some(true)) => hit.techniques.push(attack.to_uppercase()),
            // Groups, software and data sources say nothing of what is done.
            (Some('g' | 's'), Some(true)) => {}
            _ if attack.starts_with("ds0") => {}
            _ => hit.tactics.push(attack.replace('_', "-")),
        }
    }
    hit
}

fn level(level: rsigma_parser::Level) -> Level {
    match level {
        rsigma_parser::Level::Informational => Level::Informational,
        rsigma_parser::Level::Low => Level::Low,
        rsigma_parser::Level::Medium => Level::Medium,
        rsigma_parser::Level::High => Level::High,
        rsigma_parser::Level::Critical => Level::Critical,
    }
}

fn has_lists(detection: &Detection) -> bool {
    match detection {
        Detection::ArrayMatch { .. } | Detection::Conditional { .. } => true,
        Detection::AnyOf(inner) | Detection::And(inner) => inner.iter().any(has_lists),
        Detection::AllOf(_) | Detection::Keywords(_) => false,
    }
}

fn has_placeholders(detection: &Detection) -> bool {
    match detection {
        Detection::AllOf(items) => items
            .iter()
            .any(|item| item.field.has_modifier(Modifier::Expand)),
        Detection::AnyOf(inner) | Detection::And(inner) => inner.iter().any(has_placeholders),
        _ => false,
    }
}

fn has_pattern(condition: &ConditionExpr) -> bool {
    match condition {
        ConditionExpr::And(inner) | ConditionExpr::Or(inner) => inner.iter().any(has_pattern),
        ConditionExpr::Not(inner) => has_pattern(inner),
        ConditionExpr::Identifier(_) => false,
        ConditionExpr::Selector { .. } => true,
    }
}

impl rsigma_eval::Event for Named<'_> {
    fn get_field(&self, path: &str) -> Option<EventValue<'_>> {
        let text = |value: &'_ Cow<'_, str>| EventValue::Str(Cow::Owned(value.to_string()));
        match self.all(path) {
            [] => None,
            [(_, one)] => Some(EventValue::Str(Cow::Borrowed(one))),
            several => Some(EventValue::Array(
                several.iter().map(|(_, value)| text(value)).collect(),
            )),
        }
    }

    fn any_string_value(&self, is: &dyn Fn(&str) -> bool) -> bool {
        self.fields().iter().any(|(_, value)| is(value))
    }

    fn all_string_values(&self) -> Vec<Cow<'_, str>> {
        let values = self.fields().iter();
        values.map(|(_, value)| Cow::Borrowed(&**value)).collect()
    }

    fn visit_string_values(&self, visit: &mut dyn FnMut(&str)) {
        for (_, value) in self.fields() {
            visit(value);
        }
    }

    fn to_json(&self) -> serde_json::Value {
        let fields = self.fields().iter();
        let fields = fields.map(|(name, value)| (name.to_string(), value.to_string().into()));
        serde_json::Value::Object(fields.collect())
    }

    fn top_level_keys(&self) -> Option<Vec<Cow<'_, str>>> {
        let mut names = Vec::new();
        self.visit_top_level_keys(&mut |name| names.push(Cow::Owned(name.to_owned())));
        Some(names)
    }

    fn visit_top_level_keys(&self, visit: &mut dyn FnMut(&str)) -> bool {
        for several in self.fields().chunk_by(|(one, _), (other, _)| one == other) {
            if let [(name, _), ..] = several {
                visit(name);
            }
        }
        true
    }
}
