"""What people read of a decision, in English and in French: one declaration for explanations, charts and pages.

Levels of comparisons, reasons and sentences are kept as lines of ``code | English | French``; words in braces are
filled in.  What is not declared here, such as the level of a user's own comparison, is shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from custid.model._labels import LANGUAGES, place_of
from custid.model.attributes import ATTRIBUTES

__all__ = ["LANGUAGES", "attribute_label", "level_label", "listed", "number_text", "phrase", "table_of"]

_NARROW_SPACE: Final = "\u202f"


def table_of(text: str) -> Mapping[str, tuple[str, str]]:
    r"""Read lines of ``code | English | French``.

    Parameters
    ----------
    text : str
        The lines.

    Returns
    -------
    mapping of str to (str, str)
        English and French by code; the French with the spaces that keep a sign on the line of its word.

    Examples
    --------
    >>> table_of("why | why? | pourquoi ?")["why"]
    ('why?', 'pourquoi\u202f?')
    """
    rows = ([cell.strip() for cell in line.split("|")] for line in text.strip().splitlines())
    return MappingProxyType({code: (english, _french(french)) for code, english, french in rows})


def _french(text: str) -> str:
    for sign in ";?!":
        text = text.replace(f" {sign}", f"{_NARROW_SPACE}{sign}")
    return text.replace(" :", "\u00a0:").replace("« ", "«\u00a0").replace(" »", "\u00a0»")


_LEVELS: Final = table_of("""
    missing                      | missing                       | manquant
    else                         | different                     | différent
    exact                        | equal                         | identique
    similar                      | similar                       | ressemblant
    close                        | close                         | proche
    close in another column      | close, in another column      | proche, dans une autre colonne
    equal in another column      | equal, in another column      | identique, dans une autre colonne
    variant or part              | variant or part               | variante ou partie
    one error                    | one error                     | une faute
    two errors                   | two errors                    | deux fautes
    within ten years             | within ten years              | à moins de dix ans
    within two years             | within two years              | à moins de deux ans
    same year                    | same year                     | même année
    two digits wrong             | two digits wrong              | deux chiffres faux
    same year and month or day   | same year and month or day    | même année et même mois ou jour
    same year, one of 1 January  | same year, one of 1 January   | même année, dont un 1er janvier
    one digit wrong              | one digit wrong               | un chiffre faux
    day and month swapped        | day and month swapped         | jour et mois inversés
    same two first characters    | same two first characters     | mêmes deux premiers caractères
    same area                    | same area                     | même secteur
    made of like names           | made of like names            | formées de noms semblables
    similar local part           | similar local part            | partie locale ressemblante
    same local part              | same local part               | même partie locale
    some words alike             | some words alike              | quelques mots semblables
    alike                        | alike                         | semblable
    nearly equal                 | nearly equal                  | presque identique
    several words, none alike    | several words, none alike     | plusieurs mots, aucun semblable
    one word, unlike             | one word, unlike              | un mot, différent
    one word, close              | one word, close               | un mot, proche
    one word of several          | one word of several           | un mot sur plusieurs
    one word, exact              | one word, equal               | un mot, identique
    several words, some alike    | several words, some alike     | plusieurs mots, quelques-uns semblables
    several words, alike         | several words, alike          | plusieurs mots, semblables
    several words, nearly equal  | several words, nearly equal   | plusieurs mots, presque identiques
    all words close              | all words close               | tous les mots proches
    all words nearly equal       | all words nearly equal        | tous les mots presque identiques
    all words of the shorter     | all words of the shorter      | tous les mots du plus court
    acronym                      | acronym                       | sigle
