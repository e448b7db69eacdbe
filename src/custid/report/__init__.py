"""What people read: wording in English and French, and the review page."""
