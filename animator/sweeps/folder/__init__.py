"""A sweep at rest: manifest, ledger, lock, cache."""
