"""One identity per customer."""
