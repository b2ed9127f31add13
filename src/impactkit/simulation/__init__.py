"""The honesty battery: how often the whole pipeline calls a claim supported that is not true."""
