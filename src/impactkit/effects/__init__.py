"""What it did: estimators, their inference and what they find."""
