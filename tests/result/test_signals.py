"""Signs of fraud among the customers of a run."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import custid
from custid.model import (
    ContactPoint,
    Email,
    ExternalId,
    OnlineAccount,
    PartialDate,
    Person,
    PersonName,
    Phone,
    Provenance,
    Record,
    Stated,
)
from custid.result import Result
from custid.result.signals import _parties
from custid.testing import synthetic_customers

_SCHEMA = pa.schema(
    {
        "signal": pa.int64(),
        "kind": pa.string(),
        "attributes": pa.list_(pa.string()),
        "customers": pa.list_(pa.int64()),
        "n_unrelated": pa.int64(),
        "n_records": pa.int64(),
        "expected": pa.float64(),
        "since": pa.date32(),
        "until": pa.date32(),
    }
)
_LETTERS = list("abcdefghijklmnop")


def _words(n: int, seed: int) -> list[str]:
    generator = np.random.default_rng(seed)
    return ["".join(generator.choice(_LETTERS, 8).tolist()).title() for _ in range(n)]


def _customers(result: Result) -> dict[str, int]:
    rows = result.assignments
    return dict(zip(rows["record_key"].to_pylist(), rows["customer"].to_pylist(), strict=True))


def _of_kind(result: Result, kind: str) -> list[dict[str, Any]]:
    return [each for each in result.signals.to_pylist() if each["kind"] == kind]


def _people(n: int, **shared: str) -> list[dict[str, str]]:
    return [
        {
            "id": f"p{number}",
            "first_name": given,
            "last_name": family,
            "date_of_birth": f"19{40 + number % 50}-0{1 + number % 9}-1{number % 8}",
            "email": f"{given}.{family}@site.example".lower(),
            "phone": f"0770090{number:04d}",
            "device_id": f"device-{number:04d}",
            **shared,
        }
        for number, (given, family) in enumerate(zip(_words(n, 1), _words(n, 2), strict=True))
    ]


@pytest.mark.parametrize("attribute", ["phone", "email"])
def test_a_contact_point_of_forty_customers(attribute: str) -> None:
    """One contact point with forty customers is flagged though it was blanked as generic, and merges nobody."""
    shared = {"phone": "07700 900999", "email": "same@site.example"}[attribute]
    rows = [{**row, attribute: shared} if number < 40 else row for number, row in enumerate(_people(300))]
    result = custid.dedupe(rows)
    assert result.n_customers == 300
    (signal,) = result.signals.to_pylist()
    number = _customers(result)
    assert signal["kind"] == "shared_by_many"
    assert signal["attributes"] == [attribute]
    assert signal["customers"] == sorted(number[f"p{each}"] for each in range(40))
    assert (signal["n_unrelated"], signal["n_records"]) == (40, 40)
    assert signal["expected"] < 1e-6


def test_a_device_of_forty_customers() -> None:
    """A device is never evidence of who somebody is, and is watched all the same."""
    rows = [{**row, "device_id": "DEVICE-1"} if number < 40 else row for number, row in enumerate(_people(200))]
    result = custid.dedupe(rows)
    assert "device_id" not in result.report.compared
    (signal,) = _of_kind(result, "shared_by_many")
    assert signal["attributes"] == ["online_account"]
    assert len(signal["customers"]) == 40


def test_households_and_firms_are_no_signal() -> None:
    """A generated population of families and companies, of whom many share contacts, has no signal but of stand-ins."""
    result = custid.dedupe(synthetic_customers(4000, seed=21).records)
    assert len(result.report.generic) >= result.signals.num_rows
    assert result.collectives.num_rows > 100


def test_signals_change_no_assignment() -> None:
    """What is shared by many does not change who is a customer, in any order of rows."""
    rows = [{**row, "device_id": "D"} if number < 40 else row for number, row in enumerate(_people(120))]
    result, plain = custid.dedupe(rows), custid.dedupe([{**row, "device_id": ""} for row in rows])
    assert result.assignments.equals(plain.assignments)
    backwards = custid.dedupe(rows[::-1])
    assert [(each["kind"], len(each["customers"]), each["expected"]) for each in backwards.signals.to_pylist()] == [
        (each["kind"], len(each["customers"]), each["expected"]) for each in result.signals.to_pylist()
    ]


def test_a_number_of_unlike_people() -> None:
    """One national number with two names and two birth dates is flagged; a couple that differs in one thing is not."""
    rows = [{**row, "national_id": f"AB{number:07d}"} for number, row in enumerate(_people(40))]
    rows[1]["national_id"] = rows[0]["national_id"]
    rows[3] |= {"national_id": rows[2]["national_id"], "last_name": rows[2]["last_name"]}
    result = custid.dedupe(rows)
    number = _customers(result)
    (signal,) = _of_kind(result, "number_of_unlike_people")
    assert signal["customers"] == sorted([number["p0"], number["p1"]])
    assert signal["attributes"] == ["national_id"]
    assert signal["expected"] is None


def _record(key: str, name: tuple[str, str], day: date, born: str = "", **contacts: str) -> Record:
    moment = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    by = Provenance(source="crm", record=key, observed_at=moment, recorded_at=moment)
    points: list[Any] = []
    if "email" in contacts:
        points.append(Email(address=contacts["email"]))
    if "phone" in contacts:
        points.append(Phone(e164=contacts["phone"]))
    if "device" in contacts:
        points.append(OnlineAccount(scheme="device", handle=contacts["device"]))
    card = (Stated(ExternalId(scheme="loyalty_card", value=contacts["card"]), by),) if "card" in contacts else ()
    return Record(
        source="crm",
        key=key,
        party=Person(
            names=(Stated(PersonName(given=(name[0],), family=name[1]), by),),
            birth_dates=(Stated(PartialDate(born), by),) if born else (),
            contacts=tuple(Stated(ContactPoint(point=point), by) for point in points),
            identifiers=card,
        ),
    )


def _crowd(n: int) -> list[Record]:
    names = zip(_words(n, 3), _words(n, 4), strict=True)
    return [
        _record(
            f"c{number}",
            name,
            date(2020, 1, 1 + number % 28).replace(year=2020 + number % 5, month=1 + number % 12),
            f"19{40 + number % 50}-0{1 + number % 9}-1{number % 8}",
            email=f"{name[0]}.{name[1]}@site.example".lower(),
            phone=f"+33639{980_000 + number}",
            card=f"77{number:06d}",
        )
        for number, name in enumerate(names)
    ]


def test_many_new_customers_in_a_month() -> None:
    """Six strangers who come with one device within a month are flagged with the days, years of others are not."""
    ring = [
        _record(
            f"r{number}", (given, family), date(2024, 5, 1 + number), f"198{number}-03-04",
            email=f"{family}@site.example".lower(), phone=f"+33639981{number:03d}", device="D7",
        )
        for number, (given, family) in enumerate(zip(_words(6, 5), _words(6, 6), strict=True))
    ]  # fmt: skip
    result = custid.dedupe([*_crowd(150), *ring])
    number = _customers(result)
    (signal,) = _of_kind(result, "many_new")
    assert signal["customers"] == sorted(number[f"r{each}"] for each in range(6))
    assert (signal["since"], signal["until"]) == (date(2024, 5, 1), date(2024, 5, 6))
    assert signal["expected"] <= 0.05


def test_takeovers_of_contact_data() -> None:
    """Both contact points replaced on one day are flagged, and a contact point that was another customer's before."""
    zoe, ali = ("Zoe", "Lefevre"), ("Ali", "Benali")
    before = {"email": "zoe@site.example", "phone": "+33639970001"}
    after = {"email": "taken@site.example", "phone": "+33639970009"}
    records = [
        *_crowd(100),
        _record("z1", zoe, date(2023, 1, 1), "1981-02-03", card="1234", **before),
        _record("z2", zoe, date(2024, 6, 1), "1981-02-03", card="1234", **after),
        _record("a1", ali, date(2022, 1, 1), "1975-06-07", email="taken@site.example", phone="+33639970003"),
    ]
    result = custid.dedupe(records)
    number = _customers(result)
    assert number["z1"] == number["z2"] != number["a1"]
    (replaced,) = _of_kind(result, "contacts_replaced")
    assert (replaced["customers"], replaced["attributes"]) == ([number["z1"]], ["email", "phone"])
    assert replaced["since"] == date(2024, 6, 1)
    (taken,) = _of_kind(result, "contact_of_another")
    assert taken["customers"] == [number["z1"], number["a1"]]
    assert taken["attributes"] == ["email"]


