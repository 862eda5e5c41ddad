"""Other tools' agents and crews, made files of a workspace. Texts in, texts and remarks out: it reads no file."""
