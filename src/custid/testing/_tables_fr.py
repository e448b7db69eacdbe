"""Names, places and organization parts of invented French customers, the more usual first."""

from __future__ import annotations

GIVEN_MALE = """
Jean Pierre Michel Philippe Alain Nicolas Christophe Patrick Thomas Laurent Julien Daniel Bernard Éric Stéphane David
Sébastien Olivier Pascal Alexandre Frédéric François Thierry Christian Antoine Vincent Jérôme Maxime Bruno Guillaume
Romain Didier Dominique Marc Gérard Kévin Serge Benjamin Mathieu Hugo Franck Lucas Cédric Louis Fabrice Arnaud Anthony
Emmanuel Clément Hervé Gilles Florian Yves Jérémy Paul André Claude Denis Quentin Fabien Théo Adrien Ludovic Sylvain
Mickaël Grégory Valentin Jacques Robert Roger Raphaël Gaëtan Baptiste Rémi Alexis Damien Xavier Benoît Cyril Samuel
Loïc Simon Victor Arthur Enzo Nathan Léo Gabriel Jules Adam Mehdi Karim Mohamed Rachid Samir Youssef Ibrahim Étienne
Mathis Tristan Bastien Corentin Dylan Jordan Steven Erwan Yann Ronan Gwenaël Malo Maël Tanguy Régis Lionel Joël Noël
Lucien Marcel Maurice Raymond René Henri Georges Gaston Fernand Albert Edmond Léon Émile Firmin Norbert Gilbert Guy
Jacky Francis Rodolphe Ferdinand Aurélien Martin Augustin Charles Édouard Gauthier Hippolyte Isidore Joseph Justin
Lorenzo Marius Maximilien Octave Pablo Pascalin Pierrick Robin Sacha Tony Ugo Yanis Zacharie Aimé Anatole Armand
Bertrand Camille Célestin Côme Donatien Elliot Esteban Ernest Eugène Fabio Félix Flavien Gildas Honoré Ismaël Jonas
Kylian Lilian Luc Matthias Nolan Oscar Philibert Rayan Sofiane Timéo Ulysse Valère Wilfried Yvan
"""

GIVEN_FEMALE = """
Marie Nathalie Isabelle Catherine Sylvie Françoise Martine Christine Monique Valérie Sandrine Nicole Véronique Céline
Sophie Stéphanie Jacqueline Patricia Brigitte Julie Annie Chantal Aurélie Virginie Laurence Caroline Anne Émilie
Corinne Élodie Christelle Camille Laura Karine Sarah Delphine Claire Mélanie Florence Léa Pauline Dominique Michèle
Manon Marion Charlotte Mathilde Emma Chloé Lucie Hélène Laëtitia Audrey Amandine Séverine Danielle Élisabeth Béatrice
Évelyne Agnès Alexandra Cécile Muriel Pascale Fabienne Jeanne Denise Yvonne Simone Jeannine Odette Ginette Geneviève
Josiane Colette Thérèse Bernadette Nadine Ghislaine Maryse Annick Gisèle Claudine Nadège Estelle Sabrina Vanessa
Magali Coralie Jessica Anaïs Inès Lola Jade Louise Alice Zoé Clara Eva Romane Juliette Margaux Océane Morgane Justine
Ophélie Clémence Noémie Elsa Maëlle Solène Enora Gwenaëlle Armelle Rozenn Soizic Fatima Samira Nadia Leïla Yasmina
Aïcha Khadija Amina Nora Myriam Rachel Esther Judith Diane Hortense Blanche Victoire Adèle Rose Marguerite Madeleine
Lucienne Germaine Suzanne Paulette Raymonde Huguette Solange Yvette Josette Liliane Arlette Viviane Régine Reine
Joëlle Noëlle Mireille Marlène Carole Maud Mélissa Mylène Ludivine Gaëlle Flavie Fanny Félicie Eugénie Constance
Capucine Bérénice Barbara Apolline Angèle Alix Agathe Albane Axelle Brune Célia Dorothée Éléonore Faustine Garance
Héloïse Iris Jasmine Lilou Lison Louna Maëva Nina Olympe Perrine Roxane Salomé Tiphaine Ursule Violette Ysé Zélie
"""

