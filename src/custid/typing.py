"""The parts that users may replace with their own: Protocols and the types of the functions they deal with.

Nothing has to be inherited: what has the right methods fits.  Each is defined in the layer that calls it and shown
here again, so that own code has one place to import from.
"""

from custid.blocking.atoms import Blocking
from custid.clustering.greedy import Clusterer
from custid.comparison.comparison import BindingContext, BoundComparison, Compared, Comparison, ComparisonOutput, Rarity
from custid.comparison.value_comparison import BoundLevels, ValueLevels
from custid.engines.options import ComparisonsLike, Progress
from custid.evaluation import HasAssignments, HasCandidates
from custid.standardize.values import Standardized, Standardizer

__all__ = [
    "BindingContext",
    "Blocking",
    "BoundComparison",
    "BoundLevels",
    "Clusterer",
    "Compared",
    "Comparison",
    "ComparisonOutput",
    "ComparisonsLike",
    "HasAssignments",
    "HasCandidates",
    "Progress",
    "Rarity",
    "Standardized",
    "Standardizer",
    "ValueLevels",
]
