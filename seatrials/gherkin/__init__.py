"""From a .feature file to a pytest item: parse, match, check, run, explain."""
