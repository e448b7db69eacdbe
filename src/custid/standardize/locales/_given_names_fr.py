"""Common given names in France, folded; written for custid."""

from __future__ import annotations

from typing import Final

__all__ = ["COMPOSITE_GIVEN_NAMES", "FAMILY_NAMES", "GIVEN_NAMES", "NAMES_OF_BOTH_KINDS"]

GIVEN_NAMES: Final = frozenset(
    """
    aaron abdallah abdel abdelkader abdellah abdelaziz abdoulaye abel abigail achille adam adama adel adele adelaide adeline adem
    adil adnan adrian adriana adrien adrienne agathe agnes ahmed aicha aime aimee aissatou alain alan alana alba alban albane albert
    alberto albertine albin alec alejandro aleksandra alessandro alessia alessio alex alexandra alexandre alexandrine alexia alexis
    alfred ali alia alice alicia aliou aline alison alix alizee allan alma alphonse alvaro alya alyssa amadou amandine amar amaury
    ambre ambroise amel amelia amelie amina aminata amine amir amira amos ana anae anais anastasia anatole andre andrea andreas andree
    andrew ange angel angela angele angelina angeline angelique anissa anita anna annabelle anne annette annick annie anouck anouk
    anselme anthony antoine antoinette antonin antonio anya apolline arianne ariane ariel arielle aristide arlette armand armande
    armel armelle arnaud arsene arthur astrid athenais aubin aude audrey auguste augustin aure aurelia aurelie aurelien aurore ava
    awa axel axelle aya aymeric ayoub aziz babacar bachir baptiste barbara barnabe bart bartholome basile bastien bastian beatrice
    beatrix ben benedicte benjamin benoit benoite berangere berenice bernadette bernard berthe bertille bertrand betty bianca bilal
    blaise blanche blandine boris boubacar brahim brandon brice brigitte bruce brune bruno bryan caleb calixte camelia cameron camilia
    camille candice capucine carine carla carlo carlos carmen carole caroline cassandra cassandre catalina catherine cecile cedric
    celestin celestine celia celine cesar chaima chantal charlene charles charlie charline charlotte cheikh cherif chiara chloe
    christel christelle christian christiane christine christophe ciara cindy claire clara clarence clarisse claude claudette claudia
    claudie claudine clea clelia clemence clement clementine cleo clothilde clotilde clovis colas colette colin coline constance
    constant constantin coralie coraline corentin corinne cosette cosme cristina curtis cynthia cyprien cyriaque cyril cyrille daisy
    dalila damien dan dana daniel daniela daniele danielle danny daphne dario david dayana deborah delphin delphine denis denise denys
    desire desiree diana diane didier diego dieudonne dimitri dina djamel djamila djibril dominique donatien donovan dora dorian dorine doriane
    dorothee dounia driss dylan eddy eden edgar edgard edith edmond edmonde edouard edwige eglantine elena eleonore eli elia eliane
    elias eliette elie eline elio eliot elisa elisabeth elise elizabeth elliot elliott ella elodie eloi eloise elouan elsa elvira elvire
    elya elyne emeline emeric emeraude emile emilia emilie emilien emilienne emilio emily emma emmanuel emmanuelle emmy emy enora enzo
    eric erica erik erika ernest ernestine erwan erwann esteban estelle ester esther ethan etienne eugene eugenie eulalie euphrasie
    eva evan evelyne evelyn ezechiel ezio fabian fabien fabienne fabiola fabio fabrice faiza fanny fares farid farida faris fatima fatiha
    fatma fatou fatoumata faustin faustine felicie felicien felicite felix ferdinand fernand fernande fernando fidele fiona firmin
    flavia flavie flavien fleur flora florence florent florentin florentine florette floriane florian florie florine fode fouad
    francesca francesco francine francis francisco franck francky francois francoise frank fred frederic frederik frederique fulbert
    gabin gabriel gabriela gabriella gabrielle gaby gael gaele gaelle gaetan gaetane garance gary gaspard gaston gautier gauthier genevieve
    geoffrey geoffroy george georges georgette gerald geraldine gerard germain germaine gerome ghislain ghislaine ghyslaine gianni gilbert
    gilberte gilda gildas gilles gina ginette giovanni gisele gislaine giulia giulio giuseppe gladys gloria gonzague grace gracianne
    grazia gregoire gregory guilaine guilhem guillaume guillemette gustave guy guylaine gwenael gwenaelle gwendal gwendoline gwenola
    habib hadrien hafid hafida hakim halima hamid hamza hanane hanna hannah harmonie harmony harold harry hassan hassna hatem hector
    hedi hedwige helena helene helias heloise henri henriette henry hermance hermine hermione herve hicham hippolyte honore honorine
    horace hortense houria hubert hugo hugues huguette hyacinthe iban ibrahim ibrahima idir idris idriss ignace igor ilan ilona ilyan ilyana
    ilyas ilyes ilyess iman imane imen imran ines ingrid irene irina iris irma isaac isabel isabella isabelle isaline ishak isidore
    islam ismael ismail issa iva ivan ivana jacinthe jack jackie jacky jacob jacqueline jacques jade jalil james jamel jamila jamy jan
    jane janick janine janis jany jasmine jason jasper javier jawad jay jayden jean jeanne jeannette jeannine jeannot jeff jennifer jenny
    jeremie jeremy jerome jessica jessy jill jim jimmy joachim joakim joan joana joanna joanne jocelyn jocelyne joe joel joelle joey
    johan johana johann johanna johanne john johnny jonas jonathan jordan jordane jorge jose josee joseph josepha josephine josette
    joshua josiane josselin josseline josue joyce juan juana jude judicael judith jules julia julian juliana julianne julie julien
    julienne juliette juline julio julius justin justine kadiatou kais kamel kamelia karen karim karima karine karl karol kassandra
    kassim kate katell katherine kathleen kathy katia katie katy kayla kaylie keita kelly kenny kenza kenzo kerian kevin khadidja khadija
    khaled khalid khalil kilian killian kim kimberley kimberly klara klaus klervi kylian kyllian laetitia laia laila lala lalie lamia
    lana landry lara larbi larissa lassana laura laure laureen laureline laurence laurene laurent laurette laurie laurine lazare lea
    leana leandre leane leila leina lena lenaic lenny leny leo leon leona leonard leonardo leonce leone leonie leonor leontine leopold
    leopoldine leslie leticia lidia lila lilas lili lilia lilian liliana liliane lilly lilou lily lina linda line lino lionel lisa lisandro
    lise lisette lison liv livia livio lizzie loan loane loane lodie loic lois lola loona lorelei lorena lorene lorenzo loris
    lorraine lou louane louanne louay louann loubna louca loucas louis louisa louise louison louka loukas louna luan luana lubin luc luca
    lucas luce lucette lucia lucian lucie lucien lucienne lucile lucille lucy ludivine ludmilla ludovic luigi luis luisa luka lukas luna lya
    lyam lydia lydie lyes lylia lylou lyna lynda lyne lysandre mabrouk mac mady madeleine madeline mado mae mael maelane maelia maelie maelis
    maeline maella maelle maelys maeva mafalda magali magalie magaly magdalena maggy maha mahault mahdi mahe mahmoud maia maika maili maimouna
    mais maissa maite maiwenn malak malek malik malika mallaury mallory malo malorie malvina mamadou manel manolo manon manu manuel manuela
    mara marc marceau marcel marcelin marceline marcelle marco marcus mareva margaret margaux margerie margot margo margueritte marguerite maria
    mariam mariama mariame marianne marie mariel marielle mariette marilou marilyn marilyne marin marina marine mario marion marisa
    marise marissa marjolaine marjorie marlene marley marlon maroua marouane marta marthe martial martin martina martine marvin marwa
    marwan mary maryam marylin maryline maryse maryvonne mateo math matheo mathew mathias mathieu mathilde mathis mathurin mathys matisse
    matteo matthias matthieu matthis maud maude maurane maureen maurice mauricette max maxence maxim maxime maximilien maximin maxine
    may maya maylis mayline mayssa mazarine medhi medi mehdi mekki melaine melanie melia melina meline melinda melisande melissa
    melodie melody melvin melvyn memphis mendy mercedes meriam merlin meryem meryl mia micael michael michel michele micheline
    michelle mickael miguel mika mikael mike mila milan milena milhan mili milla millie milo mina mira mireille miriam mirabelle modeste
    moha mohamed mohammed moira moise momo mona monia monica monique morane morgan morgane morvan mouna mounia mounir mouna mourad moussa
    moustapha muguette muriel murielle mustapha mylan mylene myriam nabil nabila nacer nadege nadia nadine nael nahel nahia nahla naila
    naim naima nais najat najet naomi narcisse nardjes nasser nassim nassima natacha natalia natasha nathalie nathan nathanael nawel nayla
    neil nelly nelson nestor nicolas nicole nicoletta nihel nikita nils nina nino noa noah noam noan noe noel noelie noelle noelline noeline
    noemi noemie nohlan nolan nolann nolwenn nora norah norbert nordine norma norman nouha noura nour nouria noureddine oceane octave octavie odette odile
    odilon odin ola olga olive oliver olivia olivier olympe omar ombeline ombline ondine ophelia ophelie oriane orlane orianne ornella orphee
    oscar osman othmane otto oumar oumou oumaima ousmane owen pablo paco paloma pamela paola paolo pascal pascale pascaline patrice
    patricia patrick patty paul paula paule paulette paulin pauline pedro peggy penelope perceval perla pernelle perrine peter
    petra petronille philibert philippe philippine philomene pia pierre pierrette pierrick pierrot priscilla priscille prosper prudence quentin
    quitterie rachel rachid rachida rachelle radia rafael raissa ralph rania raoul raphael raphaela raphaele raphaelle raymond raymonde
    rayan rayane rayhan rebecca reda regine regis reine reinette rejane remi remy renald renaud rene renee reynald reynaud riad ricardo
    richard rita robert roberta roberte roberto robin roch rodolphe rodrigo rodrigue roger roland rolande romain romaine romane romaric
    romeo romuald romy ronan rosa rosalie rosaline rose roseline roselyne rosemonde rosette rosine roxane roxanne roza ruben rudy
    ruth ryad ryan sabine sabri sabrina sacha sadio safa safia said saida salah salem salim salima salimata salma salome salomon
    salvador salvatore sam samantha sami samia samir samira samson samuel samy sandie sandra sandrine sandro sandy sara sarah sarra sasha
    saturnin saul savannah saverio scarlett sebastian sebastien selena selim selina selma serafina seraphin seraphine serena serge sergio
    servane severin severine seydou shaima shana shanna sharon shirley sibylle sidney sidonie sigrid silvia silvain simon simone
    simonne sixte slimane sofia sofiane sofie solal solange soledad solene solenn solenne soline sonia sophia sophie sophiane soraya soren
    souad soufiane souleymane stan stanislas stefan stefano stella stephan stephane stephanie stephen steve steven suzanne suzel suzette sven
    svetlana swann sybille sydney sylvain sylvaine sylvestre sylvette sylviane sylvie sylvio tadeo tahar tania tanguy tara tarek tariq tatiana
    tayeb ted teddy tess tessa thais thea thelma theo theodora theodore theophane theophile theotime theresa therese thiago thibaud thibault
    thibaut thierry thiery thomas tiago tibor tidiane tifany tiffany tifaine tiffaine tilio tim timeo timothe timothee timour tina tino tiphaine titouan tobias tom
    toma tomas tommy tony toussaint tracy tristan tugdual typhaine ugo ulrich ulysse urbain ursula ursule vadim vaiana valentin valentina valentine valere
    valeria valerian valerie valery valeska vanessa vanina vasco vera veronika veronique vianney vicky victoire victor victoria victorien victorine
    vincent vincente vincenzo viola violaine violette violetta virgil virgile virginia virginie vital vitalie vivian viviane vivien
    vivienne vladimir walid walter wanda warren wassim wassila wendy werner wesley wiam wilfrid wilfried wiliam willem william willy wissam xavier xaviere yael yacine
    yahya yamina yan yaniss yanis yann yannick yannis yasmina yasmine yassin yassine yassir yasser yazid ylan yoan yoann yohan yohann yolaine yolande
    yolene yoni youcef younes youri youssef youssouf yousra ysaline yseult yuna yunus yvan yves yvette yvon yvonne zachary zacharie zahia zahra zakaria
    zakary zeinab zelie zelia zephyr zephyrin zia zineb zinedine zita zoe zohra zoubida zoulikha
    """.split()
)
"""Given names of one word."""