""")

_PHRASES: Final = table_of("""
    left             | left                              | gauche
    right            | right                             | droite
    level            | level                             | niveau
    bits             | bits                              | bits
    before_comparing | before comparing                  | avant comparaison
    or_moved         | may have moved                    | a pu déménager
    or_household     | or one household                  | ou un même foyer
    or_neighborhood  | or one neighborhood               | ou un même voisinage
    or_company       | or one company                    | ou une même entreprise
    or_premises      | or the same premises              | ou les mêmes locaux
    or_namesakes     | or namesakes                      | ou des homonymes
    or_other         | or {text}                         | ou {text}
    different        | different {text}                  | {text} : valeurs différentes
    apart            | apart                             | séparés
    match_weight     | match weight                      | poids total
    and              | and                               | et
    n_more           | {n} more                          | {n} autres
    one_customer     | One customer                      | Un seul client
    two_customers    | Two customers                     | Deux clients
    for_it           | for a match: {text}               | pour : {text}
    nothing_for      | nothing speaks for a match        | rien ne parle pour
    against_it       | against it: {text}                | contre : {text}
    but_moved        | {text}, of which a possible move gives {bits} bits back | {text}, dont un déménagement possible rend {bits} bits
    nothing_against  | nothing speaks against it         | rien ne parle contre
    not_comparable   | not comparable, as one kind of party never is another | non comparables, car une nature de partie n'en est jamais une autre
    they_differ      | they differ in {text}, of which a customer has one | ils diffèrent par {text}, dont un client n'a qu'un
    by_pair_alone    | Probability by this pair alone {p} | Probabilité d'après cette seule paire : {p}
    others_decided   | the other records of the customers decided, not this pair alone | les autres enregistrements des clients ont décidé, et non cette seule paire
    needed           | records are joined above {p}      | les enregistrements sont réunis au-dessus de {p}
    equal_content    | all that they state is equal      | tout ce qu'ils énoncent est identique
    one_per_source   | both are of source {text}, which was taken to hold a customer once | tous deux viennent de la source {text}, réputée sans doublons
    said_one         | a person has said that they are one customer | une personne a dit qu'ils sont un seul client
    said_two         | a person has said that they are two customers | une personne a dit qu'ils sont deux clients
    related_people   | they are known to be two people ({text}) | on sait que ce sont deux personnes ({text})
    rule_one         | rule "{text}" joins them          | la règle « {text} » les réunit
    rule_two         | rule "{text}" keeps them apart    | la règle « {text} » les sépare
    rule_by_others   | rules join them by way of other records | des règles les réunissent par d'autres enregistrements
    apart_since      | records {left} and {right} of the two customers must stay apart: {text} | les enregistrements {left} et {right} des deux clients doivent rester séparés : {text}
    no_shared_key    | not compared in the run, as they share no key that proposes pairs; weighed now | non comparés lors du calcul, faute de clé commune qui propose des paires ; pesés à présent
    blocks_too_large | not compared in the run, as more than {cap} records share each key that they share ({text}); weighed now | non comparés lors du calcul, car plus de {cap} enregistrements partagent chacune de leurs clés communes ({text}) ; pesés à présent
    not_weighed      | not compared in the run; weighed now | non comparés lors du calcul ; pesés à présent
    outvoted         | of the {n_pairs} pairs between the two customers {n_weighed} were weighed; they add up to {bits} bits | des {n_pairs} paires entre les deux clients, {n_weighed} ont été pesées ; leur somme est de {bits} bits
    record           | record                            | enregistrement
    probability      | probability                       | probabilité
    nearest          | nearest record                    | le plus proche
    nobody           | none                              | aucun
    single_record    | Customer {customer} has one record. | Le client {customer} a un seul enregistrement.
    n_records        | Customer {customer} has {n} records. | Le client {customer} a {n} enregistrements.
    all_one          | They are all one with a probability of {p}. | Tous n'en font qu'un avec une probabilité de {p}.
    people_said      | People have said that {text} are one customer. | Des personnes ont dit que {text} sont un seul client.
    rules_join       | Rules join {text}.               | Des règles réunissent {text}.
    all_equal        | All that they state is equal ({bits} bits). | Tout ce qu'ils énoncent est identique ({bits} bits).
    weakest_link     | Weakest link: {left} and {right}, {bits} bits (probability {p}). | Lien le plus faible : {left} et {right}, {bits} bits (probabilité {p}).
    across           | No pair between {one} and {other} is stronger; the {n_weighed} weighed ones add up to {bits} bits. | Aucune paire entre {one} et {other} n'est plus forte ; les {n_weighed} pesées totalisent {bits} bits.
    not_compared     | {n} pairs between them were not compared. | {n} paires entre eux n'ont pas été comparées.
    needs            | It would not hold without {text}. | Il ne tiendrait pas sans : {text}.
    needs_nothing    | It holds without any one of the attributes compared. | Il tient même si l'on retire l'un quelconque des attributs comparés.
    unconnected      | Some of its records were never compared with the others. | Certains de ses enregistrements n'ont jamais été comparés aux autres.
    without_two      | Without record {record} this would be two customers: {text}. | Sans l'enregistrement {record}, ce seraient deux clients : {text}.
    without_many     | Without record {record} this would be {n} customers: {text}. | Sans l'enregistrement {record}, ce seraient {n} clients : {text}.
    without_none     | No single record holds it together. | Aucun enregistrement ne le fait tenir à lui seul.
    against          | against                           | contre
    colon            | {a}: {b}                          | {a} : {b}
    semicolon        | {a}; {b}                          | {a} ; {b}
    or               | or                                | ou
