"""The agents of the template release-notes. They say only what a repository's history says, and name its commits."""
