"""One list, written in the many ways in which lists are: it is understood as well in each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any, Final

import pytest

import custid
from custid.standardize import STANDARDIZERS
from custid.testing import synthetic_customers

pytestmark = pytest.mark.slow

Row = dict[str, str]
Form = Callable[[Row], Row]

_NAMES: Final = ("given_name", "family_name")
_ADDRESS: Final = ("street", "postcode", "city")
_COLUMNS: Final = (*_NAMES, "birth_date", "email", "phone", *_ADDRESS)
# Some forms say less than others: names in one column do not tell where a family name of two words begins.
_TOLERATED: Final = 0.02
_FRENCH_DIGITS: Final = 9
_ISO: Final = re.compile(r"(\d\d(\d\d))-(\d\d)-(\d\d)")
_MONTHS: Final = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip
_NOTHING: Final = ("N/A", "-", "NC", "?", "néant", "inconnu", "NULL", "#N/A")
_HEADERS: Final = {
    "French": "Prénom;Nom;Né(e) le;Courriel;Tél. portable;Adresse;Code postal;Ville",
    "French, short": "PRENOM_CLI;NOM_CLI;DATE_NAISS;MAIL;TEL;RUE;CP;COMMUNE",
    "English": "First name;Surname;DOB;E-mail address;Mobile;Street address;Zip;Town",
    "German": "Vorname;Nachname;Geburtsdatum;E-Mail;Telefon;Straße;PLZ;Ort",
    "Spanish": "Nombre;Apellidos;Fecha de nacimiento;Correo electrónico;Móvil;Calle;Código postal;Ciudad",
    "Italian": "Nome;Cognome;Data di nascita;Email;Cellulare;Via;CAP;Città",
    "Dutch": "Voornaam;Achternaam;Geboortedatum;E-mailadres;Telefoon;Straat;Postcode;Woonplaats",
    "Portuguese": "Nome próprio;Apelido;Data de nascimento;E-mail;Telemóvel;Rua;Código postal;Localidade",
    "SAP": "NAME_FIRST;NAME_LAST;GBDAT;SMTP_ADDR;TEL_NUMBER;STREET;POST_CODE1;CITY1",
    "letters": "A;B;C;D;E;F;G;H",
}


@cache
def _people() -> tuple[list[Row], dict[str, str]]:
    """Return French people as one program would write them, and who each is."""
    made = synthetic_customers(4_000, seed=5, share_of_organizations=0.0, share_of_english=0.0)
    rows = []
    for row in made.records.to_pylist():
        if not (row["given_name"] and row["family_name"]):
            continue
        phone = STANDARDIZERS["phone"](row["phone"] or row["mobile"]).value
        row["phone"] = f"0{phone}" if len(phone) == _FRENCH_DIGITS else ""
        row["birth_date"] = STANDARDIZERS["date"](row["birth_date"]).value
        row["street"] = f"{row['house_number']} {row['street']}".strip()
        rows.append({"record_id": row["record_id"], **{name: row[name] for name in _COLUMNS}})
    return rows, {row["record_id"]: row["true_id"] for row in made.truth.to_pylist()}


@cache
def _f1(form: Form) -> float:
    """Return the harmonic mean of precision and recall of pairs."""
    rows, truth = _people()
    found = custid.dedupe([{"no": row["record_id"], **form(row)} for row in rows]).assignments.to_pydict()
    ours, true = found["customer"], [truth[key] for key in found["record_key"]]

    def n_pairs(labels: Any) -> int:
        return sum(n * (n - 1) // 2 for n in Counter(labels).values())

    return 2 * n_pairs(zip(ours, true, strict=True)) / (n_pairs(ours) + n_pairs(true))


def _plain(row: Row) -> Row:
    return {name: row[name] for name in _COLUMNS}


def _with(**texts: Callable[[Row], str]) -> Form:
    """Return rows with other texts where there are any."""
    return lambda row: _plain(row) | {name: text(row) for name, text in texts.items() if row[name]}


def _joined(column: str, text: Callable[[Row], str], parts: tuple[str, ...]) -> Form:
    """Return rows with some columns in one."""
    return lambda row: {name: row[name] for name in _COLUMNS if name not in parts} | {column: text(row)}


def _under(header: str) -> Form:
    return lambda row: dict(zip(header.split(";"), _plain(row).values(), strict=True))


def _date(form: str) -> Form:
    def text(row: Row) -> str:
        found = _ISO.fullmatch(row["birth_date"])
        if found is None:
            return row["birth_date"]
        year, short, month, day = found.groups()
        return form.format(y=year, s=short, m=month, d=day, name=_MONTHS[int(month) - 1])

    return _with(birth_date=text)


def _phone(form: str, between: str = " ") -> Form:
    def text(row: Row) -> str:
        pairs = [row["phone"][place : place + 2] for place in range(0, len(row["phone"]), 2)]
        return form.format(
            all=between.join(pairs), bare=row["phone"][1:], first=pairs[0][1], rest=between.join(pairs[1:])
        )

    return _with(phone=text)


def _address(form: str, column: str = "Adresse", parts: tuple[str, ...] = _ADDRESS) -> Form:
    return _joined(column, lambda row: form.format(**row).strip(" ,\n"), parts)


def _name(form: str, column: str = "Client") -> Form:
    def text(row: Row) -> str:
        given, family = row["given_name"], row["family_name"]
        civility = ("M.", "Mme", "Mlle", "Monsieur", "")[len(given) % 5]
        upper, title = (given.upper(), family.upper()), given.title()
        return form.format(g=given, f=family, G=upper[0], F=upper[1], t=title, c=civility).strip()

    return _joined(column, text, _NAMES)


_FORMS: Final[dict[str, Form]] = {
    **{f"headers: {name}": _under(header) for name, header in _HEADERS.items()},
    "names: given first": _name("{g} {f}"),
    "names: given first, capitals": _name("{G} {F}"),
    "names: family first": _name("{f} {g}"),
    "names: family first, capitals": _name("{F} {G}", "Nom Prénom"),
    "names: family in capitals": _name("{F} {t}"),
    "names: comma": _name("{f}, {g}"),
    "names: civility": _name("{c} {g} {f}"),
    "names: civility, family first": _name("{c} {F} {G}", "Nom"),
    "address: one column": _address("{street}, {postcode} {city}"),
    "address: no comma": _address("{street} {postcode} {city}"),
    "address: lines": _address("{street}\n{postcode} {city}"),
    "address: town with postcode": _address("{postcode} {city}", "CP Ville", ("postcode", "city")),
    "address: postcode behind": _address("{city} ({postcode})", "Ville", ("postcode", "city")),
    "phones: dots": _phone("{all}", "."),
    "phones: international": _phone("+33 (0){first} {rest}"),
    "phones: spreadsheet": _phone("{bare}"),
    "phones: float": _phone("{bare}.0"),
    "phones: label": _phone("Tél. : {all}"),
    "dates: day first": _date("{d}/{m}/{y}"),
    "dates: dots": _date("{d}.{m}.{y}"),
    "dates: midnight": _date("{d}/{m}/{y} 00:00:00"),
    "dates: moment": _date("{y}-{m}-{d}T00:00:00.000Z"),
    "dates: words": _date("{d} {name} {y}"),
    "dates: no signs": _date("{y}{m}{d}"),
    "dates: years of two digits": _date("{d}/{m}/{s}"),
    "e-mail: with a name": _with(email=lambda row: f"{row['given_name']} {row['family_name']} <{row['email']}>"),
    "all: capitals": lambda row: {name: text.upper() for name, text in _plain(row).items()},
    "all: blanks": lambda row: {name: f"  {text}\u00a0 " for name, text in _plain(row).items()},
    "all: words for nothing": lambda row: {
        name: text or _NOTHING[len(row["family_name"]) % len(_NOTHING)] for name, text in _plain(row).items()
    },
}


@pytest.mark.parametrize("name", sorted(_FORMS))
def test_a_list_is_understood_in_any_form(name: str) -> None:
    """What is found among the same people hardly depends on how their list is written."""
    assert _f1(_FORMS[name]) > _f1(_plain) - _TOLERATED
