"""Names of companies: legal and trading names, acronyms, and the ways in which people write them."""

from __future__ import annotations

from attrs import frozen

from custid.testing._companies import company_name
from custid.testing._draws import Draws, Weighted
from custid.testing._locale import Locale, ascii_folded
from custid.testing._population import Population

__all__ = ["CompanyNames", "abbreviated", "acronym_of", "new_brands", "new_names", "with_legal_form"]

# Noun, then whether the adjectives after it are feminine.
_HEADS = (
    ("Société", True),
    ("Compagnie", True),
    ("Union", True),
    ("Coopérative", True),
    ("Centrale", True),
    ("Agence", True),
    ("Groupement", False),
    ("Comptoir", False),
    ("Syndicat", False),
    ("Centre", False),
    ("Bureau", False),
    ("Office", False),
    ("Institut", False),
)
_ADJECTIVES = (
    ("nationale", "national"),
    ("régionale", "régional"),
    ("générale", "général"),
    ("départementale", "départemental"),
    ("industrielle", "industriel"),
    ("commerciale", "commercial"),
    ("agricole", "agricole"),
    ("maritime", "maritime"),
    ("technique", "technique"),
    ("interprofessionnelle", "interprofessionnel"),
    ("populaire", "populaire"),
    ("rurale", "rural"),
)
_OBJECTS = (
    "de matériaux", "d'équipement", "de transport", "des eaux", "de distribution", "de nettoyage", "d'études",
    "de travaux publics", "de chauffage", "d'entretien", "d'horticulture", "de menuiserie", "de mécanique",
    "d'imprimerie", "de logistique", "de meunerie", "de conserverie", "d'électricité", "de location",
    "de restauration", "de recherche", "de formation", "d'assurance", "de construction", "de viticulture",
    "d'élevage", "de pêche", "de diffusion", "de négoce", "de voirie",
)  # fmt: skip
_AREAS = (
    "de l'Ouest", "du Centre", "du Littoral", "de Bretagne", "du Berry", "de Picardie", "d'Auvergne", "du Bocage",
    "de Provence", "du Rhône", "de la Loire", "du Maine", "d'Anjou", "de Gascogne", "du Jura", "des Alpes",
    "de Normandie", "du Poitou", "de Lorraine", "des Flandres", "du Quercy", "de Savoie", "de Touraine", "du Vexin",
)  # fmt: skip
_FAMILY_BUSINESSES = (
    "{} & Fils", "{} et Fils", "{} Frères", "{} et Compagnie", "Établissements {}", "Société {}", "Ateliers {}",
    "Groupe {}", "{} Services", "{} Industrie", "{} Distribution", "Entreprise {}",
)  # fmt: skip
_OPERATORS = ("{} Distribution", "Société d'exploitation {}", "{} Participations", "{} & Associés", "Holding {}", "{}")
_SIGNS = (
    "Le Fournil", "La Boîte à Outils", "Côté Jardin", "L'Atelier", "Au Petit Marché", "La Halle", "Le Relais",
    "L'Escale", "La Grange", "Le Comptoir", "Les Délices", "Au Fil de l'Eau", "La Cour", "L'Entrepôt", "La Remise",
)  # fmt: skip
_BRAND_TRADES = ("Coiffure", "Auto", "Optique", "Bureau", "Fitness", "Pizza", "Jardin", "Literie", "Location", "Caves")
_LEGAL_FORMS = (
    ("SARL", "S.A.R.L.", "Sarl", "Société à responsabilité limitée"),
    ("SAS", "S.A.S.", "S.A.S"),
    ("SA", "S.A.", "Société anonyme"),
    ("EURL", "E.U.R.L."),
    ("SASU", "S.A.S.U."),
    ("SNC", "S.N.C."),
    ("SCOP", "S.C.O.P."),
)
_ABBREVIATIONS = (
    ("Établissements", ("Ets", "Éts", "Etab.")),
    ("Compagnie", ("Cie", "Cie.")),
    ("Société", ("Sté", "Sté.")),
    ("Association", ("Assoc.", "Ass.")),
    ("Groupement", ("Gpt",)),
    ("Groupe", ("Gpe",)),
    ("Frères", ("Frs", "Frères")),
    ("Sainte", ("Ste",)),
    ("Saint", ("St",)),
    ("Entreprise", ("Ent.", "Entr.")),
    (" et Fils", (" & Fils", " Fils")),
)
_SMALL_WORDS = frozenset({"de", "des", "du", "la", "le", "les", "et"})
_KINDS = Weighted(("plain", "family", "acronym", "franchise", "namesake"), (38, 22, 20, 12, 8))