FAMILY = """
Martin Bernard Petit Dubois Durand Leroy Moreau Laurent Simon Lefèvre Michel Garcia David Bertrand Roux Vincent
Fournier Morel Girard André Mercier Dupont Lambert Bonnet François Martinez Legrand Garnier Faure Rousseau Blanc
Guérin Muller Henry Roussel Nicolas Perrin Morin Mathieu Clément Gauthier Dumont Lopez Fontaine Chevalier Robin Masson
Sanchez Gérard Nguyen Boyer Denis Lemaire Duval Joly Gautier Roger Roche Roy Noël Meyer Lucas Meunier Jean Perez
Marchand Dufour Blanchard Marie Barbier Brun Dumas Brunet Schmitt Leroux Colas Fernandez Pierre Renard Arnaud Rolland
Caron Aubert Giraud Leclerc Vidal Bourgeois Renaud Lemoine Picard Gaillard Philippe Leclercq Lacroix Fabre Dupuis
Olivier Rodriguez Da-Silva Hubert Louis Charles Guillot Rivière Le-Gall Guillaume Adam Rey Moulin Gonzalez Berger
Lecomte Menard Fleury Deschamps Carpentier Julien Benoit Paris Maillard Marchal Aubry Vasseur Le-Roux Renault Collet
Jacquet Pons Poirier Huet Prévost Royer Carré Barre Klein Millet Daniel Laine Boucher Ferreira Guyot Poulain Perrot
Cousin Bailly Herve Lebrun Breton Weber Barthelemy Schneider Bouvier Langlois Marty Etienne Charpentier Boulanger
Pereira Besson Hamon Germain Gilbert Lejeune Perret Allard Monnier Maury Cordier Rossi Tessier Coulon Ollivier
Pelletier Jacob Bodin Tanguy Chauvin Lévêque Antoine Gros Mallet Delattre Blot Grondin Hoarau Payet Guichard Besnard
Hebert Carlier Guillou Launay Labbé Leblanc Navarro Lesage Bigot Texier Delorme Alexandre Bertin Vallée Merle Buisson
Lelièvre Rault Voisin Pichon Foucher Delaunay Cohen Jourdan Evrard Gaudin Blondel Gomez Delmas Godard Techer Briand
Turpin Pruvost Chartier Mahe Diallo Traore Coulibaly Benali Bouzid Haddad Mansouri Cherif Belkacem Khelifi Saidi
Amrani Toure Diop Ndiaye Sow Camara Keita Tran Pham Lam Ribeiro Lopes Rodrigues Teixeira Carvalho Marques Ferrari
Russo Lombardi Romano Costa Esposito Kowalski Nowak Wagner Becker Zimmermann Keller Kieffer Schaeffer Wolff Hoffmann
Fischer Bauer Le-Goff Le-Bihan Le-Corre Kerbrat Quéré Cadiou Riou Morvan Kervella Abgrall Madec Cariou Bourdon Boutin
Pasquier Raynaud Valentin Sauvage Pottier Rocher Chevallier Humbert Peltier Guilbert Potier Lucotte Jolivet Lamy Bazin
Gillet Ferrand Bouchet Vaillant Fouquet Toussaint Hardy Combes Pascal Parent Seguin Reynaud Barbe Mas Naudin Chauveau
Delage Lacombe Fortin Verdier Cros Bonneau Gervais Laborde Mazet Couderc Dupuy Delpech Cazenave Lafitte Etcheverry
Bastide Castex Duclos Peyre Rouquette Serres Vernet Pujol Soler Bosch Sabatier Chabert Blachère Astier Teyssier Vial
Chapuis Favre Berthet Jacquier Mottet Curtil Vuillemin Grandjean Maire Tissot Courvoisier Jeannin Prost Bardet Poncet
Desbois Tardieu Charrier Garreau Brossard Papin Drouet Rabault Guitton Chiron Gouin Bretaudeau Bossard Merlet Orieux
Bichon Caillaud
"""

