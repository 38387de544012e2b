"""How well and how fast readers load delimited files that are polluted in one way each."""
