"""Common given names in English-speaking countries, folded; written for custid."""

from __future__ import annotations

from typing import Final

__all__ = ["COMPOSITE_GIVEN_NAMES", "FAMILY_NAMES", "GIVEN_NAMES", "NAMES_OF_BOTH_KINDS"]

GIVEN_NAMES: Final = frozenset(
    """
    aaliyah aaron abby abdul abigail abraham ada adam addison adele adrian adrienne agnes ahmed aidan aileen aimee aisha aisling alan alana
    alastair albert alberto alec alejandro alex alexa alexander alexandra alexandria alexis alfie alfred ali alice alicia alisha alison alistair
    allan allen allison alma alvin alyssa amanda amber amelia amina amir amit amy ana anastasia andre andrea andreas andrew andy angel angela
    angelica angelina angie angus anika anil anita anjali ann anna annabel anne annette annie anthony antonia antonio anya april arabella
    archibald archie ariana arjun arlene arnold arthur arun asha ashley ashton astrid aubrey audrey austin autumn ava avery axel ayesha
    barbara barney barry bart basil beatrice becky belinda ben benedict benjamin bernadette bernard bernice bertha bessie beth bethan bethany
    betty beverley beverly bianca bill billie billy blake bob bobby bonnie brad bradley brandon brandy brenda brendan brent brett brian brianna
    bridget brittany brody brooke bruce bruno bryan bryce byron caitlin caleb callum calvin cameron camilla candace cara carl carla carlos carly carmen
    carol carole caroline carolyn carrie carter cary casey cassandra cassie catherine cathy cecil cecilia cedric celia chad chandra charlene
    charles charlie charlotte chase chelsea cheryl chester chloe chris christa christian christina christine christopher christy ciara
    cindy claire clara clarence clarissa clark claude claudia clayton cliff clifford clint clinton clive clyde cody colin colleen colm
    connie connor conor constance cora corey corinne cormac courtney craig cristina crystal curtis cynthia cyril daisy dale damian damien damon dan
    dana daniel daniela danielle danny daphne darcy daren darius darla darlene darrell darren darryl dave david dawn dean deanna deborah debbie
    debra declan deepak deirdre delia della delores denise dennis derek dermot desmond devin devon diana diane dianne diego dillon dina dinah dirk dolores
    dominic don donald donna donovan dora doreen doris dorothy doug douglas drew duane dudley duncan dustin dwayne dwight dylan earl ebony eddie eden
    edgar edith edmund edna eduardo edward edwin eileen elaine eleanor elena eli elias elijah elisa elisabeth elise eliza elizabeth ella ellen
    ellie elliot elliott ellis elmer eloise elsa elsie elspeth elton elvira emanuel emil emily emma emmanuel emmett enrique eoin eric erica erik
    erika erin ernest ernestine errol esme esmeralda esperanza estelle esther ethan ethel eugene eunice eva evan evangeline eve evelyn
    everett evie ewan ezra faith fatima faye felicia felicity felipe felix fergus fernando finlay finley finn fiona flora florence floyd
    frances francesca francis francisco frank frankie franklin fraser fred freda freddie frederick freya gabriel gabriela gabriella
    gabrielle gail gareth garrett garry gary gavin gayle gemma gene genevieve geoff geoffrey george georgia georgina gerald geraldine gerard
    german gertrude gianna gilbert gillian gina ginger gladys glen glenda glenn gloria godfrey gordon grace gracie graeme graham grant
    greg gregory greta gretchen guadalupe guillermo gus guy gwen gwendolyn hailey hal hamish hanna hannah harold harriet harris harrison harry
    harvey hassan hattie hayden hayley hazel heather hector heidi helen helena henrietta henry herbert herman hilary hilda holly
    homer hope horace howard hubert hugh hugo humphrey hunter ian ibrahim ida ignacio ike imogen imran ina india indira ines ingrid inez ira irene iris
    irma irving isaac isabel isabella isabelle isaiah isha isla ismael israel ivan ivy jack jackie jackson jacob jacqueline jada jade jaime jake
    jamal james jameson jamie jan jana jane janet janice janine jared jasmine jason jasper javier jay jayden jayne jean jeanette jeanne jeff
    jefferson jeffery jeffrey jemima jenna jennie jennifer jenny jeremiah jeremy jermaine jerome jerry jesse jessica jessie jesus jill jillian jim jimmy
    jo joan joann joanna joanne jocelyn jodie jody joe joel joey johanna john johnathan johnny jon jonah jonathan jordan jorge jose josefina joseph
    josephine josh joshua josie joy joyce juan juana juanita judith judy julia julian juliana julie juliet julio julius june justin justine
    kaitlyn karen kari karina karl karla kate katelyn katharine katherine kathleen kathryn kathy katie katrina katy kay kayla kayleigh keira
    keith kelley kellie kelly kelsey kelvin ken kendall kendra kenneth kenny kent kerry kevin khadija khalid kieran kiera kim kimberley kimberly
    kirk kirsten kirsty kourtney krista kristen kristi kristin kristina kristine kristy krystal kurt kyla kyle kylie lachlan lana lance lara
    larry latoya laura lauren laurence laurie lawrence layla lea leah leanne lee leigh leila lela leland lena lenny leo leon leona leonard
    leonardo leonie leroy leslie lester leticia levi lewis liam libby lila lilian lillian lily lincoln linda lindsay lindsey linus lionel lisa liz liza
    lizzie lloyd logan lois lola lonnie lora loren lorena lorenzo loretta lori lorna lorraine lottie lou louis louisa louise lucas lucia
    lucille lucinda lucy luis luisa luke lula luna luther lydia lyle lynda lyndsey lynette lynn lynne mabel mack mackenzie macy maddison madeleine
    madeline madison mae maggie magnus mahmoud maisie malcolm mallory mamie mandy manuel mara marc marcella marcia marco marcos marcus margaret
    margarita margie marguerite maria mariah marian mariana marianne maribel marie marilyn marina mario marion marisol marissa marjorie mark
    marlene marlon marsha marshall martha martin martina marty martyn marvin mary maryann mason mateo mathew matilda matt matthew mattie maud maura
    maureen maurice mavis max maxine maxwell may maya megan meghan mehmet melanie melinda melissa melody melvin mercedes meredith merle mia michael michaela
    michele michelle miguel mike mila mildred miles milo milton mindy minnie mira miranda miriam mitchell moira mohamed mohammad mohammed molly
    mona monica monique morgan morris moses muhammad muriel murray myra myrtle nadia nadine naomi nancy natalia natalie natasha nathan nathaniel neal
    ned neha neil nellie nelson nettie neville niall nicholas nicola nicole nigel nikhil niki nikki nina nita noah noel nolan nora norma norman
    nova odette olga olive oliver olivia ollie omar opal ophelia orla orlando oscar osman otis owen pablo paige pam pamela pansy paolo parker pat patience patricia
    patrick patsy patty paul paula paulette pauline payton pearl pedro peggy penelope penny percy perry pete peter petra peyton phil philip
    philippa phillip phoebe phyllis pierce pippa polly poppy portia preston priscilla priya quentin quincy quinn rachael rachel rafael rahul
    raj rajesh ralph ramon ramona randal randall randy raquel rashid raul ravi ray raymond rebecca reece reggie regina reginald rene renee reuben
    rex rhonda rhys ricardo richard rick ricky riley rita rob robbie robert roberta roberto robin robyn rochelle roderick rodney roger roland
    roman ron ronald ronnie rory rosa rosalie rosalind rosalyn rosamund rosanna rose rosemarie rosemary rosie ross rowan rowena roxanne roy ruben ruby
    rudolph rudy rufus rupert russell rusty ruth ryan sabrina sadie saeed sally salvador sam samantha samir sammy samuel sandra sandy sanjay sara sarah
    sasha savannah scarlett scott sean sebastian selena selina selma serena sergio seth shane shania shannon shari sharon shaun shauna
    shawn shawna sheena sheila shelby sheldon shelia shelley shelly sheri sherri sherry sheryl shirley shona sidney sienna sierra sigrid silas
    simon simone sinead siobhan sofia sonia sonja sonya sophia sophie spencer stacey stacy stan stanley stefan stella stephanie stephen steve steven
    stewart stuart sue summer sunil suresh susan susanna susannah susie suzanne sybil sydney sylvester sylvia tabitha talia tamara tami tammy tania tanisha tanya
    tara tariq tasha tatiana taylor ted teresa terence teri terrance terrence terri terry tessa thelma theo theodore theresa thomas
    tia tiana tiffany tim timmy timothy tina toby todd tom tomas tommy toni tony tonya tracey traci tracy travis trevor tricia trina trinity
    trisha tristan trudy tyler tyrone tyson una ursula usha valentina valerie vanessa vaughn velma vera verna vernon veronica vicki vicky victor
    victoria vijay vikram vince vincent viola violet virgil virginia vivian vivienne wade walker wallace wallis walter wanda warren wayne wendell wendy wesley
    whitney wilbur wilfred wilhelmina will willa willard william willie wilma winifred winston woodrow wyatt xavier yasmin yolanda yosef
    yusuf yvette yvonne zach zachary zack zahra zane zara zeke zelda zoe zoey zola
    """.split()
)
"""Given names of one word."""