NICKNAMES = {
    "Alexandre": "Alex Sacha",
    "Alexandra": "Alex",
    "Anne": "Annie Nanou",
    "Antoine": "Toinou Tony",
    "Aurélie": "Lily Aurel",
    "Benjamin": "Ben Benji",
    "Bernard": "Nanard",
    "Bernadette": "Bernie",
    "Bertrand": "Bébert",
    "Brigitte": "Bribri",
    "Caroline": "Caro",
    "Catherine": "Cathy Kate",
    "Cédric": "Ced",
    "Chantal": "Chan",
    "Charlotte": "Cha Charlie",
    "Christelle": "Kristel Chris",
    "Christine": "Cricri Chris",
    "Christophe": "Chris Totof",
    "Claude": "Claudio",
    "Corinne": "Coco",
    "Daniel": "Dany",
    "Danielle": "Dany",
    "Dominique": "Dom Domi",
    "Édouard": "Ed Doudou",
    "Élisabeth": "Babeth Lisa Zabeth",
    "Élodie": "Élo",
    "Emmanuel": "Manu",
    "Fabienne": "Fab Fabi",
    "Fabrice": "Fab",
    "Florence": "Flo",
    "Florian": "Flo",
    "François": "Fanch",
    "Françoise": "Fanfan Soizic",
    "Frédéric": "Fred Frédo",
    "Gabriel": "Gaby",
    "Geneviève": "Ginou",
    "Georges": "Jojo",
    "Gérard": "Gégé",
    "Grégory": "Greg",
    "Guillaume": "Guigui Guillem",
    "Henri": "Riton",
    "Isabelle": "Isa Zaza",
    "Jacqueline": "Jackie Line",
    "Jacques": "Jacky",
    "Jérémy": "Jérem",
    "Jérôme": "Jéjé",
    "Jessica": "Jess",
    "Joseph": "Jo José",
    "Julien": "Juju",
    "Laëtitia": "Laeti Titia",
    "Laurent": "Lolo",
    "Laurence": "Lolo Laure",
    "Ludovic": "Ludo",
    "Madeleine": "Mado",
    "Magali": "Mag",
    "Marguerite": "Margot Guite",
    "Martine": "Titine",
    "Mathieu": "Mat Matt",
    "Mathilde": "Mat Tilde",
    "Maxime": "Max",
    "Maximilien": "Max",
    "Mélanie": "Mel Méla",
    "Michel": "Mimi Michou",
    "Mickaël": "Mika",
    "Mohamed": "Momo",
    "Monique": "Momo",
    "Nathalie": "Nat Nath",
    "Nicolas": "Nico",
    "Nicole": "Niki",
    "Olivier": "Oliv",
    "Patricia": "Pat Patou",
    "Patrick": "Pat",
    "Philippe": "Phil Filou",
    "Pierre": "Pierrot Pierrick",
    "Raphaël": "Raph",
    "Robert": "Bob Bébert",
    "Sabrina": "Sab",
    "Samuel": "Sam",
    "Sandrine": "Sand Dédé",
    "Sébastien": "Seb Bastien",
    "Séverine": "Sev",
    "Simone": "Momone",
    "Sophie": "Soso",
    "Stéphane": "Steph",
    "Stéphanie": "Steph Fanny",
    "Suzanne": "Suzon Suzy",
    "Thierry": "Titi",
    "Thomas": "Tom",
    "Valérie": "Val",
    "Vanessa": "Nessa",
    "Véronique": "Véro",
    "Victor": "Vic",
    "Vincent": "Vince",
    "Virginie": "Virg Ginie",
    "Yves": "Yvon",
}

COMPOUND_MALE = ("Jean", "Pierre", "Paul")
COMPOUND_FEMALE = ("Marie", "Anne", "Rose")

