"""Text ⇄ models: what people and agents write, read with its places, and written back in one form. No I/O."""
