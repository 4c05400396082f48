run:
    cargo run --release -- run experiments/auction-vs-dpos.toml
test:
    cargo test --release
ci:
    bash .ci/run