# City, then its postcodes; a dash spans neighboring ones.
CITIES = """
Paris:75001-75020
Marseille:13001-13016
Lyon:69001-69009
Toulouse:31000 31100 31200 31300 31400 31500
Nice:06000 06100 06200 06300
Nantes:44000 44100 44200 44300
Montpellier:34000 34070 34080 34090
Strasbourg:67000 67100 67200
Bordeaux:33000 33100 33200 33300 33800
Lille:59000 59800
Rennes:35000 35200 35700
Reims:51100
Toulon:83000 83100 83200
Saint-Étienne:42000 42100
Le Havre:76600 76610 76620
Grenoble:38000 38100
Dijon:21000
Angers:49000 49100
Nîmes:30000 30900
Villeurbanne:69100
Clermont-Ferrand:63000 63100
Aix-en-Provence:13090 13100
Le Mans:72000 72100
Brest:29200
Tours:37000 37100 37200
Amiens:80000 80080 80090
Limoges:87000 87100 87280
Annecy:74000
Boulogne-Billancourt:92100
Metz:57000 57050 57070
Besançon:25000
Perpignan:66000 66100
Orléans:45000 45100
Rouen:76000 76100
Saint-Denis:93200 93210
Montreuil:93100
Mulhouse:68100 68200
Caen:14000
Argenteuil:95100
Nancy:54000 54100
Tourcoing:59200
Roubaix:59100
Nanterre:92000
Vitry-sur-Seine:94400
Créteil:94000
Avignon:84000
Poitiers:86000
Aubervilliers:93300
Dunkerque:59140 59240
Aulnay-sous-Bois:93600
Colombes:92700
Versailles:78000
Asnières-sur-Seine:92600
Béziers:34500
La Rochelle:17000
Champigny-sur-Marne:94500
Cannes:06400
Antibes:06600
Saint-Maur-des-Fossés:94100
Calais:62100
Drancy:93700
Mérignac:33700
Colmar:68000
Ajaccio:20000
Bourges:18000
Saint-Nazaire:44600
Quimper:29000
Valence:26000
Villeneuve-d'Ascq:59650
La Seyne-sur-Mer:83500
Pessac:33600
Troyes:10000
Ivry-sur-Seine:94200
Clichy:92110
Cholet:49300
Neuilly-sur-Seine:92200
Chambéry:73000
Lorient:56100
Niort:79000
Montauban:82000
Charleville-Mézières:08000
Hyères:83400
Sarcelles:95200
Pantin:93500
Saint-Quentin:02100
Beauvais:60000
Vannes:56000
Arles:13200
Évreux:27000
Fréjus:83600
La Roche-sur-Yon:85000
Laval:53000
Narbonne:11100
Belfort:90000
Albi:81000
Blois:41000
Bayonne:64100
Brive-la-Gaillarde:19100
Carcassonne:11000
Tarbes:65000
Saint-Brieuc:22000
Saint-Malo:35400
Châlons-en-Champagne:51000
Boulogne-sur-Mer:62200
Bourg-en-Bresse:01000
Mâcon:71000
Chalon-sur-Saône:71100
Angoulême:16000
Périgueux:24000
Agen:47000
Pau:64000
Biarritz:64200
Castres:81100
Rodez:12000
Aurillac:15000
Le Puy-en-Velay:43000
Gap:05000
Épinal:88000
Nevers:58000
Auxerre:89000
Chartres:28000
Alençon:61000
Lisieux:14100
Cherbourg:50100
Morlaix:29600
Fougères:35300
Saumur:49400
Les Sables-d'Olonne:85100
Royan:17200
Rochefort:17300
"""

STREET_KINDS = (
    ("rue", "r.", 50),
    ("avenue", "av.", 15),
    ("boulevard", "bd", 7),
    ("place", "pl.", 5),
    ("chemin", "che.", 7),
    ("impasse", "imp.", 5),
    ("allée", "all.", 6),
    ("route", "rte", 4),
    ("quai", "q.", 1),
    ("square", "sq.", 1),
)

STREETS = """
de l'Église; Victor Hugo; du Général Leclerc; des Écoles; de la Gare; Jean Jaurès; de la République; Pasteur; du
Château; de la Mairie; du Moulin; de la Fontaine; Émile Zola; de Verdun; Gambetta; des Lilas; du Stade; de la Paix;
Jules Ferry; des Acacias; du 11 Novembre; du 8 Mai 1945; de la Libération; Voltaire; des Tilleuls; du Lavoir; Aristide
Briand; des Cerisiers; de l'Abbaye; du Four; des Roses; du Pressoir; de la Poste; des Jardins; du Cimetière;
Saint-Michel; Saint-Pierre; Notre-Dame; Sainte-Anne; des Vignes; du Puits; des Marronniers; de Bel-Air; de la Forge;
des Peupliers; de la Croix; du Bois; des Prés; des Chênes; de la Vallée; de la Rivière; des Champs; du Pont; de la
Plage; du Port; de l'Industrie; des Artisans; de l'Europe; Molière; Racine; La Fontaine; Lamartine; George Sand;
Balzac; Flaubert; Guy de Maupassant; Alexandre Dumas; Arthur Rimbaud; Charles Baudelaire; Paul Verlaine; Jacques
Prévert; Albert Camus; Antoine de Saint-Exupéry; Marcel Pagnol; Colette; Claude Monet; Auguste Renoir; Paul Cézanne;
Berlioz; Claude Debussy; Maurice Ravel; Georges Bizet; Édith Piaf; Georges Brassens; Marie Curie; Pierre et Marie
Curie; Ampère; Louis Blériot; Gustave Eiffel; Denis Papin; Blaise Pascal; René Descartes; Diderot; Montesquieu; Jean
Moulin; Pierre Brossolette; du Maréchal Foch; du Maréchal Joffre; du Colonel Fabien; Jeanne d'Arc; Louise Michel;
Olympe de Gouges; Simone Veil; Rosa Parks; Nelson Mandela; de Strasbourg; de Lyon; de Paris; de Bretagne; de
Normandie; d'Alsace; de Provence; de Savoie; de Bourgogne; du Limousin; des Pyrénées; du Languedoc; des Alpes; du
Mont-Blanc; de la Loire; de l'Océan; des Mouettes; des Hirondelles; des Mésanges; des Alouettes; du Rossignol; des
Bleuets; des Coquelicots; des Primevères; des Violettes; des Glycines; des Églantines; des Genêts; des Bruyères; des
Noisetiers; des Noyers; des Pommiers; des Pins; des Érables; des Platanes; des Saules; du Clos; du Verger; du
Petit-Bois; de la Grande Prairie; du Calvaire; des Quatre Vents; du Bout du Monde; de Belle-Vue; des Remparts; du
Marché; des Halles; de la Liberté; de l'Égalité; de la Fraternité; des Tanneurs; des Meuniers; des Pêcheurs; du
Presbytère; de la Chapelle; du Couvent; des Carmes; des Ursulines; de l'Hôpital; du Docteur Roux; du Docteur Laennec;
Ambroise Paré; du Manoir; de la Ferme; des Sources
"""

