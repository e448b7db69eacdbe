"""What people read of changes and of the health of a population, in English and in French."""

from __future__ import annotations

from typing import Final

from custid.model._labels import place_of
from custid.report.wording import number_text, table_of

__all__ = ["number", "percent_text", "said"]

_NARROW_SPACE: Final = "\u202f"

_SAID: Final = table_of("""
    change_records            | {n_records} records in both results: {n_customers_before} customers before, {n_customers_after} after | {n_records} enregistrements communs : {n_customers_before} clients avant, {n_customers_after} après
    change_unchanged          | unchanged: {n_unchanged} customers; {n_records_moved} records change their company | inchangés : {n_unchanged} clients ; {n_records_moved} enregistrements changent d'entourage
    change_kinds              | merges: {n_merged}, splits: {n_split}, regroupings: {n_regrouped}, customers that appear: {n_appeared}, that vanish: {n_vanished} | fusions : {n_merged}, scissions : {n_split}, recompositions : {n_regrouped}, clients apparus : {n_appeared}, disparus : {n_vanished}
    change_pairs              | pairs of records of one customer: {n_pairs_kept} kept, {n_pairs_gained} gained, {n_pairs_lost} lost | paires d'enregistrements d'un même client : {n_pairs_kept} gardées, {n_pairs_gained} gagnées, {n_pairs_lost} perdues
    change_measure            | variation of information: {vi} bits a record | variation d'information : {vi} bit par enregistrement
    change_identifiers        | identifiers: {n_identifiers_redirected} would lead to another one, {n_identifiers_issued} would be new | identifiants : {n_identifiers_redirected} mèneraient à un autre, {n_identifiers_issued} seraient nouveaux
    change_doubtful_merged    | merges, the most doubtful first: | fusions, les plus douteuses d'abord :
    change_doubtful_split     | splits, the most doubtful first: | scissions, les plus douteuses d'abord :
    change_doubtful_regrouped | regroupings, the most doubtful first: | recompositions, les plus douteuses d'abord :
    example                   | {left} and {right}: {before} bits before ({reason_before}), {after} after ({reason_after}); {parts} | {left} et {right} : {before} bits avant ({reason_before}), {after} après ({reason_after}) ; {parts}
    counts_more               | {name}: {bits} bits more | {name} : {bits} bits de plus
    counts_less               | {name}: {bits} bits less | {name} : {bits} bits de moins
    counts_same               | no part of the weight differs | aucune partie du poids ne diffère
    prior                     | the odds before comparing | les chances avant comparaison
    moved                     | that the customer may have moved | un déménagement possible
    alternative               | other explanations | les autres explications
    reason_pair               | this pair alone would do | cette paire suffirait
    reason_other_records      | joined by way of other records | réunis par d'autres enregistrements
    reason_equal_content      | equal content | contenu identique
    reason_kept_apart         | kept apart by what they differ in | séparés par ce qui les distingue
    reason_one_per_source     | both of a source without duplicates | tous deux d'une source sans doublons
    reason_no_shared_key      | not compared, no shared key | non comparés, faute de clé commune
    reason_blocks_too_large   | not compared, blocks too large | non comparés, blocs trop grands
    reason_weighed_low        | weighed too low | poids trop faible
    reason_barred             | other records of the two must stay apart | d'autres enregistrements des deux doivent rester séparés
    reason_relation           | known to be related people | personnes apparentées, on le sait
    reason_verdict            | a person has said so | une personne l'a dit
    reason_rule               | a rule says so | une règle le dit
    reason_outvoted           | outvoted by other records | mis en minorité par d'autres enregistrements
    model_sizes               | trained on {before} distinct records before, {after} after | appris sur {before} enregistrements distincts avant, {after} après
    model_prior               | odds before comparing: {before} bits before, {after} after | chances avant comparaison : {before} bits avant, {after} après
    model_comparisons         | comparisons only before: {before}; only after: {after} | comparaisons seulement avant : {before} ; seulement après : {after}
    model_levels              | levels whose weight changes by {least} bit or more: {n} | niveaux dont le poids change de {least} bit ou plus : {n}
    model_level               | {name}, {level}: {before} → {after} bits | {name}, {level} : {before} → {after} bits
    model_frequencies         | frequencies of values, divergence in bits: {text} | fréquences des valeurs, divergence en bits : {text}
    none                      | none | aucune
    health_sizes              | {n_records} records, {n_customers} customers (merge rate {merge_rate}, single records {single_share}) | {n_records} enregistrements, {n_customers} clients (taux de fusion {merge_rate}, clients d'un enregistrement {single_share})
    health_tail               | records of a customer: 99% have at most {q99}, 99.9% at most {q999}, the largest has {largest} | enregistrements par client : 99 % en ont au plus {q99}, 99,9 % au plus {q999}, le plus grand {largest}
    health_review             | records in review: {review_share}; refused rows: {n_refused}; records passed over by blocking: {n_passed_over} | enregistrements à revoir : {review_share} ; lignes refusées : {n_refused} ; enregistrements omis par le blocage : {n_passed_over}
    health_pairs              | pairs weighed per record: {pairs_per_record}; uncertain ones: {uncertain_share}; mean entropy {entropy} bits | paires pesées par enregistrement : {pairs_per_record} ; incertaines : {uncertain_share} ; entropie moyenne {entropy} bit
    health_attribute          | {name}: {missing} missing, {invalid} invalid, {n_generic} generic values | {name} : {missing} manquants, {invalid} invalides, {n_generic} valeurs génériques
    watch_nothing             | Nothing moved beyond what chance explains. | Rien n'a bougé au-delà de ce que le hasard explique.
    serious                   | serious | grave
    notable                   | notable | à noter
    moved                     | {name}: {after}, {before} before ({z} standard errors) | {name} : {after}, contre {before} ({z} erreurs types)
    moved_log                 | {name}: {after}, {before} as a rule ({z} deviations) | {name} : {after}, contre {before} d'ordinaire ({z} écarts)
    moved_mix                 | {name}: other than before (stability index {psi}) | {name} : autre répartition qu'avant (indice de stabilité {psi})
    tail                      | {n} customers have {least} records or more, which the others do not lead one to expect | {n} clients ont {least} enregistrements ou plus, ce que les autres ne laissent pas attendre
    growth                    | pairs within customers grow faster than records: with exponent {exponent} | les paires internes aux clients croissent plus vite que les enregistrements : exposant {exponent}
    retrain                   | {name}: values are no longer as frequent as when the match model was trained (stability index {psi}); train it anew | {name} : les valeurs n'ont plus les fréquences de l'apprentissage (indice de stabilité {psi}) ; réapprendre le modèle
    not_converged             | learning stopped before it came to rest; weights may be rough | l'apprentissage s'est arrêté avant l'équilibre ; les poids peuvent être grossiers
    unlike                    | {name}: found in one of the two only | {name} : présent dans l'un des deux seulement
    merge_rate                | merge rate | taux de fusion
    single_share              | customers of one record | clients d'un seul enregistrement
    review_share              | records in review | enregistrements à revoir
    refused_share             | refused rows | lignes refusées
    passed_over_share         | records passed over by blocking | enregistrements omis par le blocage
    uncertain_share           | uncertain pairs | paires incertaines
    customer_sizes            | records of a customer | enregistrements par client
    missing_share             | {name}, missing | {name}, manquants
    invalid_share             | {name}, invalid | {name}, invalides
    generic_share             | {name}, generic values | {name}, valeurs génériques
    frequent_values           | {name}, frequent values | {name}, valeurs fréquentes
    levels_of_matches         | {name}, levels among matches | {name}, niveaux chez un même client
""")  # noqa: E501 - sentences


def said(code: str, language: str, **words: object) -> str:
    """Return a sentence or name.

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
        The text.
    """
    return _SAID[code][place_of(language)].format(**words)


def number(value: float, language: str, *, digits: int = 0, sign: bool = False) -> str:
    """Return a number as people write it, without digits after the point unless asked for."""
    return number_text(value, language, digits=digits, sign=sign)


def percent_text(share: float, language: str) -> str:
    """Return a share as per cent, with more digits where it is small.

    Examples
    --------
    >>> percent_text(0.125, "en"), percent_text(0.0004, "en")
    ('12.5%', '0.040%')
    """
    digits = 1 if share >= 0.01 or share == 0 else 3
    return f"{number(100 * share, language, digits=digits)}{'%' if language == 'en' else f'{_NARROW_SPACE}%'}"
