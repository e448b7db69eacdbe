"""Registries in SQL databases; loads SQLAlchemy."""
