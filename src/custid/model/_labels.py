"""What a person reads for the codes of the model, in English and in French."""

from __future__ import annotations

from enum import Enum
from types import MappingProxyType
from typing import Final

from custid.errors import ConfigurationError
from custid.model.attributes import ATTRIBUTES
from custid.model.facts import ConsentStatus, Direction, InteractionStatus, Joint
from custid.model.parties import CollectiveKind
from custid.model.statements import Basis
from custid.model.status import CustomerKind
from custid.model.values import ContactUse, CredentialState, NameUse, OrganizationNameUse, PhoneKind, Sex
from custid.model.vocabularies import INTERACTION_KINDS, LIFE_EVENT_KINDS, RELATION_KINDS, ROLE_KINDS, Vocabulary

__all__ = [
    "ENUM_LABELS",
    "LANGUAGES",
    "MONTHS",
    "PHRASES",
    "enum_label",
    "kind_label",
    "language_label",
    "place_of",
    "scheme_label",
    "word_label",
]

LANGUAGES: Final = ("en", "fr")


def _table(text: str) -> dict[str, tuple[str, str]]:
    """Read lines of ``code | English | French``."""
    rows = ([cell.strip() for cell in line.split("|")] for line in text.strip().splitlines())
    return {code: (english, french) for code, english, french in rows}


def _enum_labels() -> dict[Enum, tuple[str, str]]:
    tables: dict[type[Enum], str] = {
        Basis: """
            declared  | declared        | déclaré
            observed  | observed        | observé
            inferred  | inferred        | déduit
            purchased | purchased       | acheté
            steward   | set by a steward | arbitré par un responsable""",
        CollectiveKind: """
            household | household    | foyer
            joint     | joint holders | cotitulaires
            undivided | undivided ownership | indivision
            group     | group        | groupe""",
        NameUse: """
            birth    | birth name  | nom de naissance
            usage    | usage name  | nom d'usage
            former   | former name | ancien nom
            nickname | nickname    | surnom
            alias    | alias       | alias""",
        OrganizationNameUse: """
            legal   | legal name   | raison sociale
            trading | trading name | enseigne
            former  | former name  | ancien nom
            acronym | acronym      | sigle""",
        PhoneKind: """
            mobile  | mobile phone   | téléphone mobile
            fixed   | fixed-line phone | téléphone fixe
            special | special number | numéro spécial
            unknown | phone          | téléphone""",
        ContactUse: """
            home     | home     | domicile
            work     | work     | travail
            billing  | billing  | facturation
            delivery | delivery | livraison
            holiday  | holidays | vacances
            other    | other use | autre usage""",
        CredentialState: """
            active   | active   | actif
            replaced | replaced | remplacé
            lost     | lost     | perdu
            expired  | expired  | expiré""",
        Sex: """
            0 | not known      | inconnu
            1 | male           | masculin
            2 | female         | féminin
            9 | not applicable | sans objet""",
        Joint: """
            all    | all together  | tous ensemble
            any    | any of them   | l'un ou l'autre
            shares | by shares     | par parts""",
        Direction: """
            in  | from the customer | du client
            out | to the customer   | vers le client""",
        InteractionStatus: """
            open   | open   | en cours
            closed | closed | clos
            none   | nothing to do | sans suite à donner""",
        ConsentStatus: """
            given     | given        | donné
            refused   | refused      | refusé
            withdrawn | withdrawn    | retiré
            expired   | expired      | expiré
            objected  | objection    | opposition""",
        CustomerKind: """
            prospect        | prospect        | prospect
            customer        | customer        | client
            former_customer | former customer | ancien client""",
    }
    return {
        member: rows[str(member.value)] for kind, text in tables.items() for rows in [_table(text)] for member in kind
    }


ENUM_LABELS: Final = MappingProxyType(_enum_labels())

