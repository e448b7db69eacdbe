"""A bank: couples hold accounts alone and together; who is behind each account, with nobody merged into a couple."""

from __future__ import annotations

import sys
from random import Random

import custid
from custid.testing import synthetic_customers

WOMEN = "Anne Claire Élodie Hélène Inès Julie Léa Manon Nadine Sophie Zoé Agathe".split()
MEN = "Adrien Bruno Cédric Denis Émile Fabien Gilles Hugo Jérôme Karim Luc Marc".split()
STREETS = ["rue du Port", "quai Neuf", "rue Pasteur", "avenue de la Gare", "place du Marché", "rue des Lilas"]


def accounts(n_couples: int) -> list[dict[str, str]]:
    """Return the accounts of some couples: his, hers, and one of both; a third of them have no joint one."""
    families = [
        row["family_name"] for row in synthetic_customers(900, seed=3).records.to_pylist() if row["family_name"]
    ]
    draw = Random(7)  # noqa: S311 - nothing is kept secret by it
    rows: list[dict[str, str]] = []
    for number, family in enumerate(sorted({" ".join(each.title().split()) for each in families})[:n_couples]):
        home = {
            "adresse": f"{number + 1} {draw.choice(STREETS)}",
            "code_postal": f"44{number % 9}00",
            "ville": "Nantes",
        }
        he, she = ((f"{draw.choice(names)} {family}", phone(draw), day(draw)) for names in (MEN, WOMEN))
        holders = [("M.", *he), ("Mme", *she)]
        if number % 3:
            holders.append(("", f"M. et Mme {he[0]}", he[1], ""))
        for civility, name, telephone, born in holders:
            row = {"compte": f"C{len(rows):04}", "civilite": civility, "titulaire": name}
            rows.append(row | {"telephone": telephone, "date_naissance": born} | home)
    return rows


def phone(draw: Random) -> str:
    """Return a number of the range that is kept for inventions."""
    return f"06 39 98 {draw.randrange(100):02} {draw.randrange(100):02}"


def day(draw: Random) -> str:
    """Return a birth date."""
    return f"{draw.randint(1, 28):02}/{draw.randint(1, 12):02}/{draw.randint(1940, 2000)}"


def main() -> None:
    """Find the customers, and the couples behind joint accounts."""
    rows = accounts(90)
    result = custid.dedupe(rows, schema=custid.Schema(record_key="compte", columns={"titulaire": "full_name"}))
    name = {row["compte"]: row["titulaire"] for row in rows}
    accounts_of: dict[int, list[str]] = {}
    for row in result.assignments.to_pylist():
        accounts_of.setdefault(row["customer"], []).append(row["record_key"])

    joint = [each for each in result.collectives.to_pylist() if each["kind"] == "joint"]
    both_known = [each for each in joint if len(each["customers"]) == 2]
    print(f"{len(rows)} accounts, {result.n_customers} customers, {len(joint)} joint accounts")
    print(f"both holders of {len(both_known)} joint accounts have an account of their own, for example:")
    for each in both_known[:3]:
        (account,) = accounts_of[each["customer"]]
        holders = [f"{name[key]} ({key})" for customer in each["customers"] for key in accounts_of[customer]]
        print(f"  {account} {name[account]}: {', '.join(holders)}")
    homes = sum(each["kind"] == "household" for each in result.collectives.to_pylist())
    print(f"{homes} households were found besides; nobody was merged with the person he lives with")
    if result.n_customers != len(rows) or len(both_known) < len(joint) // 2:
        sys.exit("expected every account to keep its holder, and most holders of joint accounts to be found")


if __name__ == "__main__":
    main()
