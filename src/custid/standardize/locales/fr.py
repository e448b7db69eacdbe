"""French words."""

from __future__ import annotations

from custid.standardize.locales._given_names_fr import (
    COMPOSITE_GIVEN_NAMES,
    FAMILY_NAMES,
    GIVEN_NAMES,
    NAMES_OF_BOTH_KINDS,
)
from custid.standardize.locales._nicknames_fr import NICKNAMES
from custid.standardize.locales.pack import LocalePack

__all__ = ["FRENCH"]

_NAMELESS = (
    "inconnu inconnue anonyme nom prenom client cliente divers passage comptoir essai monsieur madame mademoiselle mme mlle "
    "invite visiteur supprime supprimee utilisateur personne quelquun aucun aucune particulier exemple"
).split()

_WITHOUT_MARKS = str.maketrans("éèêàçôî", "eeeacoi", "-")


def _forms(table: str) -> dict[str, str]:
    """Read lines of ``abbreviation | way to write it | …``; the abbreviation itself is one of the ways."""
    forms: dict[str, str] = {}
    for line in table.strip().splitlines():
        abbreviation, *ways = (cell.strip() for cell in line.split("|"))
        forms[abbreviation.lower().replace("-", " ")] = abbreviation
        forms.update((way, abbreviation) for way in ways if way)
    return forms


