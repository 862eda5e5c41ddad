"""The nouns of the system, frozen. They hold values and their own rules, and do nothing."""
