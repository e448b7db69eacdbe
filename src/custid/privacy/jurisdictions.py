"""What the law of a country asks of whoever wants to contact a customer: dated data, each rule with its source.

A pack is data, not advice: it says which text it follows and from which day to which, so that somebody who knows the
law can check it, and replace it by a pack of his own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from attrs import field, frozen

from custid.errors import ConfigurationError
from custid.privacy.holidays import french_holidays
from custid.privacy.windows import Hours
from custid.survivorship.contact_terms import channel_named

__all__ = ["FRANCE", "PACKS", "UNITED_KINGDOM", "Audience", "ContactRule", "JurisdictionPack", "Regime", "pack_of"]


class Regime(StrEnum):
    """What has to be there before somebody is contacted for marketing."""

    OPT_IN = "opt_in"
    OPT_OUT = "opt_out"


class Audience(StrEnum):
    """Whom a rule protects."""

    PERSONS = "persons"
    EVERYBODY = "everybody"


def _no_holiday(_day: date) -> bool:
    return False


@frozen(kw_only=True)
class ContactRule:
    """What holds for marketing by one channel during some time.

    Attributes
    ----------
    code : str
        Name of the rule, for example ``"fr-phone-optin"``.
    channel : str
        The channel: ``"phone"``, ``"automated_call"``, ``"email"``, ``"sms"``, ``"post"``.
    regime : Regime
        ``OPT_IN``: a consent has to be there; ``OPT_OUT``: no refusal may be there.
    audience : Audience
        ``PERSONS``: the rule is about natural persons and not about organizations.
    excepts_customers : bool
        Whether a customer may be contacted without consent about what he has bought or something alike.
    windows : tuple of str
        Hours at which it is allowed, by the clocks of the person; empty for all.
    is_open_on_request : bool
        Whether a person who has asked for a contact at other hours may have it.
    most_contacts : int or None
        How often it is allowed at most within ``within_days``; None for no limit.
    within_days : int
        Days that are counted.
    first, last : date
        The days from which and to which it holds, both included.
    source : str
        The text it follows.
    """

    code: str
    channel: str
    regime: Regime
    source: str
    audience: Audience = Audience.PERSONS
    excepts_customers: bool = False
    windows: tuple[str, ...] = ()
    is_open_on_request: bool = False
    most_contacts: int | None = None
    within_days: int = 30
    first: date = date.min
    last: date = date.max


@frozen(kw_only=True)
class JurisdictionPack:
    """What the law of one country asks.

    Attributes
    ----------
    country : str
        ISO 3166-1 alpha-2 code.
    as_of : date
        The day on which the rules were read.
    time_zone : str
        IANA name of the clocks that count where nothing is known of the person's.
    rules : tuple of ContactRule
        Of one channel and one audience, those that hold at one time exclude each other.
    is_holiday : callable
        Tells of a day whether it is a public holiday, on which hours are closed.
    breach_notice_hours : int
        Hours after which the authority has to know of a breach at the latest.
    retention_years : Mapping of str to float
        For how long data is kept at most once nothing was heard of the person, by kind of person.
    retention_source : str
        The text that says so.

    Raises
    ------
    ConfigurationError
        If two rules for one channel and audience hold on one day.
    """

    country: str
    as_of: date
    time_zone: str
    rules: tuple[ContactRule, ...]
    is_holiday: Callable[[date], bool] = field(default=_no_holiday, eq=False, repr=False)
    breach_notice_hours: int = 72
    retention_years: Mapping[str, float] = field(factory=dict, hash=False)
    retention_source: str = ""

    def __attrs_post_init__(self) -> None:
        for place, one in enumerate(self.rules):
            for other in self.rules[:place]:
                same = (one.channel, one.audience) == (other.channel, other.audience)
                if same and one.first <= other.last and other.first <= one.last:
                    raise ConfigurationError(
                        f"pack {self.country!r}: rules {other.code!r} and {one.code!r}: expected at most one for a "
                        f"channel and a day, got two."
                    )

    def rule_for(self, channel: str, on: date, *, is_person: bool = True) -> ContactRule | None:
        """Return the rule for a channel on a day.

        Parameters
        ----------
        channel : str
            The channel.
        on : date
            The day.
        is_person : bool
            Whether a natural person is contacted.

        Returns
        -------
        ContactRule or None
            None where no rule of the pack speaks of it.
        """
        asked = channel_named(channel)
        for rule in self.rules:
            is_meant = is_person or rule.audience is Audience.EVERYBODY
            if is_meant and channel_named(rule.channel) == asked and rule.first <= on <= rule.last:
                return rule
        return None

    def hours_of(self, rule: ContactRule, time_zone: str | None = None) -> Hours:
        """Return the hours of a rule by the clocks of the person, or else of the country."""
        return Hours(windows=rule.windows, time_zone=time_zone or self.time_zone, is_closed=self.is_holiday)


_FRENCH_CALLING_HOURS = ("MO,TU,WE,TH,FR 10:00-13:00", "MO,TU,WE,TH,FR 14:00-20:00")

FRANCE: Final = JurisdictionPack(
    country="FR",
    as_of=date(2026, 11, 22),
    time_zone="Europe/Paris",
    rules=(
        ContactRule(
            code="fr-phone-optout",
            channel="phone",
            regime=Regime.OPT_OUT,
            last=date(2023, 2, 28),
            source="Code de la consommation, article L223-1 (opposition, Bloctel)",
        ),
        ContactRule(
            code="fr-phone-hours",
            channel="phone",
            regime=Regime.OPT_OUT,
            windows=_FRENCH_CALLING_HOURS,
            is_open_on_request=True,
            most_contacts=4,
            first=date(2023, 3, 1),
            last=date(2026, 8, 10),
            source="Code de la consommation, articles L223-1 and D223-9 (décret 2022-1313 of 13 October 2022)",
        ),
        ContactRule(
            code="fr-phone-optin",
            channel="phone",
            regime=Regime.OPT_IN,
            excepts_customers=True,
            windows=_FRENCH_CALLING_HOURS,
            is_open_on_request=True,
            most_contacts=4,
            first=date(2026, 8, 11),
            source="Loi 2025-594 of 30 June 2025, article 13; décret 2022-1313 for hours and number",
        ),
        *(
            ContactRule(
                code=f"fr-{code}-optin",
                channel=channel,
                regime=Regime.OPT_IN,
                excepts_customers=excepts,
                source="Code des postes et des communications électroniques, article L34-5",
            )
            for code, channel, excepts in (
                ("email", "email", True),
                ("sms", "sms", True),
                ("automated-call", "automated_call", False),
            )
        ),
        ContactRule(
            code="fr-post-optout",
            channel="post",
            regime=Regime.OPT_OUT,
            source="Regulation (EU) 2016/679, articles 6(1)(f) and 21(2)",
        ),
    ),
    is_holiday=lambda day: day in french_holidays(day.year),
    retention_years=MappingProxyType({"prospect": 3.0, "former_customer": 3.0}),
    retention_source="CNIL, référentiel relatif à la gestion des activités commerciales (2022)",
)
"""France."""

UNITED_KINGDOM: Final = JurisdictionPack(
    country="GB",
    as_of=date(2026, 11, 22),
    time_zone="Europe/London",
    rules=(
        ContactRule(
            code="gb-phone-optout",
            channel="phone",
            regime=Regime.OPT_OUT,
            audience=Audience.EVERYBODY,
            source="Privacy and Electronic Communications Regulations 2003 (SI 2003/2426), regulation 21",
        ),
        ContactRule(
            code="gb-automated-call-optin",
            channel="automated_call",
            regime=Regime.OPT_IN,
            audience=Audience.EVERYBODY,
            source="Privacy and Electronic Communications Regulations 2003 (SI 2003/2426), regulation 19",
        ),
        *(
            ContactRule(
                code=f"gb-{channel}-optin",
                channel=channel,
                regime=Regime.OPT_IN,
                excepts_customers=True,
                source="Privacy and Electronic Communications Regulations 2003 (SI 2003/2426), regulation 22",
            )
            for channel in ("email", "sms")
        ),
        ContactRule(
            code="gb-post-optout",
            channel="post",
            regime=Regime.OPT_OUT,
            source="UK GDPR, articles 6(1)(f) and 21(2)",
        ),
    ),
    retention_years=MappingProxyType({}),
    retention_source="UK GDPR, article 5(1)(e): no longer than necessary; no term is fixed",
)
"""The United Kingdom."""

PACKS: Final[Mapping[str, JurisdictionPack]] = MappingProxyType(
    {each.country: each for each in (FRANCE, UNITED_KINGDOM)}
)
"""The packs that come with the library, by country."""


def pack_of(country: str, packs: Mapping[str, JurisdictionPack] | None = None) -> JurisdictionPack:
    """Return the pack of a country.

    Parameters
    ----------
    country : str
        ISO 3166-1 alpha-2 code, as records have it.
    packs : Mapping of str to JurisdictionPack, optional
        The packs at hand; `PACKS` when not given.

    Returns
    -------
    JurisdictionPack
        The pack.

    Raises
    ------
    ConfigurationError
        If there is none.

    Examples
    --------
    >>> pack_of("FR").rule_for("phone", date(2026, 9, 1)).code
    'fr-phone-optin'
    """
    packs = PACKS if packs is None else packs
    if country not in packs:
        raise ConfigurationError(
            f"jurisdiction {country!r}: expected one of {', '.join(sorted(packs))}.",
            hint="Give packs with one for that country: JurisdictionPack(country=…, rules=…).",
        )
    return packs[country]
