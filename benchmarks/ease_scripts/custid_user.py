"""What a user of custid writes; run by benchmarks/ease.py."""

# result
import custid

found = custid.dedupe("customers.csv")
print(found.assignments)

# explanation, of the result
print(found.explain("1", "2"))

# look-up, of the result
registry = custid.open_registry("memory")
registry.use(found.model)
registry.ingest("customers.csv", source="shop")
print(registry.identify({"given_name": "Zoe", "family_name": "Petit", "email": "zoe.petit@site.example"}))