def test_a_new_number_beside_the_old_mailbox_is_no_takeover() -> None:
    """Who changes the telephone and keeps the mailbox is not flagged."""
    zoe = ("Zoe", "Lefevre")
    records = [
        *_crowd(60),
        _record("z1", zoe, date(2023, 1, 1), "1981-02-03", email="zoe@site.example", phone="+33639970001"),
        _record("z2", zoe, date(2024, 6, 1), "1981-02-03", email="zoe@site.example", phone="+33639970009"),
    ]
    result = custid.dedupe(records)
    assert _customers(result)["z1"] == _customers(result)["z2"]
    assert result.signals.num_rows == 0


def test_without_anything_shared_there_is_nothing() -> None:
    """The table is empty and has its columns."""
    signals = custid.dedupe([{"nom": "Roy", "prenom": "Zoé"}, {"nom": "Li", "prenom": "Eva"}]).signals
    assert signals.schema == _SCHEMA
    assert signals.num_rows == 0


def test_what_a_match_model_does_not_know_is_watched() -> None:
    """Of an attribute that the model was trained without all values count, also beside one that was blanked."""
    rows = [{**row, "phone": "07700 900999"} if number < 40 else row for number, row in enumerate(_people(300))]
    rows = [{**row, "phone": "07700 900888"} if 40 <= number < 48 else row for number, row in enumerate(rows)]
    model = custid.train([{name: value for name, value in row.items() if name != "phone"} for row in rows])
    with_all, result = custid.dedupe(rows), custid.dedupe(rows, model=model)
    assert "phone" not in result.report.compared
    found = [[len(each["customers"]) for each in _of_kind(run, "shared_by_many")] for run in (with_all, result)]
    assert found == [[40, 8], [40, 8]]


def test_related_firms_of_two_names_are_one_party() -> None:
    """Establishments of one legal unit count once, whatever names are over their doors."""
    customer, related = np.arange(4), np.array([[0, 1]])
    rows = [{"name": f"{name} SARL", "city": "Nantes"} for name in ("Dupont", "Lilas", "Lilas", "Garage Durand")]
    linked = custid.dedupe([{**row, "id": str(place)} for place, row in enumerate(rows)]).linked
    assert _parties(linked, customer, related).tolist() == [0, 0, 0, 3]