DOMAINS = ("courriel.example", "boitoz.example", "postelec.example", "monmail.example", "lafibre.example")

# Kind of organization, then what follows it: a family name (F), a thing (T), a city (C) or an invented brand (B).
ORGANIZATION_KINDS = """
Hôtel T; Restaurant T; Café T; Brasserie T; Auberge T; Garage F; Pharmacie T; Cabinet F; École T; Crèche T; Résidence
T; Clinique T; Menuiserie F; Plomberie F; Électricité F; Transports F; Imprimerie F; Établissements F; Maison F;
Agence B; Groupe B; Laboratoire B; Librairie T; Fleuriste T; Coiffure B; Boucherie F; Fromagerie F; Épicerie T; Cave
T; Traiteur F; Couverture F; Maçonnerie F; Paysages F; Optique B; Assurances F; Étude F; Lycée T; Collège T; Mairie C;
Théâtre T; Association T; Club T; Ateliers B; Comptoir B; Conserverie F; Domaine F; Chantiers F; Ambulances F;
Auto-École B
"""

ORGANIZATION_THINGS = """
du Port; de la Gare; des Halles; du Centre; de la Place; du Marché; du Parc; de la Poste; du Château; des Arts; des
Voyageurs; du Commerce; de l'Europe; du Pont Neuf; de la Tour; du Lion d'Or; du Cheval Blanc; de l'Étoile; des Trois
Rois; du Soleil; de la Paix; des Amis; du Jardin; de la Fontaine; des Tilleuls; du Moulin; de l'Horloge; de la
Cathédrale; du Stade; de l'Océan; du Lac; des Pins; du Vieux Puits; de la Mer; des Remparts; du Théâtre; Saint-Joseph;
Saint-Louis; Sainte-Marie; Notre-Dame; Jules Verne; Jean Moulin; Victor Hugo; Pasteur; Molière; du Levant
"""

LEGAL_FORMS = ("SARL", "SAS", "SA", "EURL", "SASU", "SNC", "SCOP")
BRAND_PARTS = (
    ("Nova", "Alti", "Véga", "Oxy", "Terra", "Luma", "Sol", "Aqua", "Multi", "Éco", "Opti", "Sav", "Cap", "Bio", "Tri"),
    (
        "tech",
        "lys",
        "pro",
        "san",
        "bat",
        "conseil",
        "net",
        "logis",
        "form",
        "via",
        "dis",
        "gest",
        "clair",
        "médic",
        "line",
    ),
)
ROLE_MAILBOXES = ("contact", "accueil", "info", "direction", "compta")
SITE_LABELS = ("agence {}", "site {}", "- {}", "({})", "{}")

# Parts of the family names that no table holds: onset, middle, ending.
RARE_ONSETS = """
B Bl Br C Ch Cl Cr D Dr F Fl Fr G Gl Gr J L M N P Pl Pr Qu R S T Tr V Bou Cou Gui Mou Rou Sau Chau Beau Mon Val Mar
Ber Le-B Le-G Le-M Le-P De-L Du-M La-V Ker Tré Plo Pen Gou
"""
RARE_MIDDLES = """
a e i o u ai ou an on in er ar or al el il ol ass ess ill onn ell ann err uss iv av ad od ag ig aud
"""
RARE_ENDINGS = """
ard aud ault eau et ot in ier el on ois oux ac ec ic ès ière ette elle tin rin lin din geon chet net let rel land bert
gnon neau reau teau zel vel mont court ville ange andier onneau ardin ellier
"""
