"""Identifiers as typed values: what each scheme checks, and how its numbers are written.

Check digits are computed by ``python-stdnum``, which is loaded when the first number of a checked scheme is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from attrs import field, frozen

from custid.errors import ConfigurationError
from custid.model.statements import Issue
from custid.model.values import ExternalId
from custid.standardize.placeholders import is_placeholder_identifier, placeholder_words
from custid.standardize.prohibited import mask_prohibited
from custid.standardize.text import fold, one_line, visible, without_decimal_tail
from custid.standardize.values import Parsed, Standardized, Standardizer

__all__ = ["IdentifierScheme", "identifier_schemes", "parse_identifier", "siren_of", "standardizer_of_scheme"]

_FLOAT: Final = re.compile(r"[0-9][.,][0-9]+[eE]\+[0-9]+")
_SEPARATORS: Final = re.compile(r"[^0-9A-Za-z]+")
_NO_IDENTIFIER: Final = placeholder_words("identifier")
_REFUSED: Final = frozenset({"nir", "ssn_fr"})
_MAX_LENGTH: Final = 200
_SIREN_DIGITS: Final = 9
_SIRET_DIGITS: Final = 14
_FRENCH_VAT_DIGITS: Final = 11
_INVALID_SHAPE: Final = "invalid_shape"
# What people write around the numbers, letters and digits only: "RCS Paris B 303 265 045", "303 265 045 RCS Paris".
_SIREN_WRITTEN: Final = re.compile(
    r"(?P<country>FR)?(?:(?:N|NO|NUMERO)?(?:SIREN|RCS)[A-Z]*|[AB])?(?P<digits>[0-9]+)(?:RCS[A-Z]*)?"
)
_VAT_WORDS: Final = re.compile(r"^(?:N|NO|NUMERO)?(?:TVA|VAT)(?:INTRACOMMUNAUTAIRE|INTRACOM|INTRA|NUMBER|NO)?")


@frozen(kw_only=True)
class IdentifierScheme:
    """What is known of a kind of identifiers.

    Attributes
    ----------
    name : str
        Name in data, for example ``"siren"``.
    standard : str
        Who defines it, and by which rule numbers are checked.
    shape : str
        Regular expression of the whole of a canonical value; empty for any text.
    has_issuer : bool
        True where two issuers may give one number twice, as with cards and accounts.
    as_written : Callable or None
        Turns letters and digits in upper case into the canonical value and the code of an issue, empty for none; None
        takes them as they are, and of any text the text itself.
    verdict : Callable
        Returns what is wrong with a canonical value: empty, ``"invalid_check_digit"`` or ``"invalid_shape"``.
    """

    name: str
    standard: str
    shape: str = ""
    has_issuer: bool = False
    as_written: Callable[[str], tuple[str, str]] | None = field(repr=False, default=None)
    verdict: Callable[[str], str] = field(repr=False, default=lambda _value: "")


def identifier_schemes() -> Mapping[str, IdentifierScheme]:
    """Return the schemes that are read, by name.

    Returns
    -------
    mapping of str to IdentifierScheme
        Read-only.  The French social security number is not among them.

    Examples
    --------
    >>> sorted(identifier_schemes())
    ['account', 'iban', 'lei', 'loyalty_card', 'rna', 'siren', 'siret', 'vat_number']
    """
    return _SCHEMES


def parse_identifier(raw: str, *, scheme: str | IdentifierScheme, issuer: str = "") -> Parsed[ExternalId]:
    """Return the identifier that a text states.

    Blanks and separators, the name of the scheme before the number, the ``.0`` of spreadsheets and, where the length
    tells, the leading zeros that they drop do not matter.

    Parameters
    ----------
    raw : str
        Any string.
    scheme : str or IdentifierScheme
        One of `identifier_schemes`, by its name, or a scheme of yours.
    issuer : str
        Who issued it, where the scheme has several issuers.

    Returns
    -------
    Parsed of ExternalId
        One identifier or none.  Issues with a value: ``"invalid_check_digit"``, ``"lost_leading_zeros"`` and
        ``"other_scheme"`` (a SIREN taken out of a SIRET or VAT number).  Without one: ``"placeholder"``,
        ``"invalid_shape"``, ``"unparsable"`` (rounded by a spreadsheet) and ``"prohibited_content"`` (a French social
        security number, or the number of a payment card).

    Raises
    ------
    ConfigurationError
        If no scheme has that name.

    Examples
    --------
    >>> parse_identifier("RCS Paris 303 265 045", scheme="siren").value.value
    '303265045'
    >>> parse_identifier("303265046", scheme="siren").issues
    (Issue(code='invalid_check_digit', detail=''),)
    """
    declared = _scheme(scheme)
    value, issue = _read(raw, declared)
    issues = (Issue(issue),) if issue else ()
    if not value:
        return Parsed((), raw, issues)
    return Parsed((ExternalId(scheme=declared.name, value=value, issuer=issuer),), raw, issues)


def siren_of(siret: str) -> str:
    """Return the SIREN of the legal unit that an establishment belongs to.

    Parameters
    ----------
    siret : str
        A SIRET, with or without separators; its check digit is not looked at.

    Returns
    -------
    str
        Nine digits; empty where the text is no SIRET.

    Examples
    --------
    >>> siren_of("356 000 000 00048")
    '356000000'
    """
    digits = _SEPARATORS.sub("", siret)
    return digits[:_SIREN_DIGITS] if re.fullmatch(r"[0-9]{14}", digits) else ""


def standardizer_of_scheme(name: str) -> Standardizer:
    """Return the standardizer of the columns of a scheme.

    Parameters
    ----------
    name : str
        One of `identifier_schemes`.

    Returns
    -------
    Standardizer
        It returns the canonical value with the issue that `parse_identifier` reports.

    Raises
    ------
    ConfigurationError
        If no scheme has that name.

    Examples
    --------
    >>> standardizer_of_scheme("vat_number")("fr 40 303 265 045")
    Standardized(value='FR40303265045', issue='')
    """
    declared = _scheme(name)

    def standardize(raw: str, /) -> Standardized:
        return Standardized(*_read(raw, declared))

    return standardize


def _scheme(scheme: str | IdentifierScheme) -> IdentifierScheme:
    if isinstance(scheme, IdentifierScheme):
        return scheme
    if scheme in _REFUSED:
        raise ConfigurationError(
            "scheme: the French social security number (NIR) is not read: expected another scheme.",
            hint="The law reserves it to the controllers that decree 2019-341 lists.",
        )
    try:
        return _SCHEMES[scheme]
    except KeyError:
        raise ConfigurationError(
            f"scheme {scheme!r}: expected one of {', '.join(map(repr, _SCHEMES))}.",
            hint="Pass an IdentifierScheme of your own for another one.",
        ) from None


def _read(raw: str, scheme: IdentifierScheme) -> tuple[str, str]:
    """Return the canonical value and the code of an issue."""
    text = without_decimal_tail(visible(raw[:_MAX_LENGTH]))
    if not text:
        return "", ""
    folded = fold(text)
    compact = _SEPARATORS.sub("", text).upper()
    if not folded or folded in _NO_IDENTIFIER or is_placeholder_identifier(compact.lower()):
        return "", "placeholder"
    if _FLOAT.fullmatch(text):
        return "", "unparsable"
    if len(raw) > _MAX_LENGTH:
        return "", _INVALID_SHAPE
    if not scheme.shape and mask_prohibited(raw).n_masked:
        return "", "prohibited_content"
    if scheme.as_written is None:
        value, issue = compact if scheme.shape else without_decimal_tail(one_line(raw)), ""
    else:
        value, issue = scheme.as_written(compact)
    if scheme.shape and not re.fullmatch(scheme.shape, value):
        return "", _INVALID_SHAPE
    verdict = scheme.verdict(value)
    return ("", verdict) if verdict == _INVALID_SHAPE else (value, verdict or issue)


def _padded(digits: str, length: int, verdict: Callable[[str], str]) -> tuple[str, str]:
    """Return digits with up to two leading zeros that a spreadsheet has dropped, if the check digit bears it out."""
    missing = length - len(digits)
    if 0 < missing <= 2 and digits.isdigit() and not verdict(padded := digits.zfill(length)):
        return padded, "lost_leading_zeros"
    return digits, ""


def _as_siren(text: str) -> tuple[str, str]:
    found = _SIREN_WRITTEN.fullmatch(text)
    if found is None:
        return text, ""
    digits = found["digits"]
    if len(digits) == _SIRET_DIGITS and not _of_siret(digits):
        return digits[:_SIREN_DIGITS], "other_scheme"
    if len(digits) == _FRENCH_VAT_DIGITS and found["country"]:
        return digits[-_SIREN_DIGITS:], "other_scheme"
    return _padded(digits, _SIREN_DIGITS, _of_siren)


def _as_siret(text: str) -> tuple[str, str]:
    return _padded(re.sub(r"^(?:N|NO|NUMERO)?(?:SIRET|FR)(?=[0-9])", "", text), _SIRET_DIGITS, _of_siret)


def _as_vat_number(text: str) -> tuple[str, str]:
    text = _VAT_WORDS.sub("", text)
    if len(text) == _FRENCH_VAT_DIGITS and text.isdigit() and not _of_vat_number(f"FR{text}"):
        return f"FR{text}", ""
    # Greece writes EL, whatever its country code.
    return ("EL" + text[2:] if text.startswith("GR") else text), ""


def _as_rna(text: str) -> tuple[str, str]:
    return re.sub(r"^(?:N|NO|NUMERO)?RNA(?=W)", "", text), ""


def _as_iban(text: str) -> tuple[str, str]:
    return text.removeprefix("IBAN"), ""


def _verdict(validate: Callable[[str], str], value: str) -> str:
    from stdnum.exceptions import InvalidChecksum, ValidationError

    try:
        validate(value)
    except InvalidChecksum:
        return "invalid_check_digit"
    except ValidationError:
        return _INVALID_SHAPE
    return ""


def _of_siren(value: str) -> str:
    from stdnum.fr import siren

    return _verdict(siren.validate, value)


def _of_siret(value: str) -> str:
    from stdnum.fr import siret

    return _verdict(siret.validate, value)


def _of_lei(value: str) -> str:
    from stdnum import lei

    return _verdict(lei.validate, value)


def _of_iban(value: str) -> str:
    from stdnum import iban

    # Further checks of single countries (their banks, their old check digits) are none of ISO 13616.
    return _verdict(lambda text: iban.validate(text, check_country=False), value)


def _of_vat_number(value: str) -> str:
    """Judge a VAT number of the European Union or of Britain; those of other countries are taken as they are."""
    from stdnum.eu import vat
    from stdnum.gb import vat as british

    country = value[:2].lower()
    if country == "gb":
        return _verdict(british.validate, value)
    return _verdict(vat.validate, value) if country == "el" or country in vat.MEMBER_STATES else ""


_SCHEMES: Final[Mapping[str, IdentifierScheme]] = MappingProxyType(
    {
        scheme.name: scheme
        for scheme in (
            IdentifierScheme(
                name="siren",
                standard="INSEE, Sirene: nine digits of a legal unit, Luhn",
                shape=r"[0-9]{9}",
                as_written=_as_siren,
                verdict=_of_siren,
            ),
            IdentifierScheme(
                name="siret",
                standard="INSEE, Sirene: SIREN and five digits of an establishment, Luhn; La Poste by its digit sum",
                shape=r"[0-9]{14}",
                as_written=_as_siret,
                verdict=_of_siret,
            ),
            IdentifierScheme(
                name="lei",
                standard="ISO 17442: 18 letters and digits and two check digits, ISO 7064 MOD 97-10",
                shape=r"[0-9A-Z]{18}[0-9]{2}",
                as_written=lambda text: (text.removeprefix("LEI") if len(text) > 20 else text, ""),
                verdict=_of_lei,
            ),
            IdentifierScheme(
                name="vat_number",
                standard="Directive 2006/112/EC, article 215: country and number, each country with its own check",
                shape=r"[A-Z]{2}[0-9A-Z]{2,13}",
                as_written=_as_vat_number,
                verdict=_of_vat_number,
            ),
            IdentifierScheme(
                name="rna",
                standard="Ministry of the interior, RNA: W, the prefecture and the association; no check digit",
                shape=r"W[0-9][0-9A-Z][0-9]{7}",
                as_written=_as_rna,
            ),
            IdentifierScheme(
                name="iban",
                standard="ISO 13616: country, two check digits (ISO 7064 MOD 97-10), account of the country's shape",
                shape=r"[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}",
                as_written=_as_iban,
                verdict=_of_iban,
            ),
            IdentifierScheme(name="loyalty_card", standard="the issuer's", has_issuer=True),
            IdentifierScheme(name="account", standard="the issuer's", has_issuer=True),
        )
    }
)
