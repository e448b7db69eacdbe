"""What the customer card says, in English and in French."""

from __future__ import annotations

from typing import Final

from custid.report.wording import table_of

__all__ = ["CARD_WORDS"]


CARD_WORDS: Final = table_of("""
    title          | Customer card                       | Fiche client
    customer       | customer {id}                       | client {id}
    at             | as of {date}                        | au {date}
    private        | Personal data: keep it in a safe place. | Données personnelles : à garder en lieu sûr.
    status         | status                              | statut
    since          | {text} since {date}                 | {text} depuis le {date}
    tenure         | tenure                              | ancienneté
    tenure_years   | {years} years                       | {years} ans
    tenure_days    | {days} days                         | {days} jours
    origin         | won by                              | origine
    freshness      | last heard of                       | dernières nouvelles
    first_heard    | {newest}; known since {oldest}      | {newest} ; connu depuis le {oldest}
    waiting        | waiting                             | en attente
    conflicting    | contradictions                      | contradictions
    restricted     | restricted                          | limitation
    n_restricted   | {n} records: kept and not used      | {n} fiches : conservées sans être utilisées
    redirects      | also known as                       | aussi connu comme
    identity       | Identity                            | Identité
    contacts       | Contact                             | Coordonnées
    preferences    | Preferences                         | Préférences
    consents       | Consents and objections             | Consentements et oppositions
    open_requests  | Open requests                       | Demandes en cours
    due            | Due soon                            | Échéances proches
    roles          | Roles                               | Rôles
    relations      | Relations                           | Relations
    linked         | Other customers                     | Autres clients
    holdings       | Holdings                            | Équipements et contrats
    worth          | Value and wealth                    | Valeur et patrimoine
    life_events    | Life events                         | Événements de vie
    notes          | Notes                               | Notes
    threads        | Conversations                       | Conversations
    thread         | {text}: {channels} ({n})            | {text} : {channels} ({n})
    timeline       | All contacts                        | Tous les contacts
    unread         | Could not be read                   | N'a pas pu être lu
    records        | Sources                             | Sources
    said           | {basis}, {source} (record {record}), {date} | {basis}, {source} (fiche {record}), {date}
    masked_said    | {source} (record {record}), {date}  | {source} (fiche {record}), {date}
    verified       | verified                            | vérifié
    masked         | masked                              | masqué
    conflict       | contradicted: {text}                | contredit : {text}
    confirmed      | also said: {text}                   | dit aussi : {text}
    also           | also: {text}                        | aussi : {text}
    record         | record {record} of {source}         | fiche {record} de {source}
    is_customer    | record {record} of {source} is customer {id} | la fiche {record} de {source} est le client {id}
    holds          | {text}, today: {status}             | {text}, à ce jour : {status}
    nothing        | nothing to show                     | rien à montrer
""")  # fmt: skip
