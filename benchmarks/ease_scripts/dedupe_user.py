"""What a user of dedupe writes, with sixty answers of a person in training.json; run by benchmarks/ease.py."""

# before
import csv

import dedupe

with open("customers.csv", encoding="utf-8", newline="") as stream:
    rows = {row["id"]: {name: value or None for name, value in row.items()} for row in csv.DictReader(stream)}
fields = [
    dedupe.variables.String("given_name", has_missing=True),
    dedupe.variables.String("family_name", has_missing=True),
    dedupe.variables.String("birth_date", has_missing=True),
    dedupe.variables.String("email", has_missing=True),
    dedupe.variables.String("phone", has_missing=True),
    dedupe.variables.String("city", has_missing=True),
]

# result
if __name__ == "__main__":
    deduper = dedupe.Dedupe(fields)
    with open("training.json", encoding="utf-8") as stream:
        deduper.prepare_training(rows, training_file=stream)
    deduper.train()
    print(deduper.partition(rows, 0.5)[:3])

# look-up
if __name__ == "__main__":
    gazetteer = dedupe.Gazetteer(fields)
    new = {"n": {"given_name": "zoe", "family_name": "petit", "email": "zoe.petit@site.example"}}
    new["n"] |= {"birth_date": None, "phone": None, "city": None}
    with open("training.json", encoding="utf-8") as stream:
        gazetteer.prepare_training(rows, rows, training_file=stream)
    gazetteer.train()
    gazetteer.index(rows)
    print(gazetteer.search(new, threshold=0.5))
