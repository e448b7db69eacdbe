"""Names, places and organization parts of invented British customers, the more usual first."""

from __future__ import annotations

GIVEN_MALE = """
David John Paul James Mark Michael Andrew Peter Robert Stephen Richard Christopher Thomas Daniel Matthew William Ian
Anthony Kevin Simon Steven Jonathan Philip Alan Adam Gary Martin Benjamin Nicholas Graham Joseph Alexander Samuel Jack
Neil Keith Luke Stuart Darren Lee Craig Jason George Ryan Harry Oliver Edward Charles Brian Colin Timothy Patrick Sean
Barry Nigel Trevor Roger Geoffrey Derek Dennis Raymond Kenneth Ronald Leslie Gordon Terence Douglas Norman Roy Frank
Jamie Scott Carl Wayne Dean Russell Shaun Gareth Rhys Owen Dylan Callum Connor Kieran Liam Nathan Joshua Jacob Lewis
Ethan Harrison Max Leo Oscar Archie Alfie Freddie Theo Noah Logan Isaac Mason Toby Finley Elliot Gabriel Reuben Hugo
Rupert Giles Jeremy Julian Adrian Duncan Malcolm Hamish Angus Fraser Iain Ewan Alistair Bruce Ross Euan Rory Declan
Brendan Eamon Niall Cormac Desmond Gerard Francis Dominic Damian Lawrence Maurice Stanley Sidney Walter Herbert Albert
Arthur Ernest Harold Cyril Reginald Victor Vincent Leonard Bernard Clifford Donald Eric Fred Gilbert Howard Hugh Ivan
Jerome Justin Karl Kurt Marcus Miles Mohammed Ahmed Imran Tariq Yusuf Bilal Hassan Ravi Sanjay Amit Arjun Vikram
Rajesh Chinedu Kwame Tobias Quentin Rex Spencer Tristan Wesley Zachary
"""

GIVEN_FEMALE = """
Susan Sarah Karen Margaret Julie Elizabeth Emma Mary Patricia Helen Jennifer Christine Linda Jacqueline Rachel Laura
Claire Deborah Nicola Rebecca Anne Jane Carol Louise Janet Angela Lisa Tracey Samantha Amanda Sharon Michelle Victoria
Catherine Joanne Amy Jessica Charlotte Lucy Hannah Gemma Sophie Alison Hazel Dawn Wendy Gillian Lorraine Donna Lesley
Kathleen Barbara Jean Joan Dorothy Sheila Maureen Pauline Pamela Shirley Brenda Sylvia Joyce Irene Doreen Beryl Eileen
Marjorie Audrey Edna Vera Hilda Gladys Winifred Phyllis Rita Doris Ruth Judith Rosemary Frances Hilary Heather Fiona
Sally Kate Katherine Caroline Natalie Stacey Kelly Kerry Leanne Lindsey Zoe Chloe Megan Bethany Lauren Emily Olivia
Amelia Isla Ava Mia Grace Poppy Freya Florence Evie Ellie Daisy Lily Rosie Ruby Alice Eleanor Harriet Georgia Imogen
Isabel Beatrice Matilda Martha Phoebe Penelope Tabitha Cordelia Flora Morag Eilidh Catriona Ailsa Mairi Shona Siobhan
Niamh Aoife Sinead Maeve Bronwen Cerys Carys Rhian Sian Angharad Nia Ffion Gwen Mhairi Lorna Moira Elspeth Muriel Nora
Norma Olive Maud Mabel Ivy Iris Esther Edith Constance Clara Cynthia Davina Denise Diana Elaine Erica Estelle
Geraldine Gwendolyn Helena Ingrid Jasmine Jodie Josephine Juliet Kirsty Lydia Marian Melanie Miranda Miriam Naomi
Nadine Paula Petra Priscilla Rosalind Sabrina Selina Serena Stephanie Tamsin Tessa Theresa Thelma Ursula Valerie
Vivian Yvonne Aisha Fatima Zainab Priya Anjali Sunita Meera Kavita Folake Amara
"""

