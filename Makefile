# Every target does its own set-up. On a fresh Debian machine with Rust: make demo, make test.

OVERT := target/release/overt

.PHONY: demo test check prove bench bench-screening coverage setup clean

demo: ## From simulated posts to a case, a designation, a takedown, a screened payment and a verified bundle; and a break-in found in logs
	cargo build --release --bin overt
	@echo "── Posts of an election are simulated, with twelve groups planted among them."
	$(OVERT) simulate --events 100k --seed 7 -o demo/posts --force
	@echo "── Who posted in step more than chance explains?"
	$(OVERT) detect demo/posts/posts.csv --trace repost,url,text --about demo/posts/election.toml --calibrate 10 -o demo/findings --force
	@echo "── How much of what was planted was found?"
	$(OVERT) evaluate demo/findings --labels demo/posts/labels.csv
	scripts/demo-case.sh
	@echo "── The logs of a summer at an election office are simulated, with somebody reading its register out."
	$(OVERT) simulate --logs --as illinois --seed 7 -o demo/office --force
	@echo "── What stands out from the office's own ordinary days?"
	$(OVERT) sift demo/office/access.log demo/office/postgresql.log -o demo/sightings --force
	@echo "── How soon was it noticed, and is it called what it was?"
	$(OVERT) evaluate demo/sightings --labels demo/office/labels.csv
	@echo "the report of the logs: $(CURDIR)/demo/sightings/report.html"
	@echo "the report: $(CURDIR)/demo/findings/report.html"
	@echo "the reasons: $(CURDIR)/demo/case/package/statement-1.html"

test: setup ## Everything CI runs of tests
	cargo test --workspace
	OVERT=target/debug/overt scripts/api.sh
	OVERT=target/debug/overt scripts/exchange.sh
	OVERT=target/debug/overt scripts/outputs.sh
	OVERT=target/debug/overt scripts/front-ends.sh

setup: ## What the tests need beyond Rust: a browser
	scripts/setup.sh

check: ## Format, lints, documentation, licences
	cargo fmt --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo clippy --package overt-case --no-default-features -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --quiet
	scripts/deny.sh
	python3 scripts/features.py

prove: ## The long proofs; each prints its figures
	scripts/prove.sh

bench: ## Speed and memory beside a peer, in one run
	scripts/bench.sh

bench-screening: ## Screening: in process, served under load, a table of customers, beside logic-v2
	scripts/bench-screening.sh

coverage: ## The page of what screening finds and misses
	cargo build --release --quiet --package overt-bench --bin coverage
	target/release/coverage > docs/coverage.md

clean:
	cargo clean
	rm -rf demo bench/out .venv
