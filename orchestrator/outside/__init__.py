"""Outside: programs, callables and web addresses that a gate may ask, by names that the base's settings give them.

Nothing here judges, and nothing here knows jobs or git.
"""