NAMES_OF_BOTH_KINDS: Final = frozenset(
    """
    addison alexander allan allen anthony archibald arnold arthur ashton austin avery barry bart basil benjamin bernard blake bradley
    brandon brandy brent brett brooke bryce cameron carter cary casey chad chandra charles chase clayton clifford clinton clyde cody colin
    connor cooper craig curtis dale daniel dawn dean dennis devon dillon don douglas duncan elliot elliott ellis elmer everett floyd francis
    francisco franklin fraser garrett garry george german gilbert glen glenn gordon graham grant gregory guy harris harrison harvey hassan
    henry herman holly homer horace howard hunter irving jackson james jameson jefferson jordan joyce kay kelley kelly kelvin kim kirk lance
    lawrence lee leonard lewis lincoln lindsay lindsey lloyd logan lyle lynn mack mackenzie madison malcolm marshall martin mason maxwell
    miles milton mitchell morgan morris murray neal nelson neville nolan norman oliver owen parker patrick paul perry pierce preston quinn
    randall ray reece rhys richard riley robin ross rowan roy russell ryan sawyer scott shelby sheldon shelley simon spencer stanley stewart
    stuart summer taylor terry thomas tom travis tucker tyler tyson vaughn vernon vincent wade walker wallace walter warren wayne winston
    wyatt
    """.split()
)
"""Names that are common both as given and as family names: alone they do not tell the order."""

COMPOSITE_GIVEN_NAMES: Final[frozenset[str]] = frozenset()
"""Pairs of words that make one given name without a hyphen: English ones are kept apart, as middle names are."""

FAMILY_NAMES: Final = frozenset(
    """
    smith jones williams brown davies evans wilson johnson roberts robinson wright thompson hughes edwards hill clarke wood
    turner hall watson moore white clark miller davis baker anderson adams nelson campbell bell
    murphy cook rogers bailey richardson ward peterson gray watkins bennett foster barnes butler henderson coleman jenkins perry powell
    patterson washington simmons bryant hayes myers ford graves sullivan woods fisher sanders ellison
    """.split()
)
"""Common family names that are no given names."""
