# The whole gate.
check:
    bash .ci/run

# The tests that are meant to be fast.
test:
    cargo test --workspace

# The example that does everything.
pet-store *arguments:
    cargo run --release -p pet-store -- {{arguments}}
