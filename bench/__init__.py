"""What things cost, measured on this machine: `make bench` runs it, docs/performance.md says it."""
