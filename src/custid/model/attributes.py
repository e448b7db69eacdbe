"""One declaration per attribute of a customer.

Detection of columns, standardization, the default comparisons and the reports read these declarations and nothing
else; to add an attribute is to add one entry here (and a standardizer, where its values need a new one).
"""

from __future__ import annotations

from enum import StrEnum

from attrs import field, frozen, validators

from custid.errors import ConfigurationError

__all__ = ["ATTRIBUTES", "Attribute", "Evidence", "InformationGroup", "Privacy", "attribute"]


class InformationGroup(StrEnum):
    """The kind of information an attribute belongs to."""

    LEGAL = "legal"
    CONTACT = "contact"
    PROFESSIONAL = "professional"
    IDENTIFIER = "identifier"
    TECHNICAL = "technical"


class Evidence(StrEnum):
    """What agreement on an attribute may prove."""

    KEY = "key"
    STRONG = "strong"
    WEAK = "weak"
    NONE = "none"
    BANNED = "banned"


class Privacy(StrEnum):
    """How much an attribute's values are to be guarded."""

    PUBLIC = "public"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


@frozen(kw_only=True)
class Attribute:
    """Everything that the library has to know about one attribute.

    Attributes
    ----------
    name : str
        Identifier used in schemas, models and results.
    group : InformationGroup
        Kind of information.
    evidence : Evidence
        What agreement may prove; ``NONE`` and ``BANNED`` are never compared.
    privacy : Privacy
        How its values are guarded.
    standardizer : str
        Name of the standardizer that makes its canonical values; empty for none.
    is_personal : bool
        True when members of one household differ in it (given name, sex, an identifier of the person).
    is_circumstantial : bool
        True when strangers of one place or trade agree on it (city, postcode, occupation).
    label_en, label_fr : str
        What a person reads.
    aliases : tuple of str
        Column names, folded (lower case, no accents, single underscores), under which sources keep it.
    """

    name: str = field(validator=validators.matches_re(r"[a-z][a-z_]*"))
    group: InformationGroup
    evidence: Evidence
    privacy: Privacy = Privacy.PERSONAL
    standardizer: str = ""
    is_personal: bool = False
    is_circumstantial: bool = False
    label_en: str
    label_fr: str
    aliases: tuple[str, ...] = ()


_G, _E, _P = InformationGroup, Evidence, Privacy

