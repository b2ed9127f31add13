"""The estimators that compare with donors, for the checks that ask about those."""

DONOR_DESIGNS = frozenset(
    {
        "augmented_synthetic_control",
        "penalised_synthetic_control",
        "synthetic_control",
        "synthetic_difference_in_differences",
    }
)
