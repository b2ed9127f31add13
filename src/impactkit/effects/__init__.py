"""What the project did: estimators of effects, their inference and the array mathematics beneath them."""
