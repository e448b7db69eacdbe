"""What a user of GoldenMatch writes; run by benchmarks/ease.py."""

# before
import goldenmatch

# result
found = goldenmatch.dedupe("customers.csv")
print(found.stats)

# explanation
import csv

with open("customers.csv", encoding="utf-8", newline="") as stream:
    rows = list(csv.DictReader(stream))
weights = {"given_name": 1.0, "family_name": 1.0, "email": 1.0, "phone": 1.0}
print(goldenmatch.explain_pair_df(rows[0], rows[1], fuzzy=weights))

# look-up, of the result
import csv

import pyarrow as pa

with open("customers.csv", encoding="utf-8", newline="") as stream:
    rows = list(csv.DictReader(stream))
table = pa.Table.from_pylist([{**row, "__row_id__": number} for number, row in enumerate(rows)])
new = {"given_name": "Zoe", "family_name": "Petit", "email": "zoe.petit@site.example"}
print(goldenmatch.match_one(new, table, found.config.get_matchkeys()[0]))
