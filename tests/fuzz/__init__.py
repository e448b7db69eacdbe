"""Coverage-guided fuzzing of whatever reads what others have written.

``python -m tests.fuzz --runs 1000000 intake_csv`` searches with Atheris, which the dependency group ``fuzz`` brings;
the tests replay the seeds and every input that once failed (``tests/data/fuzz``).
"""
