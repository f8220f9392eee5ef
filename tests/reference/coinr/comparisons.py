"""All that is held against COINr, and what of its files is not, with the reason."""

from __future__ import annotations

from tests.reference.coinr import analysis, built, methods, sensitivity

__all__ = ["COMPARISONS", "NOT_COMPARED"]

COMPARISONS = (*built.COMPARISONS, *methods.COMPARISONS, *analysis.COMPARISONS, *sensitivity.COMPARISONS)

_INPUT = "what COINr was given, and so are we"
_CHOICES = (
    "which alternative each draw takes: an input here, for COINr divides the range of its draws, not of [0, 1]"
)

NOT_COMPARED = {
    "in_ASEM_iData.csv": _INPUT,
    "in_ASEM_iMeta.csv": _INPUT,
    "in_WorldDenoms.csv": _INPUT,
    "variants/in_denomby_custom.csv": _INPUT,
    "variants/in_iMeta_goalposts_scaled.csv": _INPUT,
    **{f"em/in_{code}.csv": _INPUT for code in methods.PILLARS},
    "in_ASEM_iData_panel.csv": "an input of which there are no results",
    "sensitivity/noisy_weights_100sets.csv": "random weights: an input of the studies",
    **{
        f"sensitivity/{study}_{what}.csv": _CHOICES
        for study in sensitivity.STUDIES
        for what in ("sample_U01", "alternative_index")
    },
    "variants/imp_i_EM_amelia_df_L2_noboot_seed1.csv": "one random draw of Amelia's; test_methods asks if it may be ours",
}
