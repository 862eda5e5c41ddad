"""The command line: parse, wire, print. It decides nothing."""
