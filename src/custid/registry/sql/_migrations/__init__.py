"""The tables of a registry, version by version."""
