"""Familiar forms of French given names: our own table, under the license of custid (Apache-2.0)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["NICKNAMES"]

_TABLE: Final = """
agathe agatha|aga
agnes nanie
alain lainou
albert bebert|al
alexandra alex|sandra|sacha
alexandre alex|sacha|sandre
alexis alex|lexis
alfred fred|freddy
alice lili|licette
amandine mandine|didine|mandy
amelie mel|lili|melie
anais nais|nana
andre dede
andree dede
angelique angie|ange
anne annie|nanou|annette|annick
anne marie annie|annemarie
antoine toine|toinou|tonio|antho
antoinette toinette|nini|toinon
armand mand|armando
arnaud nono|arno
arthur tutur|art
auguste gus|gusse
augustin gus|tintin
aurelie lili|aure|relie
aurelien aurel|lien
baptiste bap|bapt|titi
barbara barb|babar
bastien bast
beatrice bea|bibi
benedicte bene|dicte
benjamin ben|benji|benj
benoit ben|benou
bernadette bernie|dette|nadette
bernard nanard|bernie
bertrand bert|bebert
brigitte bri|bribri|gigi
camille cam|mimi
carole caro
caroline caro|line|carol
catherine cathy|cath|kathy|katia|cat
cecile ceci|cec
celestine tine|celeste
celine lily|cel
charles charlie|charly|charlot
charlotte cha|charlie|lolotte|chacha
chantal chan|tal
christelle chris|christel
christian chris|cricri
christiane chris|cricri
christine chris|tine|cricri
christophe chris|tophe|kris
claire clairette|clara
claude claudie|claudy|coco
claudine dine|claudie
clemence clem
clement clem
clementine clem|tine|titine
colette coco
constance coco|connie
corinne coco|corin
cyril cyr|cycy
daniel dan|dany|danny
daniele dany|dani
danielle dany|dani
david dav|dave
delphine delph|fifine|del
denis denny|nini
denise nini
didier didi|did
dominique dom|domi
dorothee doro|dodo
edouard ed|doudou|eddy|edy
elisabeth babette|lili|betty|elise|lisa|elsa|babeth|zabeth
elise lise|lili
eleonore nore|leo|elo
eloise elo|loise
emeline line|eme
emilie emi|mimi|milie
emmanuel manu|mano|emma
emmanuelle manu|emma|manue
eric rico
ernest nenesse
estelle telle|stella
etienne tienne|titi
eugene gene|gegene
eugenie nini|genie
fabien fab|fabi
fabienne fab|fabi
fabrice fab|fabri
felicien feli
fernand nand|nanand
florence flo|floflo
florent flo
florian flo
francis frank|cisco
francois fanfan|franck|francky|fran
francoise fanfan|fran|soisic|fanchon
frederic fred|fredo|freddy|rico
frederique fred|fredo
gabriel gaby|gab
gabrielle gaby|gab
gaetan gae
genevieve ginette|genny|vivi
georges jojo|geo
georgette jojo|gette
geraldine gege|dine
gerard gege
germaine maimaine
gilbert gil
gilles gillou|gil
gisele gigi
gregoire greg|goire
gregory greg
guillaume guigui|gui|will
guy guitou
gustave gus|tatave
helene lena|leni|nene
henri riri|henry|riton
henriette riette|yette
herve veve
hubert hub|bebert
hugues hugo
isabelle isa|belle|zaza|babelle
jacqueline jackie|jacquie|line
jacques jacky|jacquot|jack|jacquy
jean jeannot
jean baptiste jb|jeanba
jean claude jc|jeanclaude
jean christophe jc|jeanchri
jean francois jeff|jef|jf
jean louis jeanlou|jl
jean luc jl|jeanluc
jean marc jm|jeanmarc
jean marie jm|jeanmarie
jean michel jeanmi|jm
jean paul jp|jeanpaul
jean philippe jeanphi|jp
jean pierre jeanpi|jp|jeanpierre
jeanne jeannette|jeanneton
jennifer jenny|jen
jeremie jerem|jeje
jeremy jerem|jeje
jerome jeje|gege
jessica jess|jessie
joel jojo
joelle jojo
johanna jo|joanna
jonathan jo|john|nathan|jon
joseph jojo|jo|joe
josephine josy|fifine|jo
josette josy|zezette|jo
josiane josy|jojo
juliette juju|julie
julien juju|jul
julie juju
justine juju|titine
laetitia laeti|titia|tisha
laurence lolo|lau|laure
laurent lolo|lau|renzo
leon leo|lele
leopold leo|polo|pol
louis loulou|louison
louise loulou|louisette|lou|louison
luc lulu
lucas lulu|luc
lucie lulu|luce
lucien lulu|luc
lucienne lulu|luce
madeleine mado|mad|madelon|lena|magda
magali mag|maga
manon nono|nonon
marc marco
marcel cel|celou
marcelle celle|marcie
margaux margot
marguerite margot|guite|rita|maguy|magot
marie mimi|manon|marion|mariette|mary
marie christine marie|mc
marie claude marie|mc
marie helene marie|maryline|malene
marie laure malaure|marie
marie louise marilou|malou|marlou
marie therese maite|marite|mt
marine rine|marinette
marion mario
martine titine
mathieu mat|matt|math
mathilde math|tilde|mathou
matthieu mat|matt|math
maurice momo
maxence max
maxime max
maximilien max
melanie mel|mela
michel mimi|mich|michou|miche
micheline mimi|line
michele mimi|mich
mickael micka|mick|mike|mika
mireille mimi|mire
monique momo|nique|mona
muriel mumu
mylene mymy|lene
nadege nad|nana
nathalie nath|nat|nathy|talie
nathanael nathan|nath
nicolas nico|nic|nicou|colas
nicole nico|nini|nicky
noemie mimi|noe|nono
odette dette|dede
olivia liv|livia|oli
olivier oliv|oli|livier
pascal pasc
pascale pasc
patrice pat
patricia pat|patou|patty|tricia
patrick pat
paul paulo|popol|polo
paulette polette|lette
pauline paulette|popo|line
philippe phil|philou|fifi|flip
pierre pierrot|pierrick|pedro|peyo
quentin quent|tintin
rachel rach
raphael raph|rafi|rafa
raymond ray|momo
rebecca becca|becky
regine gigi|regie
remi rem|mimi
rene nene
richard rich|ricky|rick
robert bob|bobby|roro|bebert
roger roro|gege
roland roro|rol
romain rom|roro
sabine bibine|sab
samuel sam|sammy
sandrine sand|sandy|drine
sebastien seb|bastien|sebi
serge sergio|gege
severine sev|sevy
simon sim|simo
simone monette|mone|simonette
solange sol|soso
sophie soph|sophe|fifi
stephane steph|stef|phanou
stephanie steph|fanny|stef|phanie
suzanne suzy|suzette|suzon|zaza
sylvain syl|sylv
sylvie syl|vivi
therese resette|tete|zezette|tess
theodore theo|dodo|ted
theophile theo
thibault thib|titi|thibaud
thibaut thib|titi
thierry titi
thomas tom|toto|tommy
valentin val|valou|tintin
valentine val|valou|titine
valerie val|valou
veronique vero|nique
victor vic|totor
victoria vic|vicky|toria
vincent vince|vinc|vinz
virginie virg|nini|gigi
viviane vivi
william will|willy|bill
xavier xav|zav
yolande yoyo|yola
yves yvon
yvette vevette
yvonne vonette|vonnie
"""


def _nicknames(text: str) -> dict[str, tuple[str, ...]]:
    """Read lines of ``formal name familiar|familiar``; a compound formal name is kept joined, as nicknames are tokens."""
    table: dict[str, tuple[str, ...]] = {}
    for line in text.strip().splitlines():
        *formal, familiar = line.split(" ")
        table["".join(formal)] = tuple(familiar.split("|"))
    return table


NICKNAMES: Final[Mapping[str, tuple[str, ...]]] = _nicknames(_TABLE)
"""Formal given names, folded, each with its familiar forms."""
