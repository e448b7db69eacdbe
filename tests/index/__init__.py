"""The index of candidates."""
