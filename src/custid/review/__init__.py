"""What people say about pairs of records: labels, and the portable file that holds them."""

from custid.review.label_file import read_labels, write_labels
from custid.review.labels import Label, Labels, RecordName, Verdict

__all__ = ["Label", "Labels", "RecordName", "Verdict", "read_labels", "write_labels"]