FAMILY = """
Smith Jones Williams Taylor Brown Davies Evans Wilson Thomas Johnson Roberts Robinson Thompson Wright Walker White
Edwards Hughes Green Hall Lewis Harris Clarke Patel Jackson Wood Turner Martin Cooper Hill Ward Morris Moore Clark Lee
King Baker Harrison Morgan Allen James Scott Phillips Watson Davis Parker Price Bennett Young Griffiths Mitchell Kelly
Cook Carter Richardson Bailey Collins Bell Shaw Murphy Miller Cox Khan Richards Marshall Anderson Simpson Ellis Adams
Singh Begum Wilkinson Foster Chapman Powell Webb Rogers Gray Mason Ali Hunt Hussain Campbell Matthews Owen Palmer
Holmes Mills Barnes Knight Lloyd Butler Russell Barker Fisher Stevens Jenkins Murray Dixon Harvey Graham Pearson Ahmed
Fletcher Walsh Kaur Gibson Howard Andrews Stewart Elliott Reynolds Saunders Payne Fox Ford Pearce Day Brooks West
Lawrence Cole Atkinson Bradley Spencer Gill Dawson Watts Burton Wells Rose Hart Chambers Ryan Newman Armstrong
Cunningham Nicholson Francis Carr Lowe Perry Hudson Holland Webster Booth Lane Stone Robertson Hawkins Harding Oliver
Barrett Burns Warren Hopkins Hamilton Byrne Lawson Henderson Austin Gardner Cross Walters Bishop Marsh Frost Sharp
Hewitt Bird Wheeler Woods Page Hayes Berry Potter Moss Rees Barton Bates Field Briggs Banks Sutton Rowe Doyle Freeman
Goodwin Fuller Short Nash Wade Tucker Bull Lamb Kemp Kent Peacock Parsons Higgins Wallace Bond Cartwright Barlow
Horton Hammond Newton Sanders Pratt Stephenson Gallagher Kerr Farrell Brady Quinn Connolly Duffy Brennan Donnelly
McCarthy McDonald Mackenzie Macleod McLean McGregor Mackay Fraser Sinclair Drummond Forbes Cameron Buchanan Munro Ross
Sutherland Gordon Grant Douglas Ferguson Crawford Boyd Craig Paterson Reid Muir Laing Baird Pritchard Probert Bevan
Bowen Gwynne Prosser Vaughan Howells Parry Meredith Pugh Llewellyn Tudor Beddoes Trevithick Penrose Tremayne Nancarrow
Pascoe Polglase Trelawney Ashworth Entwistle Hargreaves Ramsbottom Sugden Sutcliffe Illingworth Braithwaite
Postlethwaite Thistlethwaite Murgatroyd Oldroyd Akroyd Holroyd Barraclough Fairclough Duckworth Haworth Greenwood
Crabtree Sowerby Metcalfe Heslop Charlton Featherstone Hedley Ridley Milburn Dodds Tait Elwood Lockwood Underwood
Sherwood Attwood Blackwood Kirkwood Garside Heaton Eaton Beaton Norton Upton Preston Langton Hilton Milton Walton
Alton Denton Fenton Kenton Renton Blackburn Blackwell Bracewell Maxwell Cromwell Sewell Rothwell Whitwell Bramwell
Stanford Bradford Clifford Crawshaw Earnshaw Openshaw Renshaw Bagshaw Hinchliffe Radcliffe Ratcliffe Wycliffe
Winterbottom Higginbottom Rowbottom Shufflebotham Okafor Adeyemi Mensah Boateng Owusu Chowdhury Rahman Islam Sharma
Gupta Mehta Desai Malik Iqbal Mahmood Chaudhry Wong Chan Cheung Nowak Kowalczyk Silva Santos
"""