NAMES_OF_BOTH_KINDS: Final = frozenset(
    """
    abel adam aime alain albert alexandre alexis alix allard alphonse ambroise andre ange antoine antonin armand arnaud arthur aubert aubin
    aubry auguste augustin aymeric baptiste barthelemy basile bastien ben benoit bernard bertrand blaise blanche brice bruno charles charlot
    christian christophe clair claude clement colas colin constant constantin daniel david denis desire didier donatien edmond elie eloi
    eloy etienne eustache evrard fabien felix ferdinand fernand firmin florent florentin francis francois frank frederic gabriel gaston
    gautier gauthier gabin gay geoffroy george georges gerard germain gervais ghislain gilbert gilles godefroy gregoire guillaume guy hector
    henri henry herve hilaire honore hubert hugues humbert isaac isidore jacob jacques james jean jeannot jerome joachim john joseph julien
    jules justin karl klein lambert laurent lazare leger leo leon leonard leonce leopold louis luc lucas lucien marc marcel marceau
    marcellin marie marin mario martial martin martine mathieu mathis mathurin matthieu maurice max may mercier merlin michel morgan morvan
    narcisse nicolas noel norbert norman octave olivier pascal patrice patrick paul paulin perrine philibert philippe pierre pierrot prosper
    prudent quentin raoul raphael raymond remi remy renaud rene reynaud reynald richard robert robin roch roger rodrigue roland rolland
    romain roman rosa samuel saturnin sauveur serge severin simon stephan sylvain sylvestre tanguy theodore thibault thibaud thibaut thierry
    thiery thomas tom toussaint ulrich urbain valentin valery victor vincent vital vivien
    """.split()
)
"""Names that are common both as given and as family names: alone they do not tell the order."""


