"""Pure analysis of texts and drawings, which gates and builtin agents share. Files in, facts out."""
