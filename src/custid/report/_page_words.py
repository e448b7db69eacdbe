"""What the review page says, in English and in French."""

from __future__ import annotations

from typing import Final

from custid.report.wording import table_of

__all__ = ["PAGE_WORDS"]


PAGE_WORDS: Final = table_of("""
    title            | Customer review                   | Revue des clients
    tag_pair         | may be one                        | peut-être le même
    missing          | Missing on one side at least, hence 0 bits: {text}. | Manquant d'un côté au moins, donc 0 bit : {text}.
    download_short   | Download                          | Télécharger
    skip             | Skip to the customer              | Aller au client
    summary          | {n_records} records, {n_customers} customers, {n_pairs} pairs weighed. | {n_records} enregistrements, {n_customers} clients, {n_pairs} paires pesées.
    shown            | Shown: the {n_several_shown} most doubtful of {n_several} customers with several records, and {n_apart_shown} of {n_apart} pairs of customers that may be one. | Affichés : les {n_several_shown} plus douteux des {n_several} clients à plusieurs enregistrements, et {n_apart_shown} des {n_apart} paires de clients qui pourraient n'en faire qu'un.
    sources          | Sources:                          | Sources :
    progress         | {done} of {total} decided         | {done} sur {total} décidés
    search           | Search values and keys            | Chercher une valeur ou une clé
    kind             | Show                              | Afficher
    kind_all         | Everything                        | Tout
    kind_customer    | Customers found                   | Clients trouvés
    kind_pair        | May be one customer               | Peut-être un seul client
    state            | Decision                          | Décision
    state_all        | All                               | Toutes
    state_open       | To be decided                     | À décider
    state_done       | Decided                           | Décidées
    n_found          | {n} shown, the most doubtful first | {n} affichés, les plus douteux d'abord
    nothing          | Nothing fits. Clear the search or the filters. | Rien ne correspond. Effacez la recherche ou les filtres.
    empty            | Nothing is in doubt: no customer has several records, and no two customers may be one. | Rien n'est douteux : aucun client n'a plusieurs enregistrements, et il n'y en a pas deux qui pourraient n'en faire qu'un.
    customer         | Customer {n}                      | Client {n}
    customers        | Customers {n} and {other}         | Clients {n} et {other}
    is_one           | One customer?                     | Un seul client ?
    are_one          | The same customer?                | Le même client ?
    n_records        | {n} records                       | {n} enregistrements
    weakest          | weakest link {bits} bits          | lien le plus faible : {bits} bits
    strongest        | apart, at {bits} bits             | séparés, à {bits} bits
    some_records     | {shown} of {n} records are shown, those of the weakest link among them. Decisions are about these. | {shown} des {n} enregistrements sont affichés, dont ceux du lien le plus faible. Les décisions portent sur ceux-ci.
    accept           | One customer                      | Un seul client
    reject           | Two customers                     | Deux clients
    split            | Split                             | Scinder
    unsure           | Not sure                          | Je ne sais pas
    clear            | Undo                              | Annuler
    said_accept      | One customer                      | Un seul client
    said_reject      | Two customers                     | Deux clients
    said_split       | Split in {n}                      | Scindé en {n}
    said_unsure      | Not sure                          | Je ne sais pas
    said_clear       | Undone                            | Annulé
    announce         | {what}: {decision}. {progress}.   | {what} : {decision}. {progress}.
    splitting        | Give each record the group of its customer, then save the split. Number keys change the group of a record. | Donnez à chaque enregistrement le groupe de son client, puis enregistrez. Les touches chiffrées changent le groupe d'un enregistrement.
    group            | Group {letter}                    | Groupe {letter}
    change_group     | Record {n} is in group {letter}; change | L'enregistrement {n} est dans le groupe {letter} ; changer
    save_split       | Save the split                    | Enregistrer la scission
    cancel           | Cancel                            | Abandonner
    one_group        | All records are in one group: give some another one. | Tous les enregistrements sont dans un même groupe : changez-en.
    values           | Values side by side               | Valeurs côte à côte
    attribute        | Attribute                         | Attribut
    belongs          | belongs: {p}                      | appartient : {p}
    no_value         | no value                          | pas de valeur
    differs          | differs                           | diffère
    not_used         | not used as evidence: a placeholder, unreadable, or shared by many | non retenu comme indice : valeur de remplissage, illisible ou partagée par beaucoup
    legend           | {mark} differs from most of the records; underlined is what differs. Struck through: not used as evidence. | {mark} diffère de la plupart des enregistrements ; est souligné ce qui diffère. Barré : non retenu comme indice.
    links            | Links                             | Liens
    links_hint       | Choose a link to see what it is worth. | Choisissez un lien pour voir ce qu'il vaut.
    graph_label      | {n} records and {m} links between them; listed beside. | {n} enregistrements et {m} liens entre eux ; la liste est à côté.
    link             | Records {l} and {r}               | Enregistrements {l} et {r}
    bits             | {bits} bits                       | {bits} bits
    the_weakest      | weakest link                      | lien le plus faible
    the_strongest    | strongest link                    | lien le plus fort
    equal_content    | equal content                     | contenu identique
    no_links         | No pair of these records was weighed. | Aucune paire de ces enregistrements n'a été pesée.
    all_links        | Show all {n} links                | Montrer les {n} liens
    waterfall        | What records {l} and {r} have in common, in bits | Ce que les enregistrements {l} et {r} ont en commun, en bits
    waterfall_hint   | Each bit doubles the odds that they are one customer. | Chaque bit double les chances qu'ils soient un seul client.
    waterfall_equal  | Both state the same: {bits} bits. | Tous deux énoncent la même chose : {bits} bits.
    close            | Close                             | Fermer
    part             | Part                              | Élément
    sum              | Sum                               | Somme
    before           | before comparing                  | avant comparaison
    moved            | may have moved                    | a pu déménager
    household        | or one household                  | ou un même foyer
    neighborhood     | or one neighborhood               | ou un même voisinage
    company          | or one company                    | ou une même entreprise
    premises         | or the same premises              | ou les mêmes locaux
    namesakes        | or namesakes                      | ou des homonymes
    total            | match weight                      | poids total
    previous         | Previous                          | Précédent
    next             | Next                              | Suivant
    back             | Back to the list                  | Retour à la liste
    download         | Download labels                   | Télécharger les étiquettes
    download_none    | Nothing is decided yet.           | Rien n'est encore décidé.
    downloaded       | {n} labels downloaded.            | {n} étiquettes téléchargées.
    load             | Load labels                       | Charger des étiquettes
    loaded           | {n} decisions taken over from the file. | {n} décisions reprises du fichier.
    load_wrong       | This is no label file.            | Ce n'est pas un fichier d'étiquettes.
    reviewer         | Your name, for the labels         | Votre nom, pour les étiquettes
    keep             | Keep my decisions in this browser | Garder mes décisions dans ce navigateur
    keep_hint        | Off: they are lost when the page is closed, unless downloaded. | Sinon, elles sont perdues à la fermeture de la page, sauf téléchargement.
    help             | Help                              | Aide
    help_title       | Keyboard                          | Clavier
    menu             | Labels                            | Étiquettes
    key_next         | next, previous                    | suivant, précédent
    key_accept       | one customer                      | un seul client
    key_reject       | two customers, or split           | deux clients, ou scinder
    key_unsure       | not sure                          | je ne sais pas
    key_clear        | undo the decision                 | annuler la décision
    key_waterfall    | what the weakest link is worth    | ce que vaut le lien le plus faible
    key_search       | search                            | chercher
    key_download     | download the labels               | télécharger les étiquettes
    key_help         | this help                         | cette aide
    key_escape       | close, leave the search or the split | fermer, quitter la recherche ou la scission
    single_keys      | Single keys work as shown         | Les touches seules agissent ainsi
    privacy          | This page holds customers' data. It loads nothing from a network and sends nothing. | Cette page contient des données de clients. Elle ne charge rien d'un réseau et n'envoie rien.
    language         | Français                          | English
    script           | This page needs JavaScript.       | Cette page a besoin de JavaScript.
""")  # noqa: E501 - sentences
