"""What mypy accepts and what it rejects; the session ``types`` checks it, ``test_accepted`` runs it."""
