"""What charts say, in English and in French."""

from __future__ import annotations

from typing import Final

from custid.model._labels import place_of
from custid.report.wording import table_of

__all__ = ["word"]

_WORDS: Final = table_of("""
    match_weights          | How much the pairs weigh                     | Ce que pèsent les paires
    match_weights_note     | Pairs that were weighed, by match weight: above 0 bits a pair by itself speaks for one customer. The scale of the counts is logarithmic. | Paires pesées, par poids : au-dessus de 0 bit, une paire parle à elle seule pour un seul client. L'échelle des effectifs est logarithmique.
    weight                 | match weight (bits)                          | poids (bits)
    pairs                  | pairs                                        | paires
    joined                 | one customer                                 | un seul client
    apart                  | two customers                                | deux clients
    m_u                    | What each level of agreement is worth        | Ce que vaut chaque niveau d'accord
    m_u_note               | Left: how often each level occurs among matches (m) and among strangers (u), on a logarithmic scale. Right: the weight that follows, log2(m / u), which is their distance; the rarity of a value comes on top. | À gauche : fréquence de chaque niveau chez un même client (m) et entre inconnus (u), échelle logarithmique. À droite : le poids qui en découle, log2(m / u), soit leur distance ; la rareté d'une valeur s'y ajoute.
    m                      | among matches (m)                            | chez un même client (m)
    u                      | among strangers (u)                          | entre inconnus (u)
    share                  | share of pairs                               | part des paires
    level_weight           | weight (bits)                                | poids (bits)
    waterfall              | Why these records are one customer, or are not | Pourquoi ces enregistrements sont un seul client, ou non
    part_bits              | sum so far (bits)                            | somme (bits)
    for                    | speaks for a match                           | parle pour
    against                | speaks against it                            | parle contre
    total                  | sum                                          | somme
    threshold              | What a threshold would cost                  | Ce que coûterait un seuil
    threshold_note         | If all weighed pairs from a match weight on, and no others, were joined: expected precision and recall among weighed pairs, from their probabilities alone. | Si toutes les paires pesées à partir d'un poids, et elles seules, étaient réunies : précision et rappel attendus parmi les paires pesées, d'après leurs seules probabilités.
    threshold_known_note   | If all weighed pairs from a match weight on, and no others, were joined: dashed, what their probabilities promise; solid, what the known pairs show ({n} of them). | Si toutes les paires pesées à partir d'un poids, et elles seules, étaient réunies : en tirets, ce que promettent leurs probabilités ; en trait plein, ce que montrent les paires connues ({n}).
    at_threshold           | join from this match weight on (bits)        | réunir à partir de ce poids (bits)
    costs                  | What errors cost at each threshold           | Ce que coûtent les erreurs à chaque seuil
    costs_note             | Expected costs if customers were joined from a threshold on and nobody reviewed, from the probabilities alone. The line stands at the threshold chosen; in the shaded band a review pays: {n} cases. The scale of the costs is logarithmic. | Coûts attendus si les clients étaient réunis à partir d'un seuil sans vérification, d'après les seules probabilités. Le trait marque le seuil choisi ; dans la bande colorée, vérifier est rentable : {n} cas. L'échelle des coûts est logarithmique.
    cost_threshold         | join from this evidence on (bits)            | réunir à partir de ces indices (bits)
    cost                   | expected cost                                | coût attendu
    cost_false_merges      | of false merges                              | des fausses fusions
    cost_misses            | of misses                                    | des oublis
    cost_total             | of both                                      | des deux
    precision              | precision                                    | précision
    recall                 | recall                                       | rappel
    expected               | expected                                     | attendu
    measured               | measured                                     | mesuré
    precision_recall       | Precision against recall                     | Précision et rappel
    precision_recall_note  | The curve joins weighed pairs by their weight alone, over {n} known pairs; the point is what the run decided with all records considered. | La courbe réunit les paires pesées d'après leur seul poids, sur {n} paires connues ; le point est la décision du calcul, tous les enregistrements considérés.
    curve                  | weight of the pair alone                     | poids de la paire seule
    run                    | decision of the run                          | décision du calcul
    calibration            | Do probabilities mean what they say?         | Les probabilités disent-elles vrai ?
    calibration_note       | {n} known pairs by tenths of probability: on the diagonal, as many are matches as predicted. Bars are 95 % intervals. Over ten groups of equal size the expected error is {error}. | {n} paires connues par dixièmes de probabilité : sur la diagonale, il y a autant de vraies paires que prévu. Barres : intervalles à 95 %. Sur dix groupes de même effectif, l'erreur attendue est de {error}.
    predicted              | predicted probability                        | probabilité prédite
    observed               | share of true matches                        | part de vraies paires
    blocks                 | What proposed the pairs                      | Ce qui a proposé les paires
    blocks_note            | The {n} blocking rules with the most pairs of {total}; a pair that several rules propose counts with each. Blocks of more than {cap} records were passed over. | Les {n} règles de blocage aux paires les plus nombreuses, sur {total} ; une paire proposée par plusieurs règles compte dans chacune. Les blocs de plus de {cap} enregistrements ont été ignorés.
    rule                   | blocking rule                                | règle de blocage
    largest                | largest block (records)                      | plus grand bloc (enregistrements)
    looked_at              | all its blocks looked at                     | tous ses blocs examinés
    passed_over            | some too large, passed over                  | certains, trop grands, ignorés
    missing                | Which values are missing                     | Quelles valeurs manquent
    missing_note           | Share of records without a value that counts as evidence: empty, placeholder, unreadable, or shared by too many. | Part des enregistrements sans valeur retenue comme indice : vide, de remplissage, illisible, ou partagée par trop de monde.
    share_missing          | share of records                             | part des enregistrements
    attribute              | attribute                                    | attribut
    source                 | source                                       | source
    correlation            | Do attributes repeat one another?            | Des attributs se répètent-ils ?
    correlation_note       | Correlation of the levels of agreement within each kind of pair: 0 is independent evidence, as weights assume; far from 0, two attributes say the same thing twice. | Corrélation des niveaux d'accord dans chaque sorte de paires : à 0, les indices sont indépendants, comme le supposent les poids ; loin de 0, deux attributs disent deux fois la même chose.
    strangers              | pairs of two customers (up to {n})           | paires de deux clients (jusqu'à {n})
    matches                | pairs of one customer (up to {n})            | paires d'un même client (jusqu'à {n})
    correlation_is         | correlation                                  | corrélation
    sizes                  | How many records customers have              | Combien d'enregistrements ont les clients
    sizes_note             | {customers} customers, the largest of {largest} records. Both scales are logarithmic: a long tail to the right is worth a look. | {customers} clients, le plus grand de {largest} enregistrements. Les deux échelles sont logarithmiques : une longue traîne à droite mérite un regard.
    records                | records of a customer                        | enregistrements d'un client
    customers              | customers                                    | clients
    weight_changes         | What each level counts, before and after     | Ce que compte chaque niveau, avant et après
    weight_changes_note    | Weight of each level of agreement in two match models, log2(m / u); the rarity of a value comes on top. | Poids de chaque niveau d'accord dans deux modèles, log2(m / u) ; la rareté d'une valeur s'y ajoute.
    before                 | before                                       | avant
    after                  | after                                        | après
    em                     | How the learning went                        | Comment s'est passé l'apprentissage
    em_note                | Share of matches among all pairs, and the log-likelihood, by iteration: both should come to rest. | Part des vraies paires parmi toutes, et log-vraisemblance, par itération : les deux doivent se stabiliser.
    iteration              | iteration                                    | itération
    prior                  | share of matches among all pairs             | part des vraies paires
    log_likelihood         | log-likelihood                               | log-vraisemblance
    class_match            | matches                                      | un seul client
    class_household        | households                                   | un même foyer
    class_company          | companies                                    | une même entreprise
    class_premises         | the same premises                            | mêmes locaux
    class_namesakes        | namesakes                                    | des homonymes
    class_moved            | matches that moved                           | un seul client, qui a déménagé
    class_neighborhood     | neighborhoods                                | un même voisinage
""")  # noqa: E501 - sentences


def word(code: str, language: str, **words: object) -> str:
    """Return what a chart says.

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

    Raises
    ------
    ConfigurationError
        If the language is another one.
    """
    return _WORDS[code][place_of(language)].format(**words)
