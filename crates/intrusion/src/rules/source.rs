//! Which rules an event is for: Sigma's log sources, and what products call the same.

use std::fmt;
use std::sync::Arc;

use overt_model::log::Event;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::channels;

/// What a rule is written for. What is `None` may be anything.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct LogSource {
    /// `windows`, `azure`.
    pub product: Option<String>,
    /// What is logged, whoever logs it: `process_creation`, `webserver`.
    pub category: Option<String>,
    /// The log of a product: `security`, `signinlogs`.
    pub service: Option<String>,
}

impl fmt::Display for LogSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            ("product", &self.product),
            ("category", &self.category),
            ("service", &self.service),
        ];
        let said = parts
            .iter()
            .filter_map(|(name, value)| Some(format!("{name} {}", value.as_ref()?)));
        let said: Vec<String> = said.collect();
        if said.is_empty() {
            return f.write_str("any log");
        }
        f.write_str(&said.join(", "))
    }
}

/// What an event is of: by one or several names each.
#[derive(Debug, PartialEq, Default)]
pub(super) struct Origin {
    products: Vec<String>,
    services: Vec<String>,
    categories: Vec<&'static str>,
}

impl Origin {
    pub(super) fn of(event: &Event<'_>) -> Self {
        let product = event.product.to_lowercase();
        let service = event.service.as_deref().unwrap_or_default().to_lowercase();
        let kind = event.kind.as_deref().unwrap_or_default();
        let mut products = Vec::new();
        let mut services = Vec::new();
        let mut categories: Vec<&'static str> =
            by_name(&product).chain(by_name(&service)).collect();
        match product.as_str() {
            "windows" | "linux" => {
                let known = channels::service(&service).unwrap_or(&service);
                categories.extend(by_kind(known, kind));
                services.extend((known != service).then(|| known.to_owned()));
            }
            // Rules for Linux are what there is for syslog; a firewall's lines seldom look like them.
            "syslog" => {
                products.push("linux".to_owned());
                services.push("syslog".to_owned());
                services.extend(by_program(&service).iter().map(|&s| s.to_owned()));
            }
            "fortinet" => {
                products.extend(["fortigate", "fortios"].map(str::to_owned));
                let whole = service.split_once('.').map(|(kind, _)| kind.to_owned());
                services.extend(whole);
            }
            // The unified log holds what each of its services logs.
            "m365" => services.push("audit".to_owned()),
            _ => {}
        }
        products.push(product);
        if !service.is_empty() {
            services.push(service);
        }
        categories.sort_unstable();
        categories.dedup();
        Self {
            products,
            services,
            categories,
        }
    }

    /// Each log source that a router with one category and one service would be asked with.
    pub(super) fn sources(&self) -> Vec<LogSource> {
        let some_or_none = |names: Vec<String>| -> Vec<Option<String>> {
            if names.is_empty() {
                return vec![None];
            }
            names.into_iter().map(Some).collect()
        };
        let categories = self.categories.iter().map(|&c| c.to_owned()).collect();
        let services = some_or_none(self.services.clone());
        let product = self.products.first();
        let mut sources = Vec::new();
        for category in some_or_none(categories) {
            for service in &services {
                sources.push(LogSource {
                    product: product.cloned(),
                    category: category.clone(),
                    service: service.clone(),
                });
            }
        }
        sources
    }

    /// Whether rules for a source are for this.
    pub(super) fn is_of(&self, source: &LogSource) -> bool {
        let product = source.product.as_ref();
        let category = source.category.as_deref();
        let service = source.service.as_ref();
        product.is_none_or(|product| self.products.contains(product))
            && category.is_none_or(|category| self.categories.contains(&category))
            && service.is_none_or(|service| self.services.contains(service))
    }
}

/// Categories that a product or service is called after.
fn by_name(name: &str) -> impl Iterator<Item = &'static str> {
    let names = [
        ("webserver", "webserver"),
        ("proxy", "proxy"),
        ("dns", "dns"),
        ("firewall", "firewall"),
        ("antivirus", "antivirus"),
        ("database", "database"),
        ("postgresql", "database"),
        ("mssql", "database"),
    ];
    let called = names.into_iter().find(|(of, _)| *of == name);
    called.map(|(_, category)| category).into_iter()
}

/// Services of programs that write to syslog.
fn by_program(program: &str) -> &'static [&'static str] {
    match program {
        "sshd" | "sudo" | "su" | "login" | "systemd-logind" => &["auth"],
        "sshd-session" => &["auth", "sshd"],
        "crond" | "anacron" => &["cron"],
        "clamd" | "freshclam" => &["clamav"],
        "guacd" => &["guacamole"],
        _ => &[],
    }
}

/// Categories of Windows' and Sysmon's numbers, as the mappings that Sigma publishes have them.
fn by_kind(service: &str, kind: &str) -> &'static [&'static str] {
    match service {
        "sysmon" => by_sysmon(kind),
        "security" if kind == "4688" => &["process_creation"],
        "powershell" => match kind {
            "4103" => &["ps_module"],
            "4104" => &["ps_script"],
            _ => &[],
        },
        "powershell-classic" => match kind {
            "400" => &["ps_classic_start"],
            "600" => &["ps_classic_provider_start"],
            "800" => &["ps_classic_script"],
            _ => &[],
        },
        "windefend" => match kind {
            "1006" | "1007" | "1008" | "1015" | "1116" | "1117" | "1118" | "1119" => &["antivirus"],
            _ => &[],
        },
        _ => &[],
    }
}

