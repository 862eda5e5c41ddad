"""Agents: whoever plays a step's role, behind one Protocol. None chooses a step, writes a ref or sees git."""