@frozen(kw_only=True, eq=False)
class CompanyNames:
    """What a company is called.

    Attributes
    ----------
    legal_name : str
        Registered name, without its legal form.
    legal_forms : tuple of str
        Spellings of its legal form.
    trading_name : str
        What stands over the door; empty where it is the legal name.
    acronym : str
        Initials that people know it by; empty for none.
    is_franchise : bool
        True where other companies trade under the same name.
    """

    legal_name: str
    legal_forms: tuple[str, ...]
    trading_name: str = ""
    acronym: str = ""
    is_franchise: bool = False


def new_names(population: Population, locale: Locale, brands: tuple[str, ...], earlier: list[str]) -> CompanyNames:
    """Return the names of one new company.

    Parameters
    ----------
    population : Population
        Makes family names and places.
    locale : Locale
        Language.
    brands : tuple of str
        Trading names of franchises.
    earlier : list of str
        Legal names of other companies, one of which a namesake takes; the new one is appended to it.

    Returns
    -------
    CompanyNames
        Its names.
    """
    draws = population.draws
    forms, kind = draws.one_of(_LEGAL_FORMS), draws.weighted(_KINDS)
    if kind == "franchise":
        legal = draws.one_of(_OPERATORS).format(population.family_name(locale))
        return CompanyNames(legal_name=legal, legal_forms=forms, trading_name=draws.one_of(brands), is_franchise=True)
    if kind == "acronym":
        legal = _long_name(draws)
        return CompanyNames(legal_name=legal, legal_forms=forms, acronym=acronym_of(legal))
    if kind == "namesake" and earlier:
        return CompanyNames(legal_name=draws.one_of(earlier), legal_forms=forms)
    if kind == "family":
        legal = draws.one_of(_FAMILY_BUSINESSES).format(population.family_name(locale))
    else:
        legal = company_name(population, locale)
    earlier.append(legal)
    sign = f"{draws.one_of(_SIGNS)} {draws.one_of(locale.organization_things)}" if draws.chance(0.3) else ""
    return CompanyNames(legal_name=legal, legal_forms=forms, trading_name=sign)


def new_brands(draws: Draws, locale: Locale, count: int) -> tuple[str, ...]:
    """Return trading names of franchises."""
    first, last = locale.brand_parts
    return tuple(f"{draws.one_of(first)}{draws.one_of(last)} {draws.one_of(_BRAND_TRADES)}" for _ in range(count))


def _long_name(draws: Draws) -> str:
    head, is_feminine = draws.one_of(_HEADS)
    adjective = draws.one_of(_ADJECTIVES)[0 if is_feminine else 1]
    return f"{head} {adjective} {draws.one_of(_OBJECTS)} {draws.one_of(_AREAS)}"


def acronym_of(name: str) -> str:
    """Return the initials of the words of a name that are not small ones.

    Examples
    --------
    >>> acronym_of("Société régionale d'équipement de l'Ouest")
    'SREO'
    """
    words = ascii_folded(name).replace("d'", "").replace("l'", "").split()
    return "".join(word[0].upper() for word in words if word not in _SMALL_WORDS)


def with_legal_form(name: str, forms: tuple[str, ...], draws: Draws) -> str:
    """Return a name with its legal form before or, mostly, behind it."""
    form = draws.one_of(forms)
    return f"{form} {name}" if draws.chance(0.3) else f"{name} {form}"


def abbreviated(name: str, draws: Draws) -> str:
    """Return a name with the first of its words abbreviated that people abbreviate."""
    for word, short in _ABBREVIATIONS:
        if word in name:
            return name.replace(word, draws.one_of(short), 1)
    return name
