# Lists what can be done.
default:
    @just --list

# Starts tweetty with a demo company on http://127.0.0.1:8080 (API key: test).
demo:
    cargo run --release -- serve --demo

# Starts tweetty on SQLite below ./data, restarting nothing and losing nothing.
dev *arguments:
    cargo run -- serve {{ arguments }}

# Installs what the tests need and runs every test; arguments select some: `just test feed`.
test *arguments:
    ./scripts/test {{ arguments }}

# Measures the release build beside its limits and writes docs/benchmarks.md: `just bench --full`, `just bench --check`.
bench *arguments:
    ./scripts/bench {{ arguments }}

# Formatting, lints, docs, scripts and every test: what CI runs.
ci:
    ./.ci/run

# Checks formatting and lints.
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

# Applies pending migrations to the configured store.
migrate:
    cargo run --release -- migrate

# Prints the OpenAPI document.
openapi:
    cargo run --quiet --release -- openapi