NICKNAMES = {
    "Adam": "Ad",
    "Albert": "Al Bert Bertie",
    "Alexander": "Alex Sandy Xander",
    "Alison": "Ali",
    "Amanda": "Mandy",
    "Andrew": "Andy Drew",
    "Angela": "Angie",
    "Anthony": "Tony",
    "Archie": "Arch",
    "Arthur": "Art Artie",
    "Barbara": "Babs Barb",
    "Beatrice": "Bea Trixie",
    "Benjamin": "Ben Benny",
    "Bernard": "Bernie",
    "Bethany": "Beth",
    "Caroline": "Caz Carrie",
    "Catherine": "Cath Cathy Kit",
    "Charles": "Charlie Chas",
    "Charlotte": "Lottie Charlie",
    "Christine": "Chris Tina",
    "Christopher": "Chris Kit",
    "Daniel": "Dan Danny",
    "David": "Dave Davy",
    "Deborah": "Debbie Debs",
    "Dennis": "Den",
    "Derek": "Del",
    "Donald": "Don Donnie",
    "Dorothy": "Dot Dottie",
    "Douglas": "Doug Dougie",
    "Edward": "Ed Eddie Ted",
    "Eleanor": "Ellie Nell",
    "Elizabeth": "Liz Lizzie Beth Betty",
    "Emily": "Em Emmy",
    "Ernest": "Ernie",
    "Florence": "Flo Florrie",
    "Frances": "Fran Frankie",
    "Francis": "Frank",
    "Gabriel": "Gabe",
    "Geoffrey": "Geoff",
    "Geraldine": "Gerry",
    "Gillian": "Gill Jill",
    "Gwendolyn": "Gwen",
    "Harold": "Harry Hal",
    "Harriet": "Hattie",
    "Isabel": "Izzy Bella",
    "Jacqueline": "Jackie",
    "James": "Jim Jimmy Jamie",
    "Janet": "Jan",
    "Jennifer": "Jen Jenny",
    "Jessica": "Jess",
    "Joanne": "Jo",
    "John": "Jack Johnny",
    "Jonathan": "Jon Jonny",
    "Joseph": "Joe Joey",
    "Joshua": "Josh",
    "Josephine": "Josie Jo",
    "Judith": "Judy",
    "Katherine": "Kate Kathy Katie",
    "Kathleen": "Kath Kathy",
    "Kenneth": "Ken Kenny",
    "Lawrence": "Larry Laurie",
    "Leonard": "Len Lenny",
    "Leslie": "Les",
    "Margaret": "Maggie Peggy Meg",
    "Martin": "Marty",
    "Mary": "Polly Molly",
    "Matilda": "Tilly",
    "Matthew": "Matt",
    "Maureen": "Mo",
    "Melanie": "Mel",
    "Michael": "Mike Mick Micky",
    "Michelle": "Shell",
    "Mohammed": "Mo",
    "Nathan": "Nat Nate",
    "Nicholas": "Nick Nicky",
    "Nicola": "Nicky",
    "Oliver": "Ollie",
    "Pamela": "Pam",
    "Patricia": "Pat Trish Tricia",
    "Patrick": "Pat Paddy",
    "Penelope": "Penny",
    "Peter": "Pete",
    "Philip": "Phil Pip",
    "Priscilla": "Cilla",
    "Raymond": "Ray",
    "Rebecca": "Becky Becca",
    "Reginald": "Reg Reggie",
    "Richard": "Rick Dick Richie",
    "Robert": "Bob Rob Bobby",
    "Ronald": "Ron Ronnie",
    "Rosemary": "Rosie Rose",
    "Samantha": "Sam Sammy",
    "Samuel": "Sam Sammy",
    "Sidney": "Sid",
    "Simon": "Si",
    "Stanley": "Stan",
    "Stephanie": "Steph",
    "Stephen": "Steve",
    "Steven": "Steve",
    "Stuart": "Stu",
    "Susan": "Sue Susie",
    "Terence": "Terry",
    "Theresa": "Terri Tess",
    "Thomas": "Tom Tommy",
    "Timothy": "Tim",
    "Tobias": "Toby",
    "Valerie": "Val",
    "Victoria": "Vicky Tori",
    "Vincent": "Vince",
    "Walter": "Wally Walt",
    "William": "Will Bill Billy",
    "Winifred": "Win Winnie",
    "Zachary": "Zac",
}

COMPOUND_MALE = ("John", "James")
COMPOUND_FEMALE = ("Mary", "Anna", "Sarah")

