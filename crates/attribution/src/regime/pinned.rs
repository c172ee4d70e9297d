//! The regimes that come with the program, by the hash of their files. Their names and words belong to these files: any
//! other that calls itself so is a variant, and every document says so.

use super::Regime;

/// SHA-256 of the files under `regimes/`, in hex; older ones stay, for cases that were opened under them.
const PINNED: [(&str, &str); 9] = [
    (
        "eo13848",
        "a7089b2def52301220f55a8b5c74ed6bcdd0d9ceece6b8207462f267ea6a9aaa",
    ),
    (
        "eo13848",
        "25658c72f2c792141d80fc6ee2c0b75e8df477f98628192ec6b6374f5aba668a",
    ),
    (
        "eo13848",
        "73365f2784ed7ecb2afcb838c0e2ad41956e2006270652b027ffe41cf5126897",
    ),
    (
        "eo13848",
        "d6e9d9e04613c93a7b90c88451f0ab36631765bae99af7632eef8ac2a7bdb42c",
    ),
    (
        "eo13848",
        "aaec081151c32ff6ad7c622a8d968db012b79636fc7464ce18e5b7d6c2fb44b2",
    ),
    (
        "eu-2024-2642",
        "833623835126fbf3296845cd622bbc6f98357cac5b54febb8287e5415793290c",
    ),
    (
        "eu-2024-2642",
        "699b299951958b17ea7485fcb2cfab073f640c99f0e286ca8250e950490a3659",
    ),
    (
        "eu-2024-2642",
        "5da3ea9b77541bb2d41f6ddcc06be1555bcdbb0c99ae3b51b4fa91b33fcbaad3",
    ),
    (
        "eu-2024-2642",
        "bbbbd049519ba03423e8ec7d8c7059db6ee44fd26b442a0cedb0625857a0365e",
    ),
];

impl Regime {
    /// Whether its file is one that comes with the program.
    pub fn is_pinned(&self) -> bool {
        PINNED.contains(&(self.id.as_str(), self.sha256.as_str()))
    }

    /// What every document under another file says first.
    pub fn variant(&self) -> Option<String> {
        (!self.is_pinned()).then(|| {
            format!(
                "Unofficial variant: the rules are those of a file that does not come with Overt, {} (SHA-256 {}), whatever it calls itself.",
                self.id, self.sha256
            )
        })
    }

    /// What its gate asks for, in words, from the rules that are run.
    pub fn asks(&self) -> String {
        let gate = &self.gate;
        let band = &self.bands.all()[gate.band];
        let mut asks = vec![format!(
            "every element {} or more (all of it at {:.0} % or above)",
            band.words,
            band.from * 100.0
        )];
        asks.push(format!("{} confidence", gate.confidence.name()));
        if gate.survives_any_origin {
            asks.push("no dependence on any one origin".to_owned());
        }
        asks.push(format!(
            "something at least {} times likelier under the claim than under each other explanation",
            gate.rebuttal
        ));
        if gate.answers_exculpatory {
            asks.push("everything weighed that speaks for the party".to_owned());
        }
        if gate.readings > 1 {
            asks.push(format!(
                "as much by those items alone that {} analysts weighed blind",
                gate.readings
            ));
        }
        let alone: Vec<&str> = gate.never_alone.iter().map(|kind| kind.name()).collect();
        asks.push(format!("more than {}", alone.join(" and ")));
        asks.push(format!("{} people who sign", gate.signers));
        format!("The gate asks for more: {}.", asks.join("; "))
    }
}