_DECLARATIONS = (
    Attribute(
        name="record_key",
        group=_G.TECHNICAL,
        evidence=_E.NONE,
        label_en="record key",
        label_fr="clé de l'enregistrement",
        aliases=(
            "record_id", "record_key", "recordid", "rec_id", "recid", "unique_id", "uid", "uuid", "guid", "id", "row_id", "rowid",
            "row_number", "index", "key", "pk", "no", "num", "numero", "customer_id", "customerid", "customer_number", "customer_no",
            "cust_id", "client_id", "clientid", "id_client", "idclient", "code_client", "numero_client", "num_client", "no_client",
            "contact_id", "account_id", "person_id", "personid", "member_id", "user_id", "userid", "id_personne", "id_contact",
            "identifiant", "ident", "cle", "ref", "reference", "ltable_id", "rtable_id", "crm_id",
        ),
    ),
    Attribute(
        name="source",
        group=_G.TECHNICAL,
        evidence=_E.NONE,
        label_en="source",
        label_fr="source",
        aliases=(
            "source", "source_dataset", "source_system", "source_name", "dataset", "data_source", "datasource", "src", "origin",
            "origine", "systeme", "system", "provenance", "fichier", "file", "filename", "file_name", "shop", "store", "boutique",
            "magasin", "base",
        ),
    ),
    Attribute(
        name="truth",
        group=_G.TECHNICAL,
        evidence=_E.BANNED,
        label_en="known customer",
        label_fr="client connu",
        aliases=(
            "true_id", "trueid", "truth", "true_match_id", "cluster", "cluster_id", "clusterid", "cluster_number", "ent_id", "entity",
            "entity_id", "entityid", "group_id", "match_id", "match_group", "label", "labels", "is_match", "canonical_id",
            "gold", "gold_id", "golden_id", "duplicate_of", "duplicate_id", "dup_id",
        ),
    ),
    Attribute(
        name="full_name",
        group=_G.LEGAL,
        evidence=_E.STRONG,
        standardizer="person_name",
        label_en="full name",
        label_fr="nom complet",
        aliases=(
            "full_name", "fullname", "person_name", "complete_name", "display_name", "first_and_surname", "first_and_last_name",
            "first_last_name", "name_and_surname", "nom_complet", "nom_prenom", "prenom_nom", "nom_et_prenom", "prenom_et_nom",
            "noms", "customer_name", "client_name", "contact_name", "nom_client", "nom_contact", "holder", "titulaire", "name",
        ),
    ),
    Attribute(
        name="given_name",
        group=_G.LEGAL,
        evidence=_E.STRONG,
        standardizer="person_name",
        is_personal=True,
        label_en="given name",
        label_fr="prénom",
        aliases=(
            "given_name", "givenname", "given_names", "first_name", "firstname", "first_names", "first", "fname", "f_name", "fname_c1",
            "fname_c2", "forename", "forenames", "christian_name", "middle_name", "middlename", "middle_names", "mname", "second_name",
            "prenom", "prenoms", "prenom_1", "prenom_usuel", "deuxieme_prenom", "vorname", "nombre",
        ),
    ),
    Attribute(
        name="family_name",
        group=_G.LEGAL,
        evidence=_E.STRONG,
        standardizer="person_name",
        label_en="family name",
        label_fr="nom de famille",
        aliases=(
            "family_name", "familyname", "last_name", "lastname", "last_names", "last", "lname", "l_name", "lname_c1", "lname_c2",
            "surname", "surnames", "sname", "maiden_name", "birth_name", "nom", "nom_famille", "nom_de_famille", "nom_usage",
            "nom_d_usage", "nom_naissance", "nom_de_naissance", "nom_jeune_fille", "nom_de_jeune_fille", "nom_marital", "patronyme",
            "nachname", "apellido", "apellidos",
        ),
    ),
    Attribute(
        name="organization_name",
        group=_G.LEGAL,
        evidence=_E.STRONG,
        privacy=_P.PUBLIC,
        standardizer="organization_name",
        label_en="organization",
        label_fr="organisation",
        aliases=(
            "organization_name", "organisation_name", "organization", "organisation", "org_name", "org", "company", "company_name",
            "business_name", "business", "legal_name", "trading_name", "trade_name", "site_name", "site", "restaurant", "restaurant_name",
            "place_name", "establishment", "establishment_name", "vendor", "vendor_name", "supplier", "supplier_name", "firm", "employer",
            "dba", "raison_sociale", "societe", "entreprise", "nom_entreprise", "nom_societe", "denomination", "denomination_sociale",
            "enseigne", "nom_commercial", "etablissement", "nom_etablissement", "fournisseur", "agency", "provider", "provider_name",
            "school", "school_name", "hospital", "hospital_name", "hotel", "hotel_name", "venue",
        ),
    ),
    Attribute(
        name="birth_date",
        group=_G.LEGAL,
        evidence=_E.STRONG,
        standardizer="date",
        label_en="birth date",
        label_fr="date de naissance",
        aliases=(
            "birth_date", "birthdate", "date_of_birth", "dateofbirth", "dob", "birthday", "birth_day_date", "born", "born_on", "d_o_b",
            "bdate", "date_naissance", "date_de_naissance", "naissance", "datenaissance", "date_naiss", "ddn", "ne_le", "nee_le",
            "anniversaire", "geburtsdatum",
        ),
    ),
    Attribute(
        name="birth_year",
        group=_G.LEGAL,
        evidence=_E.STRONG,
        label_en="year of birth",
        label_fr="année de naissance",
        aliases=("birth_year", "birthyear", "year_of_birth", "yob", "by", "annee_naissance", "annee_de_naissance", "an_naissance"),
    ),
    Attribute(
        name="birth_month",
        group=_G.LEGAL,
        evidence=_E.STRONG,
        label_en="month of birth",
        label_fr="mois de naissance",
        aliases=("birth_month", "birthmonth", "month_of_birth", "mob_month", "bm", "mois_naissance", "mois_de_naissance"),
    ),
    Attribute(
        name="birth_day",
        group=_G.LEGAL,
        evidence=_E.STRONG,
        label_en="day of birth",
        label_fr="jour de naissance",
        aliases=("birth_day", "day_of_birth", "bd", "jour_naissance", "jour_de_naissance"),
    ),
    Attribute(
        name="birth_place",
        group=_G.LEGAL,
        evidence=_E.WEAK,
        standardizer="place",
        is_circumstantial=True,
        label_en="birth place",
        label_fr="lieu de naissance",
        aliases=(
            "birth_place", "birthplace", "place_of_birth", "pob", "city_of_birth", "birth_city", "lieu_naissance", "lieu_de_naissance",
            "ville_naissance", "ville_de_naissance", "commune_naissance", "ne_a",
        ),
    ),
    Attribute(
        name="sex",
        group=_G.LEGAL,
        evidence=_E.WEAK,
        standardizer="sex",
        is_personal=True,
        label_en="sex",
        label_fr="sexe",
        aliases=("sex", "gender", "sexe", "genre", "civilite", "civility", "civ", "salutation", "title", "titre", "honorific", "prefix"),
    ),
    Attribute(
        name="email",
        group=_G.CONTACT,
        evidence=_E.STRONG,
        standardizer="email",
        label_en="e-mail",
        label_fr="courriel",
        aliases=(
            "email", "e_mail", "mail", "email_address", "e_mail_address", "emailaddress", "email_1", "email_2", "courriel", "mel",
            "adresse_email", "adresse_mail", "adresse_e_mail", "adresse_electronique", "email_client", "contact_email",
        ),
    ),
    Attribute(
        name="phone",
        group=_G.CONTACT,
        evidence=_E.STRONG,
        standardizer="phone",
        label_en="phone",
        label_fr="téléphone",
        aliases=(
            "phone", "phone_number", "phonenumber", "phone_no", "phone_1", "phone_2", "telephone", "telephone_number", "tel", "tel_1",
            "tel_2", "tel_no", "mobile", "mobile_phone", "mobile_number", "cell", "cellphone", "cell_phone", "home_phone", "work_phone",
            "landline", "land_line", "contact_phone", "fixe", "portable", "gsm", "tel_portable", "tel_mobile", "tel_fixe", "tel_domicile",
            "telephone_portable", "telephone_mobile", "telephone_fixe", "telephone_domicile", "numero_telephone", "numero_de_telephone",
            "num_tel", "telefon", "telefono",
        ),
    ),
    Attribute(
        name="street",
        group=_G.CONTACT,
        evidence=_E.STRONG,
        standardizer="street",
        is_circumstantial=True,
        label_en="street",
        label_fr="voie",
        aliases=(
            "street", "street_name", "street_address", "streetaddress", "address", "address_1", "address1", "address_line_1",
            "address_line1", "addr", "addr_1", "addr1", "address_line", "add_1", "add1", "postal_address", "mailing_address", "home_address",
            "adresse", "adresse_1", "adresse1", "adresse_ligne_1", "adresse_postale", "ligne_adresse", "rue", "voie", "nom_voie",
            "libelle_voie", "l4", "strasse", "direccion",
        ),
    ),
    Attribute(
        name="address_line",
        group=_G.CONTACT,
        evidence=_E.WEAK,
        standardizer="street",
        is_circumstantial=True,
        label_en="further address line",
        label_fr="complément d'adresse",
        aliases=(
            "address_2", "address2", "address_line_2", "address_line2", "addr_2", "addr2", "add_2", "add2", "address_3", "address3",
            "address_line_3", "unit", "apartment", "apt", "building", "locality", "complement", "complement_adresse", "adresse_2",
            "adresse2", "adresse_ligne_2", "batiment", "residence", "lieu_dit", "l2", "l3", "l5",
        ),
    ),
    Attribute(
        name="house_number",
        group=_G.CONTACT,
        evidence=_E.WEAK,
        standardizer="house_number",
        is_circumstantial=True,
        label_en="house number",
        label_fr="numéro",
        aliases=(
            "house_number", "housenumber", "house_no", "street_number", "streetnumber", "street_no", "stno", "st_no", "building_number",
            "numero_voie", "numero_rue", "num_voie", "no_voie", "numero_de_voie", "hausnummer",
        ),
    ),
    Attribute(
        name="postcode",
        group=_G.CONTACT,
        evidence=_E.STRONG,
        standardizer="postcode",
        is_circumstantial=True,
        label_en="postcode",
        label_fr="code postal",
        aliases=(
            "postcode", "post_code", "postal_code", "postalcode", "postcode_fake", "zip", "zip_code", "zipcode", "zip5", "zip_5",
            "cp", "code_postal", "codepostal", "c_postal", "plz", "area_code", "areacode", "cap",
        ),
    ),
    Attribute(
        name="city",
        group=_G.CONTACT,
        evidence=_E.WEAK,
        standardizer="place",
        is_circumstantial=True,
        label_en="city",
        label_fr="ville",
        aliases=(
            "city", "town", "suburb", "municipality", "post_town", "ville", "commune", "localite", "city_name", "nom_commune",
            "nom_ville", "village", "ort", "stadt", "ciudad", "municipio",
        ),
    ),
    Attribute(
        name="region",
        group=_G.CONTACT,
        evidence=_E.WEAK,
        standardizer="category",
        is_circumstantial=True,
        label_en="region",
        label_fr="région",
        aliases=(
            "state", "state_code", "province", "region", "county", "department", "departement", "dept", "canton", "territory", "etat",
            "stateprovince", "state_province",
        ),
    ),
    Attribute(
        name="country",
        group=_G.CONTACT,
        evidence=_E.WEAK,
        standardizer="category",
        is_circumstantial=True,
        label_en="country",
        label_fr="pays",
        aliases=("country", "country_code", "nation", "nationality", "pays", "code_pays", "nationalite", "land", "pais"),
    ),
    Attribute(
        name="national_id",
        group=_G.IDENTIFIER,
        evidence=_E.KEY,
        privacy=_P.SENSITIVE,
        standardizer="identifier",
        is_personal=True,
        label_en="national identifier",
        label_fr="identifiant national",
        aliases=(
            "soc_sec_id", "ssn", "social_security_number", "social_security", "socialsecurity", "soc_sec", "sin", "nino", "national_id",
            "national_insurance_number", "national_insurance", "national_number", "tax_id", "tin", "passport", "passport_number",
            "id_card", "id_number", "driving_licence", "driver_license", "license_number", "licence_number", "medicare", "nhs_number",
            "nhs", "dni", "cpf", "numero_passeport", "cni", "carte_identite", "permis",
        ),
    ),
    Attribute(
        name="organization_id",
        group=_G.IDENTIFIER,
        evidence=_E.KEY,
        privacy=_P.PUBLIC,
        standardizer="identifier",
        label_en="organization identifier",
        label_fr="identifiant d'entreprise",
        aliases=(
            "siren", "siret", "lei", "vat", "vat_number", "vat_id", "tva", "numero_tva", "tva_intracommunautaire", "rna", "ein", "duns",
            "duns_number", "company_number", "registration_number", "company_registration_number", "rcs", "abn", "npi",
        ),
    ),
    Attribute(
        name="loyalty_card",
        group=_G.IDENTIFIER,
        evidence=_E.KEY,
        standardizer="identifier",
        is_personal=True,
        label_en="loyalty card",
        label_fr="carte de fidélité",
        aliases=(
            "loyalty_card", "loyalty_card_number", "loyalty_number", "loyalty_id", "loyalty", "card", "card_number", "card_no", "cardno",
            "member_card", "membership_number", "membership_no", "membership_id", "carte", "carte_fidelite", "carte_de_fidelite",
            "numero_carte", "num_carte", "no_carte", "numero_de_carte", "fidelite", "numero_fidelite",
        ),
    ),
    Attribute(
        name="occupation",
        group=_G.PROFESSIONAL,
        evidence=_E.WEAK,
        standardizer="category",
        is_circumstantial=True,
        label_en="occupation",
        label_fr="profession",
        aliases=("occupation", "profession", "job", "job_title", "metier", "emploi", "poste", "fonction", "beruf"),
    ),
    Attribute(
        name="category",
        group=_G.PROFESSIONAL,
        evidence=_E.WEAK,
        privacy=_P.PUBLIC,
        standardizer="category",
        is_circumstantial=True,
        label_en="category",
        label_fr="catégorie",
        aliases=(
            "category", "categories", "type", "kind", "cuisine", "industry", "sector", "activity", "naf", "ape", "code_naf", "code_ape",
            "secteur", "activite", "categorie", "legal_form", "forme_juridique", "class",
        ),
    ),
)  # fmt: skip

ATTRIBUTES: dict[str, Attribute] = {declared.name: declared for declared in _DECLARATIONS}
"""All declared attributes by name."""


def attribute(name: str) -> Attribute:
    """Return the declaration of an attribute.

    Parameters
    ----------
    name : str
        Name of the attribute, for example ``"given_name"``.

    Returns
    -------
    Attribute
        Its declaration.

    Raises
    ------
    ConfigurationError
        If no attribute has that name.

    Examples
    --------
    >>> attribute("city").label_fr
    'ville'
    """
    try:
        return ATTRIBUTES[name]
    except KeyError:
        raise ConfigurationError(
            f"attribute {name!r}: expected one of {', '.join(map(repr, ATTRIBUTES))}.",
            hint="A column that is none of these is passed through unchanged.",
        ) from None
