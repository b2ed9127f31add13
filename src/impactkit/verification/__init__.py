"""What another person can verify: a fingerprint of the data, a sealed bundle, and the checking of it."""
