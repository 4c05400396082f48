run:
    cargo run --release -- run experiments/auction-vs-dpos.toml
test:
    cargo test --release
keep:
    bash .ci/keep
ci:
    bash .ci/run