# City, then its postcode areas and its dialing code without the leading zero.
CITIES = """
London:E N NW SE SW W:20
Birmingham:B:121
Leeds:LS:113
Glasgow:G:141
Sheffield:S:114
Manchester:M:161
Edinburgh:EH:131
Liverpool:L:151
Bristol:BS:117
Cardiff:CF:29
Leicester:LE:116
Coventry:CV:24
Bradford:BD:1274
Belfast:BT:28
Nottingham:NG:115
Hull:HU:1482
Newcastle upon Tyne:NE:191
Stoke-on-Trent:ST:1782
Southampton:SO:23
Derby:DE:1332
Portsmouth:PO:23
Brighton:BN:1273
Plymouth:PL:1752
Northampton:NN:1604
Reading:RG:118
Luton:LU:1582
Wolverhampton:WV:1902
Bournemouth:BH:1202
Norwich:NR:1603
Swindon:SN:1793
Sunderland:SR:191
Swansea:SA:1792
Milton Keynes:MK:1908
Aberdeen:AB:1224
Dundee:DD:1382
Peterborough:PE:1733
Ipswich:IP:1473
York:YO:1904
Oxford:OX:1865
Cambridge:CB:1223
Exeter:EX:1392
Gloucester:GL:1452
Bath:BA:1225
Chester:CH:1244
Lincoln:LN:1522
Durham:DH:191
Carlisle:CA:1228
Canterbury:CT:1227
Colchester:CO:1206
Preston:PR:1772
Blackpool:FY:1253
Bolton:BL:1204
Stockport:SK:161
Oldham:OL:161
Warrington:WA:1925
Wigan:WN:1942
Blackburn:BB:1254
Halifax:HX:1422
Huddersfield:HD:1484
Harrogate:HG:1423
Wakefield:WF:1924
Doncaster:DN:1302
Middlesbrough:TS:1642
Darlington:DL:1325
Lancaster:LA:1524
Shrewsbury:SY:1743
Telford:TF:1952
Worcester:WR:1905
Hereford:HR:1432
Dudley:DY:1384
Walsall:WS:1922
Taunton:TA:1823
Torquay:TQ:1803
Truro:TR:1872
Dorchester:DT:1305
Salisbury:SP:1722
Guildford:GU:1483
Redhill:RH:1737
Tonbridge:TN:1732
Maidstone:ME:1622
Dartford:DA:1322
Croydon:CR:20
Bromley:BR:20
Kingston upon Thames:KT:20
Twickenham:TW:20
Harrow:HA:20
Enfield:EN:20
Ilford:IG:20
Romford:RM:1708
Southend-on-Sea:SS:1702
Chelmsford:CM:1245
Stevenage:SG:1438
St Albans:AL:1727
Watford:WD:1923
Hemel Hempstead:HP:1442
Slough:SL:1753
Newport:NP:1633
Llandudno:LL:1492
Llandrindod Wells:LD:1597
Inverness:IV:1463
Perth:PH:1738
Stirling:FK:1786
Kirkcaldy:KY:1592
Motherwell:ML:1698
Paisley:PA:141
Kilmarnock:KA:1563
Dumfries:DG:1387
Galashiels:TD:1896
"""

STREET_KINDS = (
    ("Street", "St", 26),
    ("Road", "Rd", 28),
    ("Avenue", "Ave", 13),
    ("Lane", "Ln", 8),
    ("Close", "Cl", 8),
    ("Drive", "Dr", 7),
    ("Way", "Wy", 2),
    ("Court", "Ct", 2),
    ("Place", "Pl", 3),
    ("Gardens", "Gdns", 3),
    ("Crescent", "Cres", 3),
    ("Terrace", "Ter", 3),
    ("Grove", "Gr", 2),
)

