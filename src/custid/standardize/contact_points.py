"""Telephone numbers and e-mail addresses as typed values.

What is plainly well-formed is read here; the libraries ``phonenumbers`` and ``email-validator`` read the rest, and the
tests hold the short way to their answers.  Both are loaded when first needed.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from typing import TYPE_CHECKING, Final

from custid.errors import ConfigurationError, ModelError
from custid.model.statements import Issue
from custid.model.values import Email, Phone, PhoneKind
from custid.standardize.phone import is_rounded_number, numbers_of, split_extension
from custid.standardize.placeholders import is_placeholder_email, is_placeholder_phone, placeholder_words
from custid.standardize.text import fold, one_line, visible, without_decimal_tail
from custid.standardize.values import Parsed

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber, PhoneNumberDesc

__all__ = ["parse_email", "parse_phone"]

_MAX_PHONE_LENGTH: Final = 250
_MAX_DIGITS: Final = 15
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_NOT_DIGIT: Final = re.compile(r"[^0-9]+")
_NO_PHONE: Final = placeholder_words("phone")

_LETTERS: Final = re.compile(r"[A-Za-z]+")
_MIN_DIGITS_BESIDE_WORDS: Final = 6

# How people of three countries write a number: nothing, the national prefix or + and the country's code, then the
# significant digits with single separators.  Where the shape leaves the library a choice, it is not listed.
_EIGHT_MORE: Final = "([1-9](?:[ .-]?[0-9]){8})"
_NINE_MORE: Final = "([1-9](?:[ .-]?[0-9]){9})"
_AREA: Final = r"((?:\([2-9][0-9]{2}\)|[2-9][0-9]{2})[ .-]?[0-9]{3}[ .-]?[0-9]{4})"
_PLAIN_AT_HOME: Final = {
    "FR": (re.compile("(?:0|0033)? ?" + _EIGHT_MORE), "33"),
    "GB": (re.compile("(?:0|0044)? ?" + _NINE_MORE), "44"),
    "US": (re.compile("(?:1[ .-]?)?" + _AREA), "1"),
}
_PLAIN_ABROAD: Final = (
    (re.compile(r"\+33 ?" + _EIGHT_MORE), "33", "FR"),
    (re.compile(r"\+44 ?" + _NINE_MORE), "44", "GB"),
    (re.compile(r"\+1[ .-]?" + _AREA), "1", "US"),
)

_MAX_EMAIL_LENGTH: Final = 254
_MAX_LOCAL_LENGTH: Final = 64
_PLAIN_EMAIL: Final = re.compile(
    r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
# Reserved by RFC 6761 or close to it: the library decides.
_UNUSUAL_TOP_LEVELS: Final = frozenset("alt arpa example internal invalid local localhost onion test".split())
# RFC 2606 gives these three to documentation; an address there is invented, and still an address.
_DOCUMENTATION: Final = frozenset({"example.com", "example.net", "example.org"})
_BRACKETED: Final = re.compile(r"<([^<>]*@[^<>]*)>")
_MAILTO: Final = re.compile(r"\bmailto:\s*", re.IGNORECASE)
_BETWEEN_EMAILS: Final = re.compile(r"[\s;,|]+|/(?=[^@]*@)")
_OPENING: Final = " :'\"<(["
_CLOSING: Final = " .:'\">)]"
_NO_EMAIL: Final = placeholder_words("email")
_SPECIAL: Final = "special_use_domain"


def parse_phone(raw: str, *, country: str = "FR") -> Parsed[Phone]:
    """Return the telephone numbers that a text names.

    Parameters
    ----------
    raw : str
        Any string.
    country : str
        ISO 3166-1 alpha-2 code of the country whose national way of writing is meant where a number has no ``+``;
        empty where there is none.

    Returns
    -------
    Parsed of Phone
        The numbers in the order of the text, each once.  Issues with values: ``"several_values"`` and
        ``"unassigned_number"`` (the right length for its country, but in no range in use).  Without a value:
        ``"placeholder"``, ``"special_number"`` (a short code such as 3631, which is dialed in one country only),
        ``"local_number"`` (the area code is missing), ``"too_short"``, ``"too_long"``, ``"unparsable"`` (rounded by a
        spreadsheet) and ``"invalid_number"``.

    Raises
    ------
    ConfigurationError
        If the country is not two capital letters.

    Notes
    -----
    Kinds are those of the numbering plan: lines of the internet (in France 09) count as fixed; numbers of a plan that
    does not tell mobile from fixed ones, as in North America, are unknown; free, premium, shared-cost, personal and
    service numbers are special.

    Examples
    --------
    >>> parse_phone("+33 (0)1 99 00 12 34 poste 12").value
    Phone(e164='+33199001234', extension='12', kind=<PhoneKind.FIXED: 'fixed'>)
    >>> parse_phone("3631").issues
    (Issue(code='special_number', detail=''),)
    """
    if country and not _COUNTRY.fullmatch(country):
        raise ConfigurationError(f"country: expected two capital letters like 'FR', got {country!r}.")
    if (plain := _plain_phone(raw, country)) is not None:
        return Parsed((plain,), raw)
    text = without_decimal_tail(visible(raw))
    if not text:
        return Parsed((), raw)
    if is_rounded_number(text):
        return Parsed((), raw, (Issue("unparsable"),))
    folded = fold(text)
    if not folded or folded in _NO_PHONE:
        return Parsed((), raw, (Issue("placeholder"),))
    phones: dict[Phone, None] = {}
    codes: dict[str, None] = {}
    for part in numbers_of(text):
        found, code = _phones(part, country)
        phones.update(dict.fromkeys(found))
        if code:
            codes[code] = None
    if len(phones) > 1:
        codes["several_values"] = None
    return Parsed(tuple(phones), raw, tuple(map(Issue, codes)))


def parse_email(raw: str) -> Parsed[Email]:
    """Return the e-mail addresses that a text names.

    Parameters
    ----------
    raw : str
        Any string.

    Returns
    -------
    Parsed of Email
        The addresses in the order of the text, each once: the domain in lower case and in its own script, the local
        part as given.  Issues with values: ``"display_name"`` (a name beside the address, which was dropped),
        ``"mailto"``, ``"several_values"`` and ``"special_use_domain"`` (a domain that the Internet reserves, such as
        ``.test`` or ``.local``).  Without a value: ``"placeholder"`` (an address of nobody) and ``"invalid_email"``.

    Notes
    -----
    The syntax is that of RFC 5321 and RFC 6531, quoted local parts and domain literals included; whether the domain
    exists is not asked.  An address that cannot be read is not mended.

    Examples
    --------
    >>> parse_email("Zoé <Zoe@Example.ORG>").value
    Email(address='Zoe@example.org')
    >>> parse_email("zoe@example..org").issues
    (Issue(code='invalid_email', detail=''),)
    """
    if (plain := _plain_email(raw)) is not None:
        return Parsed((plain,), raw)
    text = one_line(raw)
    if not text:
        return Parsed((), raw)
    folded = fold(text)
    if not folded or folded in _NO_EMAIL:
        return Parsed((), raw, (Issue("placeholder"),))
    if "@" not in text:
        return Parsed((), raw, (Issue("invalid_email"),))
    parts, codes = _addresses(text)
    emails: dict[Email, None] = {}
    for part in parts:
        email, code = _email(part)
        if email is not None:
            emails[email] = None
        if code:
            codes[code] = None
    if len(emails) > 1:
        codes["several_values"] = None
    return Parsed(tuple(emails), raw, tuple(map(Issue, codes)))


def _plain_phone(raw: str, country: str) -> Phone | None:
    """Return a number of France, Britain or North America that is plainly written and assigned."""
    if raw.startswith("+"):
        for shape, code, region in _PLAIN_ABROAD:
            if (found := shape.fullmatch(raw)) is not None:
                return _assigned(found[1], code, region)
        return None
    if country not in _PLAIN_AT_HOME:
        return None
    shape, code = _PLAIN_AT_HOME[country]
    found = shape.fullmatch(raw)
    return None if found is None else _assigned(found[1], code, country)


def _assigned(written: str, code: str, region: str) -> Phone | None:
    digits = written if written.isdigit() else _NOT_DIGIT.sub("", written)
    found = None if is_placeholder_phone(digits) else _plan(region).fullmatch(digits)
    if found is None or found.lastgroup is None:
        return None
    return Phone(e164=f"+{code}{digits}", kind=_KIND_OF_RANGE.get(found.lastgroup, PhoneKind.SPECIAL))


_KIND_OF_RANGE: Final = {
    "voip": PhoneKind.FIXED,
    "either": PhoneKind.UNKNOWN,
    "fixed_line": PhoneKind.FIXED,
    "mobile": PhoneKind.MOBILE,
}


@cache
def _plan(region: str) -> re.Pattern[str]:
    """Return the ranges of the library's numbering plan of a region as groups of one expression, in its order.

    The region is the first that the library tries for its calling code, so that the first range of it that holds a
    number decides.
    """
    from phonenumbers import PhoneMetadata

    plan = PhoneMetadata.metadata_for_region(region)
    if plan is None:
        return re.compile("(?!)")
    names = (
        *("premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan", "voicemail"),
        *("fixed_line", "mobile"),
    )
    patterns = {name: _range(getattr(plan, name)) for name in names}
    lines = f"(?={patterns['mobile']}\\Z){patterns['fixed_line']}"
    groups = [f"(?P<{name}>{patterns[name]})" for name in names]
    groups.insert(names.index("fixed_line"), f"(?P<either>{lines})")
    return re.compile(f"(?={_range(plan.general_desc)}\\Z)(?:{'|'.join(groups)})")


def _range(description: PhoneNumberDesc | None) -> str:
    """Return the expression of a range of numbers; one that nothing matches for none."""
    if description is None or not description.national_number_pattern:
        return "(?!)"
    lengths = "|".join(f"[0-9]{{{length}}}" for length in description.possible_length)
    at_length = rf"(?=(?:{lengths})\Z)" if lengths else ""
    return f"{at_length}(?:{description.national_number_pattern})"


def _phones(text: str, country: str) -> tuple[list[Phone], str]:
    """Read what should be one number by the library; return it, and the issue to report."""
    number, extension = split_extension(text)
    digits = _NOT_DIGIT.sub("", number)
    if is_placeholder_phone(digits):
        return [], "placeholder"
    if len(number) > _MAX_PHONE_LENGTH:
        return [], "too_long"
    # Letters that stand for digits are those of numbers such as 1-800-FLOWERS; beside a whole number they are words.
    plain = _LETTERS.sub(" ", number) if len(digits) >= _MIN_DIGITS_BESIDE_WORDS else number
    phone, issue = _phone(plain, digits, extension, country)
    if phone is None and len(digits) > _MAX_DIGITS and len(found := _found(number, country)) > 1:
        return found, ""
    return ([] if phone is None else [phone]), issue


def _phone(text: str, digits: str, extension: str, country: str) -> tuple[Phone | None, str]:
    import phonenumbers

    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException as error:
        if error.error_type == error.TOO_LONG:
            return None, "too_long"
        return None, "too_short" if digits and len(digits) < _MIN_DIGITS_BESIDE_WORDS else "invalid_number"
    if is_placeholder_phone(phonenumbers.national_significant_number(number)):
        return None, "placeholder"
    if phonenumbers.is_valid_number(number):
        return _typed(number, extension)
    if country and phonenumbers.is_valid_short_number_for_region(number, country):
        return None, "special_number"
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason == phonenumbers.ValidationResult.IS_POSSIBLE:
        phone, issue = _typed(number, extension)
        return phone, issue or "unassigned_number"
    reasons = {
        phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "local_number",
        phonenumbers.ValidationResult.TOO_SHORT: "too_short",
        phonenumbers.ValidationResult.TOO_LONG: "too_long",
    }
    return None, reasons.get(reason, "invalid_number")


def _found(text: str, country: str) -> list[Phone]:
    """Return the numbers that stand in a text without a separator that says so."""
    import phonenumbers

    leniency = phonenumbers.Leniency.POSSIBLE
    found = [_typed(match.number, "") for match in phonenumbers.PhoneNumberMatcher(text, country or None, leniency)]
    return [phone for phone, _ in found if phone is not None]


def _typed(number: PhoneNumber, extension: str) -> tuple[Phone | None, str]:
    import phonenumbers

    kind = _kinds().get(phonenumbers.number_type(number), PhoneKind.UNKNOWN)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    try:
        return Phone(e164=e164, extension=extension or number.extension or "", kind=kind), ""
    except ModelError:
        return None, "invalid_number"


@cache
def _kinds() -> dict[int, PhoneKind]:
    from phonenumbers import PhoneNumberType as Type

    special = (Type.PREMIUM_RATE, Type.TOLL_FREE, Type.SHARED_COST, Type.PERSONAL_NUMBER, Type.PAGER, Type.UAN)
    return {
        Type.MOBILE: PhoneKind.MOBILE,
        Type.FIXED_LINE: PhoneKind.FIXED,
        Type.VOIP: PhoneKind.FIXED,
        **dict.fromkeys((*special, Type.VOICEMAIL), PhoneKind.SPECIAL),
    }


def _plain_email(raw: str) -> Email | None:
    """Return an address whose every character is one of those that nearly all addresses consist of."""
    if len(raw) > _MAX_EMAIL_LENGTH or _PLAIN_EMAIL.fullmatch(raw) is None:
        return None
    local, _, domain = raw.partition("@")
    domain = domain.lower()
    # Two hyphens may announce a domain in another script.
    if len(local) > _MAX_LOCAL_LENGTH or "--" in domain or domain.rpartition(".")[2] in _UNUSUAL_TOP_LEVELS:
        return None
    return None if _is_nobody(local, domain) else Email(address=f"{local}@{domain}")


def _is_nobody(local: str, domain: str) -> bool:
    if domain in _DOCUMENTATION:
        domain = "mail.fr"
    return is_placeholder_email(f"{local}@{domain}".lower())


def _addresses(text: str) -> tuple[list[str], dict[str, None]]:
    """Return the parts of a text that should be addresses, and what was noticed."""
    codes: dict[str, None] = {}
    if _MAILTO.search(text) is not None:
        text = _MAILTO.sub(" ", text).strip()
        codes["mailto"] = None
    if bracketed := _BRACKETED.findall(text):
        if fold(_BRACKETED.sub(" ", text)):
            codes["display_name"] = None
        return [part.strip() for part in bracketed], codes
    if _read_email(text) is not None:
        return [text], codes
    parts = [part.lstrip(_OPENING).rstrip(_CLOSING) for part in _BETWEEN_EMAILS.split(text)]
    addresses = [part for part in parts if "@" in part]
    # Words beside a single address: it may be broken by a blank.
    return (
        addresses if len(addresses) > 1 or not any(fold(part) for part in parts if "@" not in part) else [text]
    ), codes


def _email(text: str) -> tuple[Email | None, str]:
    local, _, domain = text.rpartition("@")
    if _is_nobody(local, domain.lower()):
        return None, "placeholder"
    email = _read_email(text)
    return (None, "invalid_email") if email is None else email


def _read_email(text: str) -> tuple[Email, str] | None:
    """Read one address by the library; return it with an issue, or None where it is none."""
    if (email := _validated(text)) is not None:
        return email, ""
    # Under a name that nobody reserves for special use the library tells whether the rest is in order.
    rest, dot, top_level = text.rpartition(".")
    if not dot or "@" not in rest or top_level.lower() not in _special_top_levels():
        return None
    email = _validated(f"{rest}.example")
    return (
        None if email is None else (Email(address=email.address.removesuffix("example") + top_level.lower()), _SPECIAL)
    )


def _validated(text: str) -> Email | None:
    import email_validator

    if len(text) > 2 * _MAX_EMAIL_LENGTH:
        return None
    try:
        found = email_validator.validate_email(
            text, allow_smtputf8=True, allow_quoted_local=True, allow_domain_literal=True, check_deliverability=False
        )
        return Email(address=found.normalized)
    except (email_validator.EmailNotValidError, ModelError):
        return None


def _special_top_levels() -> Collection[str]:
    import email_validator

    return email_validator.SPECIAL_USE_DOMAIN_NAMES
