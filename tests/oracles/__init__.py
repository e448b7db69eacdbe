"""Slow, obvious versions written from the papers, against which the fast ones are held."""
