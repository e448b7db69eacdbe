"""Persistent identifiers: what they look like, how they live, and where their history is kept."""