PHRASES: Final = MappingProxyType(
    _table("""
        Person        | Person                | Personne
        Organization  | Organization          | Organisation
        Collective    | Collective            | Collectif
        record        | record {key} of {source} | fiche {key} de {source}
        restricted    | processing restricted: kept and not used | traitement limité : conservé sans être utilisé
        unread        | not readable          | illisible
        stated        | {basis}, {source}, {observed} | {basis}, {source}, {observed}
        recorded      | recorded {date}       | enregistré le {date}
        verified      | verified {date} by {by} ({means}) | vérifié le {date} par {by} ({means})
        not_verified  | not verified          | non vérifié
        from          | from {date}           | à partir du {date}
        until         | until {date}          | jusqu'au {date} exclu
        confidence    | confidence {share} %  | confiance {share} %
        about         | about {date}          | vers {date}
        uncertain     | {date} (uncertain)    | {date} (incertain)
        no_year       | {date}, year unknown  | {date}, année inconnue
        no_month      | {day} of an unknown month, {year} | le {day} d'un mois inconnu, {year}
        decade        | the {year}s           | les années {year}
        century       | the years {first} to {last} | les années {first} à {last}
        unknown_date  | unknown date          | date inconnue
        shared        | shared                | partagé
        extension     | extension {text}      | poste {text}
        number        | no. {text}            | n° {text}
        issuer        | issued by {text}      | émis par {text}
        replaced_by   | replaced by {text}    | remplacé par {text}
        scheme        | identifier "{text}"   | identifiant « {text} »
        code          | code {code} of {scheme} | code {code} de {scheme}
        employer      | employer {text}       | employeur {text}
        method        | method: {text}        | méthode : {text}
        channel       | channel: {text}       | canal : {text}
        thread        | conversation {text}   | conversation {text}
        by            | dealt with by {text}  | traité par {text}
        on            | on {text}             | sur {text}
        held_by       | held by {text}        | tenu par {text}
        share         | {holder} ({share} %)  | {holder} ({share} %)
        is_of         | {subject} is {kind} of {object} | {subject} est {kind} de {object}
        expires       | expires {date}        | expire le {date}
        acquired      | acquired {date}       | acquis le {date}
        purpose       | purpose: {text}       | finalité : {text}
        basis         | legal basis: {text}   | base légale : {text}
        notice        | notice {text}         | information {text}
        controller    | controller: {text}    | responsable : {text}
        receipt       | receipt {text}        | reçu {text}
        time_zone     | time zone {text}      | fuseau {text}
        prefers       | {topic}: {value}      | {topic} : {value}
        other_kind    | other kind: {text}    | autre nature : {text}
        language      | language tag {text} (BCP 47) | étiquette de langue {text} (BCP 47)
        country       | country code {text}   | code de pays {text}
        geo_code      | municipality code {text} | code de commune {text}
        MO | Monday    | lundi
        TU | Tuesday   | mardi
        WE | Wednesday | mercredi
        TH | Thursday  | jeudi
        FR | Friday    | vendredi
        SA | Saturday  | samedi
        SU | Sunday    | dimanche
        and | and | et
    """)
)

MONTHS: Final = (
    "January February March April May June July August September October November December".split(),
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(),
)

_LANGUAGE_NAMES: Final = _table("""
    ar | Arabic     | arabe
    bg | Bulgarian  | bulgare
    br | Breton     | breton
    ca | Catalan    | catalan
    cs | Czech      | tchèque
    cy | Welsh      | gallois
    da | Danish     | danois
    de | German     | allemand
    el | Greek      | grec
    en | English    | anglais
    es | Spanish    | espagnol
    fi | Finnish    | finnois
    fr | French     | français
    ga | Irish      | irlandais
    hi | Hindi      | hindi
    hr | Croatian   | croate
    hu | Hungarian  | hongrois
    it | Italian    | italien
    ja | Japanese   | japonais
    ko | Korean     | coréen
    lb | Luxembourgish | luxembourgeois
    nl | Dutch      | néerlandais
    no | Norwegian  | norvégien
    pl | Polish     | polonais
    pt | Portuguese | portugais
    ro | Romanian   | roumain
    ru | Russian    | russe
    sv | Swedish    | suédois
    tr | Turkish    | turc
    uk | Ukrainian  | ukrainien
    zh | Chinese    | chinois
""")

