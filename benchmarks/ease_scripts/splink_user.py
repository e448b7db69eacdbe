"""What a user of Splink writes; run by benchmarks/ease.py."""

# result
import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

api = DuckDBAPI()
table = duckdb.read_csv("customers.csv", all_varchar=True).to_arrow_table()
customers = api.register(table, dataset_display_name="customers")
settings = SettingsCreator(
    link_type="dedupe_only",
    unique_id_column_name="id",
    blocking_rules_to_generate_predictions=[
        block_on("given_name", "family_name"),
        block_on("birth_date", "family_name"),
        block_on("email"),
        block_on("phone"),
    ],
    comparisons=[
        cl.NameComparison("given_name"),
        cl.NameComparison("family_name"),
        cl.DateOfBirthComparison("birth_date", input_is_string=True),
        cl.EmailComparison("email"),
        cl.LevenshteinAtThresholds("phone", [1]),
        cl.ExactMatch("city").configure(term_frequency_adjustments=True),
    ],
    retain_intermediate_calculation_columns=True,
)
linker = Linker(customers, settings)
linker.training.estimate_probability_two_random_records_match([block_on("email"), block_on("phone")], recall=0.7)
linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
linker.training.estimate_parameters_using_expectation_maximisation(block_on("given_name", "family_name"))
linker.training.estimate_parameters_using_expectation_maximisation(block_on("birth_date"))
pairs = linker.inference.predict(threshold_match_probability=0.01)
clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_probability=0.95)
print(clusters.as_duckdbpyrelation())

# explanation, of the result
records = pairs.as_record_list(limit=1)
linker.visualisations.waterfall_chart(records).save("waterfall.html")

# look-up, of the result
import pyarrow as pa

new = {"id": "0", "given_name": "Zoe", "family_name": "Petit", "email": "zoe.petit@site.example"}
caller = api.register(pa.Table.from_pylist([new], schema=table.schema), dataset_display_name="caller")
print(linker.inference.predict_between(caller, customers, threshold_match_probability=0.5).as_record_list())