STREETS = """
High; Station; Church; Victoria; Green; Manor; Park; London; Mill; Main; Queens; Kings; New; Albert; Grange; York;
North; South; West; East; School; Chapel; George; Windsor; Stanley; Springfield; Alexandra; Richmond; Broad; Oxford;
Cambridge; Chester; Clarence; Cromwell; Wellington; Nelson; Waterloo; Trafalgar; Wellesley; Gladstone; Salisbury;
Balmoral; Sandringham; Osborne; Buckingham; Kensington; Chelsea; Devonshire; Cornwall; Somerset; Dorset; Norfolk;
Suffolk; Essex; Lancaster; Warwick; Durham; Lincoln; Bedford; Northumberland; Cumberland; Carlisle; Elm; Oak; Ash;
Beech; Birch; Cedar; Cherry Tree; Chestnut; Hawthorn; Holly; Hazel; Larch; Laurel; Lime; Maple; Poplar; Rowan;
Sycamore; Willow; Yew Tree; Orchard; Meadow; Woodland; Forest; Hill; Hillside; Valley; River; Bridge; Ferry; Quay;
Harbour; Sea View; Marine; Cliff; Brook; Spring; Well; Pond; Lake; Field; Farm; Barn; Dairy; Mead; Common; Heath;
Moor; Marsh; Warren; Fox; Swan; Lion; Priory; Abbey; Minster; Vicarage; Rectory; Convent; Castle; Tower; Palace;
Market; Cross; Corn; Tanner; Weaver; Cooper; Mason; Carpenter; Smithy; Foundry; Railway; Canal; Wharf; Gas; Factory;
Gordon; Havelock; Livingstone; Shakespeare; Milton; Wordsworth; Byron; Shelley; Keats; Tennyson; Dickens; Chaucer;
Burns; Scott; Darwin; Newton; Faraday; Brunel; Stephenson; Arkwright; Northcote; Southfield; Westbourne; Eastgate;
Highfield; Fairfield; Whitehouse; Redland; Blackthorn
"""

DOMAINS = ("mailbox.example", "postlink.example", "inboxly.example", "netmail.example", "britmail.example")

ORGANIZATION_KINDS = """
F Motors; F Builders; F Plumbing; F Joinery; F Electrical; F Garages; F Dental Practice; F Solicitors; F Accountants;
F Opticians; F Butchers; F Florists; F Caterers; F Removals; F Transport; F Estates; F Farm; F Nurseries; F Brewery; B
Consulting; B Systems; B Services; B Logistics; B Recruitment; B Lettings; B Interiors; B Fitness; B Cleaning; The T
Inn; The T Hotel; The T; T Café; T Tea Rooms; T Bistro; T Guest House; T Care Home; T Nursery; T Primary School; T
Academy; T Surgery; T Pharmacy; T Community Centre; T Cricket Club; T Bookshop; C Council; C Museum; C Theatre
"""

ORGANIZATION_THINGS = """
Red Lion; White Hart; Royal Oak; Kings Head; Queens Arms; Railway; Plough; Rose and Crown; Green Man; Black Swan; Old
Mill; Harbour; Riverside; Lakeside; Hillcrest; Meadow View; St Mary's; St John's; St Peter's; Holy Trinity; Sunnyside;
Beech House; The Elms; Willow Tree; Orchard House; Cedar Lodge; Four Seasons; Copper Kettle; Corner; Station; Market
Square; Abbey; Priory; Castle; Victoria; Albert; Waterloo; Seaview; Highfield; Parkside; Oakwood; Kingfisher; Golden
Fleece; Three Tuns
"""

LEGAL_FORMS = ("Ltd", "Limited", "LLP", "PLC", "& Sons", "& Co")
BRAND_PARTS = (
    (
        "North",
        "Blue",
        "Apex",
        "Bright",
        "Clear",
        "Prime",
        "Swift",
        "Summit",
        "Key",
        "Oak",
        "True",
        "Next",
        "Open",
        "Fair",
    ),
    (
        "stone",
        "line",
        "point",
        "gate",
        "path",
        "star",
        "field",
        "bridge",
        "wave",
        "works",
        "way",
        "port",
        "view",
        "edge",
    ),
)
ROLE_MAILBOXES = ("info", "office", "enquiries", "hello", "accounts")
SITE_LABELS = ("{}", "- {}", "({})", "{} branch", "{} office")

RARE_ONSETS = """
B Bl Br C Ch Cl Cr D Dr F Fl Fr G Gl Gr H J K L M N P Pl Pr R S Sh Sk Sl Sn Sp St Str T Th Tr W Wh Wr Y Win Thorn Hol
Mar Har Ald Ed Os Wil Gar Mac McK McL O'B O'D Tre Pen Pol
"""
RARE_MIDDLES = """
a e i o u ea oo ay ow er ar or al el il ing ang ong ell ill all um im am en on an ock eck ick ack urr
"""
RARE_ENDINGS = """
son ton ley ford man worth field wood by ham well stead shaw croft burn dale ridge more ney kin cott bury land gate
ster ling mer wick thorpe bridge combe hurst pool more den don ett ard
"""