_SCHEMES: Final = _table("""
    vat     | VAT number | numéro de TVA
    pcs2020 | PCS 2020   | la PCS 2020
    isco08  | ISCO-08    | la CITP-08
""")

_WORDS: Final = _table("""
    app                  | app                  | application
    appliance            | appliance            | appareil
    automated_call       | automated call       | appel automatisé
    chat                 | chat                 | messagerie instantanée
    consent              | consent              | consentement
    contact              | contact              | contact
    contract             | contract             | contrat
    counter              | counter              | guichet
    email                | e-mail               | courriel
    insurance            | insurance            | assurance
    language             | language             | langue
    legal_obligation     | legal obligation     | obligation légale
    legitimate_interest  | legitimate interest  | intérêt légitime
    legitimate_interests | legitimate interests | intérêts légitimes
    marketing            | marketing            | prospection
    newsletter           | newsletter           | lettre d'information
    obligation           | obligation           | obligation
    phone                | phone                | téléphone
    post                 | post                 | courrier
    product              | product              | produit
    public_task          | public task          | mission d'intérêt public
    request              | request              | demande
    service              | service              | service
    shop                 | shop                 | magasin
    sms                  | SMS                  | SMS
    subscription         | subscription         | abonnement
    survey               | survey               | enquête
    vehicle              | vehicle              | véhicule
    vital_interests      | vital interests      | intérêts vitaux
    warranty             | warranty             | garantie
    web                  | web site             | site web
""")
"""Words that sources use for channels, purposes, legal bases, topics and holdings, all of them open lists."""

_VOCABULARIES: Final = (ROLE_KINDS, RELATION_KINDS, INTERACTION_KINDS, LIFE_EVENT_KINDS)


def place_of(language: str) -> int:
    """Return where the labels of a language stand in a pair of labels."""
    if language not in LANGUAGES:
        raise ConfigurationError(f"language: expected one of 'en', 'fr', got {language!r}.")
    return LANGUAGES.index(language)


def enum_label(member: Enum, language: str) -> str:
    """Return the label of an enumeration's member."""
    return ENUM_LABELS[member][place_of(language)]


def kind_label(vocabulary: Vocabulary, code: str, language: str) -> str:
    """Return the label of a kind; of an unknown one the words of its code, said to be another kind."""
    known = vocabulary.get(code)
    if known is None:
        return PHRASES["other_kind"][place_of(language)].format(text=code.replace("_", " "))
    return (known.label_en, known.label_fr)[place_of(language)]


def word_label(code: str, language: str) -> str:
    """Return the word for a code of an open list; of one that is not known, what it says itself."""
    known = _WORDS.get(code)
    return code.replace("_", " ") if known is None else known[place_of(language)]


def language_label(tag: str, language: str) -> str:
    """Return the name of a language, with its tag where that says more; of others the tag, said to be one."""
    place = place_of(language)
    primary = tag.partition("-")[0].lower()
    if primary not in _LANGUAGE_NAMES:
        return PHRASES["language"][place].format(text=tag)
    name = _LANGUAGE_NAMES[primary][place]
    return name if primary == tag else f"{name} ({PHRASES['language'][place].format(text=tag)})"


def scheme_label(scheme: str, language: str) -> str:
    """Return the label of a scheme of identifiers or of occupations."""
    place = place_of(language)
    if scheme in _SCHEMES:
        return _SCHEMES[scheme][place]
    declared = ATTRIBUTES.get(scheme)
    if declared is not None:
        return (declared.label_en, declared.label_fr)[place]
    return PHRASES["scheme"][place].format(text=scheme.replace("_", " "))