fn by_sysmon(kind: &str) -> &'static [&'static str] {
    match kind {
        "1" => &["process_creation"],
        "2" => &["file_change"],
        "3" => &["network_connection"],
        "4" | "16" => &["sysmon_status"],
        "5" => &["process_termination"],
        "6" => &["driver_load"],
        "7" => &["image_load"],
        "8" => &["create_remote_thread"],
        "9" => &["raw_access_thread"],
        "10" => &["process_access"],
        "11" => &["file_event"],
        // Creation and removal have one number; the rules ask for the event's own word for it.
        "12" => &["registry_add", "registry_delete", "registry_event"],
        "13" => &["registry_set", "registry_event"],
        "14" => &["registry_rename", "registry_event"],
        "15" => &["create_stream_hash"],
        "17" | "18" => &["pipe_created"],
        "19" | "20" | "21" => &["wmi_event"],
        "22" => &["dns_query"],
        "23" => &["file_delete"],
        "24" => &["clipboard_capture"],
        "25" => &["process_tampering"],
        "26" => &["file_delete", "file_delete_detected"],
        "27" => &["file_block_executable"],
        "28" => &["file_block_shredding"],
        "29" => &["file_executable_detected"],
        "255" => &["sysmon_error"],
        _ => &[],
    }
}

/// Routes that are remembered. Products and services are few, but they are read from logs: beyond this many each is
/// worked out anew, which is slower and nothing else.
const REMEMBERED: usize = 4_096;

/// For each kind of event the groups of rules that are for it.
#[derive(Default)]
pub(super) struct Routes {
    known: FxHashMap<String, Arc<[usize]>>,
    key: String,
}

impl Routes {
    /// The groups for an event, by their places; `sources` are those of all groups, always the same.
    pub(super) fn of<'g>(
        &mut self,
        event: &Event<'_>,
        sources: impl Iterator<Item = &'g LogSource>,
    ) -> Arc<[usize]> {
        self.key.clear();
        self.key.push_str(&event.product);
        self.key.push('\n');
        self.key
            .push_str(event.service.as_deref().unwrap_or_default());
        if matches!(&*event.product, "windows" | "linux") {
            self.key.push('\n');
            self.key.push_str(event.kind.as_deref().unwrap_or_default());
        }
        if let Some(route) = self.known.get(&self.key) {
            return Arc::clone(route);
        }
        let origin = Origin::of(event);
        let route: Arc<[usize]> = sources
            .enumerate()
            .filter(|(_, source)| origin.is_of(source))
            .map(|(at, _)| at)
            .collect();
        if self.known.len() < REMEMBERED {
            self.known.insert(self.key.clone(), Arc::clone(&route));
        }
        route
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(product: &'static str, service: &'static str, kind: &'static str) -> Origin {
        Origin::of(&Event {
            product: product.into(),
            service: Some(service.into()),
            kind: Some(kind.into()),
            ..Event::default()
        })
    }

    #[test]
    fn channels_and_numbers_become_services_and_categories() {
        let by_channel = origin("windows", "Microsoft-Windows-Sysmon/Operational", "13");
        assert!(by_channel.services.contains(&"sysmon".to_owned()));
        assert_eq!(by_channel.categories, ["registry_event", "registry_set"]);
        let by_service = origin("windows", "sysmon", "13");
        assert_eq!(by_service.categories, by_channel.categories);
        assert_eq!(
            origin("windows", "security", "4688").categories,
            ["process_creation"]
        );
        assert!(origin("windows", "system", "1").categories.is_empty());
        assert_eq!(
            origin("m365", "Exchange", "x").services,
            ["audit", "exchange"]
        );
        assert_eq!(origin("zeek", "dns", "").categories, ["dns"]);
        let syslog = origin("syslog", "sshd", "");
        assert_eq!(syslog.products, ["linux", "syslog"]);
        assert_eq!(syslog.services, ["syslog", "auth", "sshd"]);
        let firewall = origin("fortinet", "event.system", "");
        assert!(firewall.services.contains(&"event".to_owned()));
    }

    #[test]
    fn what_a_rule_leaves_open_may_be_anything() {
        let of = |product: &str, category: &str, service: &str| {
            let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            LogSource {
                product: said(product),
                category: said(category),
                service: said(service),
            }
        };
        let event = origin("windows", "sysmon", "1");
        for source in [
            of("", "", ""),
            of("windows", "", ""),
            of("windows", "process_creation", ""),
            of("", "process_creation", "sysmon"),
        ] {
            assert!(event.is_of(&source), "{source}");
        }
        for source in [
            of("linux", "process_creation", ""),
            of("windows", "image_load", ""),
            of("windows", "", "security"),
        ] {
            assert!(!event.is_of(&source), "{source}");
        }
    }
}