def _composites() -> frozenset[str]:
    """Return the folded composite given names: those with Jean, Marie, Anne and Pierre, and Portuguese ones with Maria."""
    seconds = {
        "jean": "baptiste bernard charles christophe claude daniel david denis didier dominique edouard emmanuel eric etienne "
        "eudes fabien felix ferdinand francois frederic gabriel georges guy henri hugues jacques joseph jerome julien "
        "lou louis loup luc marc marie mathieu maurice max michel nicolas noel pascal patrick paul philippe pierre rene "
        "robert roch sebastien simon stephane sylvain thierry victor vincent xavier yves",
        "marie": "ange anne annick antoinette astrid aude cecile celine chantal charlotte christine claire claude dominique "
        "edith elisabeth eve france francoise genevieve helene ines jeanne jose josee joseph joelle laure laurence "
        "line lise lou louise lucie madeleine magdeleine marguerite martine noelle odile paule pascale pierre reine rose "
        "sophie suzanne therese victoire yvonne",
        "anne": "cecile charlotte claire flore gaelle laure lise louise marie sophie lucie helene catherine elisabeth benedicte",
        "pierre": "alain alexandre andre antoine arnaud emmanuel etienne francois henri henry jean louis luc marie olivier paul "
        "philippe yves",
    }
    pairs = {f"{first} {second}" for first, words in seconds.items() for second in words.split()}
    portuguese = "de fatima|de lurdes|de jesus|de deus|da conceicao|da luz|da gloria|das dores|do carmo|do ceu|do rosario|dos anjos"
    return frozenset(pairs | {f"maria {rest}" for rest in portuguese.split("|")})


COMPOSITE_GIVEN_NAMES: Final = _composites()
"""Words that make one given name, also where no hyphen joins them."""

FAMILY_NAMES: Final = frozenset(
    """
    dupont dupond durand dubois moreau lefebvre lefevre leroy roux fournier mercier boyer lambert bonnet legrand garnier faure rousseau
    blanc guerin muller roussel perrin morin gauthier dumont lemaire chevalier meyer denis lefort fontaine bourgeois roy renard leclerc
    lacroix carpentier dupuis fabre brun gaillard barbier giraud leblanc caron picard dumas brunet schmitt leroux colin fleury
    berger charpentier jacquet poirier lecomte arnoux prevost hamel royer laporte bouvier collet leclercq boucher benard delmas
    poulain langlois millet cousin baron berthelot bailly marechal besson leblond blanchard dupuy masson petit petitjean girard
    rolland marchand morel dufour meunier blanchet pelletier lemoine lebrun ferrand vasseur vallet boulanger delattre delorme
    deschamps descamps desmarets deville duval devaux camus cordier chauvin chevallier charrier clerc lebon lesage lucas roche roger
    rousset salmon schneider tanguy vidal weber wagner klein zimmermann fischer hoffmann
    """.split()
)
"""Common family names that are no given names."""
