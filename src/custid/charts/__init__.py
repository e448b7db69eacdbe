"""Charts of a run and of a match model, for a notebook or a file.

Each function returns a chart of altair, which a notebook shows; `save_chart` writes it as PNG, SVG or HTML and needs no
network.  Install ``custid[charts]``.
"""

from custid.charts.changes import weight_changes
from custid.charts.costs import error_costs
from custid.charts.evidence import agreement_correlation, em_history, m_u_probabilities, waterfall
from custid.charts.quality import calibration, precision_recall, threshold_curves
from custid.charts.records import block_sizes, cluster_sizes, missingness
from custid.charts.saving import save_chart
from custid.charts.weights import match_weights

__all__ = [
    "agreement_correlation",
    "block_sizes",
    "calibration",
    "cluster_sizes",
    "em_history",
    "error_costs",
    "m_u_probabilities",
    "match_weights",
    "missingness",
    "precision_recall",
    "save_chart",
    "threshold_curves",
    "waterfall",
    "weight_changes",
]
