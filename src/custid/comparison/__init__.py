"""How like one another the values of two records are."""
