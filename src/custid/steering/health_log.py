"""Health reports over time: one file, to which reports are appended."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from attrs import field, frozen

from custid.steering._report_form import report_from_json
from custid.steering.health_report import HealthReport

__all__ = ["HealthLog"]


@frozen
class HealthLog:
    """A file of health reports as JSON Lines, the oldest first.

    Every line is a report with its format and version.  A line is appended by one write, so that what reads the file
    meanwhile finds whole reports; one program may write at a time.  A last line that has no end, as a machine that
    stopped leaves it, is not read, and is taken away by the next report.

    Attributes
    ----------
    path : Path
        The file; it need not exist yet.
    """

    path: Path = field(converter=Path)

    def append(self, report: HealthReport) -> None:
        """Add a report at the end; the file is made where there is none.

        Parameters
        ----------
        report : HealthReport
            The report.

        Raises
        ------
        OSError
            If the file cannot be written.
        """
        line = report.to_json().encode() + b"\n"
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        with os.fdopen(file, "r+b") as stream:
            whole = stream.read().rfind(b"\n") + 1
            stream.truncate(whole)
            stream.seek(whole)
            stream.write(line)
            stream.flush()
            os.fsync(stream.fileno())

    def reports(self) -> tuple[HealthReport, ...]:
        """Return all reports, the oldest first; none where there is no file.

        Raises
        ------
        InputError
            If a line is no report.
        OSError
            If the file cannot be read.
        """
        return tuple(self)

    def __iter__(self) -> Iterator[HealthReport]:
        if not self.path.exists():
            return
        lines = self.path.read_bytes().split(b"\n")[:-1]
        for place, line in enumerate(lines, start=1):
            if line.strip():
                name = f"{str(self.path)!r}: line {place}"
                yield report_from_json(line.decode("utf-8", errors="replace"), HealthReport, name)
