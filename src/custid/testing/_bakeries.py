"""The customer files of three bakeries: the sample that the documentation works with."""

from __future__ import annotations

from custid.testing._customers import SyntheticCustomers, synthetic_customers
from custid.testing._habits import MissingShares, SourceHabits

__all__ = ["bakery_customers"]

_TOWNS = {
    "Nantes": ("44000", "44100", "44200", "44300"),
    "Rezé": ("44400",),
    "Saint-Herblain": ("44800",),
    "Orvault": ("44700",),
    "Saint-Sébastien-sur-Loire": ("44230",),
    "Vertou": ("44120",),
    "La Chapelle-sur-Erdre": ("44240",),
    "Bouguenais": ("44340",),
    "Carquefou": ("44470",),
    "Couëron": ("44220",),
    "Sainte-Luce-sur-Loire": ("44980",),
    "Basse-Goulaine": ("44115",),
    "Haute-Goulaine": ("44115",),
    "Les Sorinières": ("44840",),
    "Thouaré-sur-Loire": ("44470",),
    "Sautron": ("44880",),
}

_SHOPS = (
    SourceHabits(
        name="Fournil des Halles",
        weight=0.45,
        missing=MissingShares(birth_date=0.25, sex=0.1, email=0.25, phone=0.15, address=0.1, loyalty_card=0.1),
        upper_case=0.15,
        no_accents=0.3,
        date_layout="{d:02d}/{m:02d}/{y:04d}",
        sex_words=("M.", "Mme"),
        phone_layouts=("spaced", "spaced", "dotted", "plain"),
        has_one_phone_field=True,
        has_number_in_street=True,
        placeholders=0.03,
        card_prefix="FH",
        card_holders=0.85,
    ),
    SourceHabits(
        name="Maison Brioche",
        weight=0.3,
        missing=MissingShares(birth_date=0.35, sex=0.3, email=0.05, phone=0.3, address=0.15, loyalty_card=0.2),
        lower_case=0.12,
        no_accents=0.2,
        sex_words=("Monsieur", "Madame"),
        phone_layouts=("plain", "spaced", "international"),
        has_one_phone_field=True,
        has_number_in_street=True,
        swapped_names=0.015,
        placeholders=0.02,
        card_prefix="MB",
        card_holders=0.7,
    ),
    SourceHabits(
        name="Aux Deux Épis",
        weight=0.25,
        missing=MissingShares(
            given_name=0.03,
            family_name=0.005,
            birth_date=0.45,
            sex=0.2,
            email=0.5,
            phone=0.25,
            address=0.25,
            loyalty_card=0.05,
        ),
        upper_case=1.0,
        no_accents=1.0,
        date_layout="{d:02d}.{m:02d}.{y:04d}",
        sex_words=("M", "F"),
        phone_layouts=("plain", "plain", "bare"),
        has_one_phone_field=True,
        has_number_in_street=True,
        abbreviated_streets=0.4,
        joined_names=0.02,
        placeholders=0.06,
        own_email="caisse@deuxepis.example",
        card_prefix="2E",
        card_holders=0.9,
    ),
)

_COLUMNS = {
    "record_id": "numero",
    "shop": "boutique",
    "given_name": "prenom",
    "family_name": "nom",
    "company": "societe",
    "birth_date": "date_naissance",
    "sex": "civilite",
    "email": "courriel",
    "phone": "telephone",
    "street": "adresse",
    "postcode": "code_postal",
    "city": "ville",
    "loyalty_card": "carte_fidelite",
}


def bakery_customers(n_records: int = 5000, *, seed: int = 1) -> SyntheticCustomers:
    """Return the customer files of three bakeries around Nantes, as one messy table with French column names.

    Each bakery has its own habits and its own loyalty card; a customer of two of them holds two cards. Most customers
    are people, one in twenty-five is the site of an organization.

    Parameters
    ----------
    n_records : int
        Number of records, at least 0.
    seed : int
        At least 0.

    Returns
    -------
    SyntheticCustomers
        ``records`` has the columns ``numero``, ``boutique``, ``prenom``, ``nom``, ``societe``, ``date_naissance``,
        ``civilite``, ``courriel``, ``telephone``, ``adresse``, ``code_postal``, ``ville`` and ``carte_fidelite``;
        ``truth`` has ``numero`` and ``true_id``.

    Raises
    ------
    ConfigurationError
        If an argument is below 0.

    Examples
    --------
    >>> from custid.testing import bakery_customers
    >>> sorted(set(bakery_customers(200).records["boutique"].to_pylist()))
    ['Aux Deux Épis', 'Fournil des Halles', 'Maison Brioche']
    """
    made = synthetic_customers(
        n_records,
        seed=seed,
        sources=_SHOPS,
        share_of_organizations=0.04,
        share_of_single_records=0.45,
        share_of_english=0.0,
        cities=_TOWNS,
    )
    return SyntheticCustomers(
        records=made.records.select(list(_COLUMNS)).rename_columns(list(_COLUMNS.values())),
        truth=made.truth.rename_columns(["numero", "true_id"]),
        households=made.households,
    )
