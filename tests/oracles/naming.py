"""The naming rule, as its definition reads: every identifier's heir is looked for over all records, every time."""

from __future__ import annotations

from collections.abc import Collection, Iterable

GONE = "gone"


class SlowLedger:
    """Records and identifiers as plain dicts; identifiers are numbers in the order of issue."""

    def __init__(self) -> None:
        self.arrival: dict[str, int] = {}
        self.native: dict[str, int] = {}
        self.name: dict[str, int] = {}
        self.retired: dict[int, int] = {}
        self.link: dict[int, int | str] = {}
        self.n_issued = self.n_arrived = self.n_changes = 0
        self.log: list[tuple[object, ...]] = []

    @property
    def issued(self) -> range:
        """Every identifier there ever was."""
        return range(1, self.n_issued + 1)

    @property
    def active(self) -> set[int]:
        """Identifiers that name somebody."""
        return set(self.name.values())

    def resolve(self, number: int) -> int | None:
        """Follow links of absorbed identifiers, then look where the native records are now."""
        link = self.link.get(number)
        if link == GONE:
            return None
        if isinstance(link, int):
            return self.resolve(link)
        (name,) = {self.name[record] for record, native in self.native.items() if native == number}
        return name

    def snapshot(self) -> tuple[object, ...]:
        """Return names, native identifiers and what every identifier leads to."""
        return dict(self.name), dict(self.native), {each: self.resolve(each) for each in self.issued}

    def apply(self, clusters: Iterable[Collection[str]]) -> list[tuple[object, ...]]:
        """Take a partition of all records; return what happened."""
        self.log = []
        self.n_changes += 1
        parts = [set(members) for members in clusters if members]
        present = set().union(*parts)
        for customer in sorted(self.active):
            self._withdraw(customer, present)
        for record in sorted(present - set(self.arrival)):
            self.n_arrived += 1
            self.arrival[record] = self.n_arrived
        parts.sort(key=lambda members: min(self.arrival[record] for record in members))
        self._rename(parts)
        return self.log

    def _withdraw(self, customer: int, present: set[str]) -> None:
        members = {record for record, name in self.name.items() if name == customer}
        lost, left = members - present, members & present
        if not lost:
            return
        spoken_for = {customer} | {self.native[record] for record in members}
        for record in lost:
            del self.name[record], self.native[record], self.arrival[record]
        if not left:
            for number in spoken_for:
                self.link[number] = GONE
                self.log.append(("gone", number))
            return
        if customer not in {self.native[record] for record in left}:
            self.native.update(dict.fromkeys(left, customer))
        for number in spoken_for - {self.native[record] for record in left}:
            self.link[number] = customer
            self.log.append(("absorbed", number, customer))

    def _heir(self, number: int, parts: list[set[str]]) -> int | None:
        natives = [
            record for record in sorted(self.native, key=self.arrival.__getitem__) if self.native[record] == number
        ]
        if not natives:
            return None
        most = max(len(members.intersection(natives)) for members in parts)
        best = [place for place, members in enumerate(parts) if len(members.intersection(natives)) == most]
        # Of several, the one that holds the earliest native record among them.
        return next(place for record in natives for place in best if record in parts[place])

    def _rename(self, parts: list[set[str]]) -> None:
        active = self.active
        heirs = {number: self._heir(number, parts) for number in self.issued}
        names = []
        for place in range(len(parts)):
            denoting = [number for number in self.issued if heirs.get(number) == place]
            alive = [number for number in denoting if number in active]
            if alive:
                names.append(min(alive))
            elif denoting:
                latest = max(self.retired[number] for number in denoting)
                names.append(min(number for number in denoting if self.retired[number] == latest))
                self.log.append(("restored", names[-1]))
            else:
                self.n_issued += 1
                names.append(self.n_issued)
                self.log.append(("minted", self.n_issued))
        for number in active - set(names):
            heir = heirs[number]
            assert heir is not None
            self.retired[number] = self.n_changes
            self.log.append(("merged", number, names[heir]))
        for place, members in enumerate(parts):
            for record in members:
                if record not in self.native or heirs.get(self.native[record]) != place:
                    self.native[record] = names[place]
                if self.name.get(record) != names[place]:
                    self.log.append(("assigned", record, self.name.get(record), names[place]))
                    self.name[record] = names[place]
