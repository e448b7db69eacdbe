"""Common names that are met in every language, folded; written for custid."""

from __future__ import annotations

from typing import Final

__all__ = ["FAMILY_NAMES", "GIVEN_NAMES"]

GIVEN_NAMES: Final = frozenset(
    """
    pieter jan joost wouter maarten koen dirk bram sander jeroen bart luuk daan sven lars nils bjorn jens niels anders henrik mikkel soren
    rasmus magnus erik leif gunnar astrid ingrid sigrid freja johanna annika katrin katja heike ulrike sabine petra anke birgit silke
    jurgen jorg gunther dieter dietmar heinz horst helmut hans klaus wolfgang manfred uwe rainer stefan matthias johannes lukas jonas
    tobias florian sebastian andreas thorsten holger giovanni giuseppe luigi paolo marco matteo francesco alessandro antonella
    federica chiara giulia francesca lucia elisabetta silvia jose juan luis carlos miguel javier pablo diego fernando rafael sergio
    alvaro jorge manuel francisco pilar mercedes dolores rocio guadalupe joao tiago nuno rui goncalo duarte luisa ines beatriz fatima
    conceicao lurdes catarina sofia piotr pawel krzysztof tomasz andrzej marcin michal jakub wojciech agnieszka katarzyna malgorzata
    ewa joanna magdalena zofia dmitri sergei alexei mikhail nikolai vladimir igor oleg yuri olga tatiana svetlana natalia irina
    ludmila anastasia mehmet mustafa ahmet ali emre murat hakan ayse fatma elif zeynep emine mohamed mohammed ahmed mahmoud hassan
    hussein youssef omar khalid abdallah abdul karim rachid nadia leila samira fatiha khadija aicha amina zineb yasmine amadou mamadou
    ousmane ibrahima moussa cheikh aliou fatou aminata mariama aissatou awa kofi kwame kwesi yaw ama akosua abena chinedu emeka
    ngozi chioma oluwaseun adebayo tunde priya anjali deepak rajesh sanjay vikram arjun rahul amit sunita lakshmi kavita hiroshi
    takeshi kenji yuki haruka sakura minh linh thanh huong phuong thi andrei ion mihai ioana elena nikos giorgos dimitrios yannis
    eleni maria anna david daniel miriam rivka yosef moshe avraham
    """.split()
)
"""Given names of one word."""

FAMILY_NAMES: Final = frozenset(
    """
    garcia martinez lopez sanchez perez gonzalez rodriguez fernandez gomez ruiz hernandez diaz moreno munoz jimenez alvarez romero
    torres ramirez ramos ortega ortiz castillo delgado vargas navarro morales reyes cruz gutierrez rivera chavez mendoza aguilar
    vasquez herrera medina castro flores silva pereira ferreira santos oliveira costa rodrigues fernandes goncalves gomes lopes
    marques almeida carvalho teixeira pinto sousa rossi russo ferrari esposito bianchi colombo ricci greco muller schmidt schneider
    fischer weber wagner becker schulz hoffmann koch benali haddad belkacem bensaid benamar trabelsi diallo traore coulibaly diop
    ndiaye fall sarr konate toure sissoko cisse sylla kone ouattara okafor adeyemi mensah boateng owusu nwosu osei patel shah
    desai mehta gupta sharma verma kapoor chaudhry hussain akhtar qureshi banerjee chatterjee iyer reddy nguyen tran pham huynh
    hoang phan vu vo dang bui wang zhang chen liu yang huang zhao wu zhou wong chan cheung leung lam kim park choi kowalski nowak
    ng novak popescu yilmaz kaya
    """.split()
)
"""Common family names that are no given names."""
