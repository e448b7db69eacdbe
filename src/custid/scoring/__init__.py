"""Match weights."""