""")  # noqa: E501 - sentences


def phrase(code: str, language: str, **words: object) -> str:
    """Return a phrase.

    Parameters
    ----------
    code : str
        Its code.
    language : str
        ``"en"`` or ``"fr"``.
    **words : object
        What is filled in.

    Returns
    -------
    str
        The phrase.

    Raises
    ------
    ConfigurationError
        If the language is another one.

    Examples
    --------
    >>> phrase("single_record", "fr", customer=7)
    'Le client 7 a un seul enregistrement.'
    """
    return _PHRASES[code][place_of(language)].format(**words)


def attribute_label(name: str, language: str) -> str:
    """Return what a person reads for an attribute, or for a comparison that is named like one.

    Parameters
    ----------
    name : str
        Name; of an attribute that is not declared its words.
    language : str
        ``"en"`` or ``"fr"``.

    Returns
    -------
    str
        The label.

    Examples
    --------
    >>> attribute_label("family_name", "fr"), attribute_label("shoe_size", "fr")
    ('nom de famille', 'shoe size')
    """
    declared = ATTRIBUTES.get(name)
    place = place_of(language)
    return name.replace("_", " ") if declared is None else (declared.label_en, declared.label_fr)[place]


def level_label(label: str, language: str) -> str:
    """Return what a person reads for the level of a comparison.

    Parameters
    ----------
    label : str
        Label of the level as the comparison gives it, or ``"missing"``.
    language : str
        ``"en"`` or ``"fr"``.

    Returns
    -------
    str
        The label; as it is where it is none of custid's own.

    Examples
    --------
    >>> level_label("else", "en"), level_label("one error", "fr")
    ('different', 'une faute')
    """
    known = _LEVELS.get(label)
    return label if known is None else known[place_of(language)]


def number_text(value: float, language: str, *, digits: int = 1, sign: bool = False) -> str:
    r"""Return a number as people write it.

    Parameters
    ----------
    value : float
        The number.
    language : str
        ``"en"`` (``-1,234.5``) or ``"fr"`` (``-1 234,5``).
    digits : int
        Digits after the point.
    sign : bool
        True to write a plus as well.

    Returns
    -------
    str
        The number.

    Examples
    --------
    >>> number_text(1234.56, "fr", sign=True)
    '+1\u202f234,6'
    """
    text = f"{value:{'+' if sign else ''},.{digits}f}"
    return text if place_of(language) == 0 else text.replace(",", _NARROW_SPACE).replace(".", ",")


def listed(words: Sequence[str], language: str, *, at_most: int | None = None) -> str:
    """Return words as a list in a sentence.

    Parameters
    ----------
    words : sequence of str
        The words.
    language : str
        ``"en"`` or ``"fr"``.
    at_most : int, optional
        How many to name; the others are counted.

    Returns
    -------
    str
        Empty for no words.

    Examples
    --------
    >>> listed(["a", "b", "c"], "en"), listed(["a", "b", "c", "d"], "fr", at_most=2)
    ('a, b and c', 'a, b et 2 autres')
    """
    named = list(words)
    if at_most is not None and len(named) > at_most + 1:
        named = [*named[:at_most], phrase("n_more", language, n=len(named) - at_most)]
    if len(named) < 2:
        return "".join(named)
    return f"{', '.join(named[:-1])} {phrase('and', language)} {named[-1]}"
