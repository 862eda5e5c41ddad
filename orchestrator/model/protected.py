"""Paths that no agent may write: ours, git's, and what other programs obey as their configuration. Pure text."""

import re
import unicodedata

_OWN_FILES = frozenset({"state.yaml", "pipeline.yaml", "job.yaml", "orchestrator.yaml"})
_OWN_FOLDERS = frozenset({"approvals"})
_OBEYED = frozenset(
    {
        "claude.md", "claude.local.md", "agents.md", "agents.override.md", "gemini.md", "copilot-instructions.md",
        ".mcp.json", ".envrc", ".env", ".cursorrules", ".windsurfrules", ".clinerules", ".roorules", ".goosehints",
        "conftest.py", "sitecustomize.py", "usercustomize.py", ".npmrc", ".yarnrc", ".yarnrc.yml", ".pypirc", ".netrc",
        ".editorconfig", ".pre-commit-config.yaml", ".gitlab-ci.yml", ".travis.yml", ".tool-versions", "codeowners",
        ".bashrc", ".bash_profile", ".profile", ".zshrc", ".zshenv",
    }
)  # fmt: skip
_OBEYED_FOLDERS = frozenset(
    {
        ".claude", ".github", ".gitlab", ".gitea", ".forgejo", ".vscode", ".idea", ".cursor", ".codex", ".gemini",
        ".circleci", ".devcontainer", ".husky", ".windsurf", ".clinerules", ".roo", ".aider", ".continue", ".ssh",
    }
)  # fmt: skip
UNSEEN = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
)
_SHORT_NAME = re.compile(r"(?:git|gi[0-9a-f]{4})~\d{1,6}")


def protected(path: str) -> str | None:
    """Return the rule by which a path may never be an artifact, in whatever disguise; None where it may."""
    parts = [folded(part) for part in path.strip("/").split("/")]
    if any(part.startswith(".git") or _SHORT_NAME.fullmatch(part) for part in parts):
        return "what begins with .git steers git or a forge, and is never an artifact"
    if any(part in _OBEYED_FOLDERS for part in parts) or parts[-1] in _OBEYED or parts[-1].endswith(".pth"):
        return "other programs take it for their configuration, so it is never an artifact"
    if parts[-1] in _OWN_FILES or any(part in _OWN_FOLDERS for part in parts):
        return "it belongs to the orchestrator or to people, and no agent writes it"
    return None


def folded(name: str) -> str:
    """Return a name as the most forgiving file system takes it: compatible forms, no case, no unseen character."""
    bare = UNSEEN.sub("", unicodedata.normalize("NFKC", name))
    return unicodedata.normalize("NFC", bare.casefold()).rstrip(" .")