FRENCH = LocalePack(
    code="fr",
    placeholders={
        "any": frozenset(
            {
                "inconnu", "inconnue", "non connu", "non connue", "non renseigne", "non renseignee", "non communique", "non communiquee",
                "non precise", "non precisee", "non fourni", "non fournie", "non disponible", "non applicable", "non defini", "non definie",
                "non specifie", "non specifiee", "non saisi", "non saisie", "pas renseigne", "pas d information", "pas dinformation", "a completer",
                "a renseigner", "a definir", "a preciser", "a verifier", "a confirmer", "a modifier", "neant", "sans objet", "vide", "indefini",
                "indetermine", "indeterminee", "manquant", "manquante", "ne sait pas", "ne souhaite pas repondre", "sans reponse", "refus",
                "aucun", "aucune", "rien",
            }
        ),
        "name": frozenset(_NAMELESS)
        | {
            "sans nom", "sans prenom", "sans", "nom prenom", "prenom nom", "nom inconnu", "prenom inconnu", "client divers", "clients divers",
            "client comptoir", "client passage", "client de passage", "client inconnu", "client anonyme", "client test", "vente comptoir",
            "vente directe", "de passage", "inconnu inconnu", "nom de famille", "ne pas utiliser", "monsieur x", "madame x", "mr x",
            "nouveau client",
        },
        "organization": frozenset("societe entreprise particulier particuliers client divers sans perso independant retraite comptoir".split())
        | {"sans emploi", "client divers", "client comptoir", "nom de la societe", "raison sociale", "pas de societe"},
        "email": frozenset(
            {"sans", "pas de mail", "pas d email", "pas demail", "pas de courriel", "sans mail", "sans email", "courriel", "pas d adresse mail"}
        ),
        "phone": frozenset({"sans", "pas de telephone", "pas de tel", "sans telephone", "telephone", "liste rouge", "aucun numero"}),
        "date": frozenset({"jj mm aaaa", "date inconnue", "sans date", "date de naissance"}),
        "postcode": frozenset({"sans", "code postal"}),
        "identifier": frozenset({"sans", "en cours", "en attente", "a venir"}),
        "category": frozenset({"sans", "sans categorie", "non classe", "non classee"}),
        "place": frozenset({"sans", "ville", "commune", "lieu inconnu", "sans domicile fixe", "sdf", "ville inconnue"}),
        "street": frozenset(
            {"sans", "sdf", "sans domicile fixe", "sans adresse", "adresse", "adresse inconnue", "pas d adresse", "poste restante", "rue inconnue"}
        ),
    },
    civilities=frozenset("m mm mr monsieur messieurs mme mmes madame mesdames mlle mlles melle mademoiselle maitre me dr docteur professeur prof pr".split()),
    legal_forms=frozenset("sa sarl sas sasu eurl sci snc scp scop scic sca scs scm scea earl gaec eirl ei selarl selas cie".split())
    | {"et cie", "societe anonyme", "auto entrepreneur", "societe a responsabilite limitee"},
    leading_legal_forms=frozenset("sa sarl sas sasu eurl sci snc scp scop scic scea earl gaec eirl ei selarl selas ets etablissements".split()),
    street_front={
        "av": "avenue", "ave": "avenue", "bd": "boulevard", "bld": "boulevard", "blvd": "boulevard", "boul": "boulevard", "r": "rue",
        "pl": "place", "che": "chemin", "chem": "chemin", "ch": "chemin", "imp": "impasse", "all": "allee", "rte": "route", "sq": "square",
        "crs": "cours", "fg": "faubourg", "fbg": "faubourg", "qu": "quai", "res": "residence", "lot": "lotissement", "pass": "passage",
        "esp": "esplanade", "prom": "promenade", "sent": "sentier", "mte": "montee", "rpt": "rondpoint", "ham": "hameau", "quart": "quartier",
        "car": "carrefour", "chs": "chaussee", "cor": "corniche", "dom": "domaine", "dsc": "descente", "eca": "ecart", "gr": "granderue",
        "hle": "halle", "mar": "marche", "pas": "passage", "pln": "plaine", "plt": "plateau", "pro": "promenade", "prv": "parvis",
        "qua": "quartier", "qai": "quai", "rle": "ruelle", "roc": "rocade", "rdpt": "rondpoint", "sen": "sente", "tpl": "terreplein", "tra": "traverse",
        "vla": "villa", "vlge": "village",
    },
    street_inside={
        "av": "avenue", "bd": "boulevard", "bld": "boulevard", "mal": "marechal", "gal": "general", "fg": "faubourg", "fbg": "faubourg",
        "pdt": "president", "prof": "professeur",
    },
    street_kinds={
        word.translate(_WITHOUT_MARKS): word
        for word in (
            "allée allées avenue boulevard carrefour chaussée chemin cité corniche cour cours descente domaine écart esplanade faubourg grande-rue "
            "grand-rue grand-place hameau halle impasse lotissement marché montée passage place plaine plateau promenade parvis pont quai "
            "quartier résidence rond-point route rue ruelle rocade sente sentier square terre-plein traverse venelle villa village voie "
            "clos mail galerie rampe porte passerelle placette côte degrés drève terrasse terrasses berge jetée digue autoroute ancienne-route vieille-route"
        ).split()
    },
    address_words={
        "unit": frozenset(
            "appartement appt apt app appart apart etage etages etg escalier esc porte pte bte boite bal boiteauxlettres logement logt lgt "
            "chambre studio rdc rezdechaussee rezdejardin palier couloir cage bureau local".split()
        ),
        "building": frozenset(
            "batiment bat batt bt immeuble imm residence res tour bloc entree ent hall pavillon pav chateau centrecommercial cc "
            "galeriemarchande ensembleimmobilier foyer ehpad caserne manoir maison".split()
        ),
        "place": frozenset("quartier quart qua village vlge lotissement lot domaine dom".split()),
        "zone": frozenset(
            "za zi zac zae zup zone zoneartisanale zoneindustrielle zonedactivites zonedactivite zonecommerciale zonedactivitescommerciales "
            "zonedamenagementconcerte parcdactivites parcdactivite parcindustriel technopole".split()
        ),
        "hamlet": frozenset("lieudit ld hameau ham ferme moulin mas ecart eca".split()),
        "recipient": frozenset(
            "chez alattentionde alattention alattde attention attn att auxbonssoinsde auxsoinsde auxbonssoins service direction "
            "departement pourlecomptede compte".split()
        ),
        "po_box": frozenset("bp boitepostale cs tsa cidex casepostale cp coursespeciale sp secteurpostal posterestante".split()),
        "side": frozenset("gauche droite face fond milieu centre gche dte".split()),
        "number": frozenset("n no num numero".split()),
        "cedex": frozenset({"cedex"}),
    },
    months={
        name: number
        for number, names in enumerate(
            (
                "janvier janv jan", "fevrier fevr fev", "mars", "avril avr", "mai", "juin", "juillet juil", "aout aou",
                "septembre sept sep", "octobre oct", "novembre nov", "decembre dec",
            ),
            start=1,
        )
        for name in names.split()
    },
    weekdays=frozenset("lundi mardi mercredi jeudi vendredi samedi dimanche lun mer jeu ven sam dim".split()),
    date_words=frozenset("le er eme ne nee du de".split()),
    sexes={
        **dict.fromkeys("h homme hommes masculin masc monsieur garcon".split(), "male"),
        **dict.fromkeys("femme femmes feminin fem mme madame mlle mademoiselle fille".split(), "female"),
    },
    nicknames=NICKNAMES,
    country="FR",
    day_first=True,
    phonetic_key="fr",
    titles=frozenset(
        "mgr monseigneur pere soeur frere abbe general gal colonel col capitaine cne commandant cdt lieutenant adjudant amiral "
        "comtesse vicomte vicomtesse baronne marquise duchesse princesse sir lady lord veuve vve president presidente directeur "
        "directrice ingenieur".split()
    ),
    particles=frozenset("de d du des la l les von van vom zu zur der den het t di da del della dos das do degli ten ter".split()),
    leading_particles=frozenset("de d du des von van vom zu zur di da del della dos das do degli ten ter".split()),
    elided_particles=frozenset({"d"}),
    family_prefixes=frozenset("le la les lo saint sainte st ste ben ibn ait el al abou bou abd ould mac mc san santa".split()),
    suffixes=frozenset("jr junior sr senior ii iii iv vi vii viii phd msc mba fils pere".split()),
    birth_words=frozenset(
        {"ne", "nee", "ne e", "nom de jeune fille", "nom de naissance", "de naissance", "ndjf", "njf"}
    ),
    former_words=frozenset({"anciennement", "precedemment", "ex"}),
    marriage_words=frozenset(
        {"ep", "eps", "epse", "epx", "epouse", "epoux", "marie a", "mariee", "femme", "vve", "veuve", "veuf", "nom d usage", "nom dusage"}
    ),
    alias_words=frozenset({"dit", "dite", "alias", "surnomme", "surnommee", "aka"}),
    remark_words=frozenset(
        "decede decedee feu feue mere pere soeur frere fille client cliente locataire proprietaire gerant gerante mineur mineure doublon ancien ancienne tuteur tutrice conjoint absent npai".split()
    ),
    joiners=frozenset({"et", "ou"}),
    given_names=GIVEN_NAMES,
    composite_given_names=COMPOSITE_GIVEN_NAMES,
    names_of_both_kinds=NAMES_OF_BOTH_KINDS,
    family_names=FAMILY_NAMES,
    is_family_first_common=True,
    legal_form_names=_forms(
        """
        SA | societe anonyme
        SAS | societe par actions simplifiee
        SASU | societe par actions simplifiee unipersonnelle
        SARL | societe a responsabilite limitee
        EURL | entreprise unipersonnelle a responsabilite limitee
        SCI | societe civile immobiliere
        SNC | societe en nom collectif
        SCP | societe civile professionnelle
        SCM | societe civile de moyens
        SCOP | societe cooperative et participative | societe cooperative ouvriere de production
        SCIC | societe cooperative d interet collectif | societe cooperative dinteret collectif
        SCA | societe en commandite par actions
        SCS | societe en commandite simple
        SCEA | societe civile d exploitation agricole | societe civile dexploitation agricole
        SC | societe civile
        EARL | exploitation agricole a responsabilite limitee
        GAEC | groupement agricole d exploitation en commun | groupement agricole dexploitation en commun
        GIE | groupement d interet economique | groupement dinteret economique
        GIP | groupement d interet public | groupement dinteret public
        EI | entreprise individuelle
        EIRL | entreprise individuelle a responsabilite limitee
        SELARL | societe d exercice liberal a responsabilite limitee | societe dexercice liberal a responsabilite limitee
        SELAS | societe d exercice liberal par actions simplifiee | societe dexercice liberal par actions simplifiee
        SELAFA |
        SELASU |
        SPRL |
        EPIC |
        association loi 1901 | association loi de 1901 | association loi du 1er juillet 1901 | asso loi 1901 | loi 1901 | association l 1901
        auto-entrepreneur | auto entrepreneur | autoentrepreneur
        micro-entreprise | micro entreprise | microentreprise | micro entrepreneur
        """
    ),
    small_words=frozenset("de du des d la le les l et en a au aux pour par sur un une ou dans".split()),
    trading_words=frozenset(
        {
            "exploitant sous l enseigne", "exploitant sous lenseigne", "exercant sous l enseigne", "exercant sous lenseigne",
            "sous l enseigne", "sous lenseigne", "enseigne", "a l enseigne", "a lenseigne", "nom commercial", "sous le nom commercial",
            "exploitant sous le nom", "exploitant sous le nom commercial", "exercant sous le nom", "exercant sous le nom commercial",
            "connu sous le nom", "connue sous le nom", "dite", "dit",
        }
    ),
    former_name_words=frozenset({"anciennement", "ex", "anc", "anciennement denommee", "precedemment"}),
    company_words=frozenset(
        "indivision consorts succession hoirie boulangerie boulangeries patisserie boucherie charcuterie garage pharmacie restaurant brasserie hotel cabinet societe entreprise "
        "entreprises etablissements association syndicat mairie ecole lycee college universite hopital clinique laboratoire laboratoires "
        "transports immobilier immobiliere immo consulting conseil conseils services distribution industrie industries holding groupe "
        "plomberie menuiserie maconnerie electricite couverture peinture batiment constructions coiffure fleuriste librairie imprimerie epicerie "
        "supermarche traiteur agence assurances banque cooperative fondation federation comite copropriete sarl sas sasu eurl sci snc scop scea earl "
        "gaec gie selarl selas scp informatique technologies solutions distribution logistique".split()
    ),
    kin_words=frozenset("fils filles freres soeurs cie associes compagnie".split()),
    cities=frozenset(
        "paris marseille lyon toulouse nice nantes montpellier strasbourg bordeaux lille rennes reims toulon grenoble dijon angers nimes "
        "villeurbanne brest limoges tours amiens perpignan metz besancon orleans rouen mulhouse caen nancy argenteuil montreuil roubaix "
        "tourcoing nanterre avignon creteil poitiers versailles courbevoie vitry colombes pau antibes cannes calais quimper lorient vannes "
        "valence chambery annecy colmar troyes niort bourges cholet beziers ajaccio bastia dunkerque".split()
    )
    | {
        "le havre", "saint etienne", "le mans", "clermont ferrand", "aix en provence", "saint denis", "boulogne billancourt", "la rochelle",
        "saint nazaire", "asnieres sur seine", "levallois perret", "issy les moulineaux", "neuilly sur seine", "saint malo", "saint brieuc",
    },
)  # fmt: skip
