"""Where things stand in a workspace. Job paths are relative to the job's directory; a leading `/` is the workspace."""

STATE = "state.yaml"
PIPELINE = "pipeline.yaml"
JOB = "job.yaml"
SETTINGS = "orchestrator.yaml"
TEMPLATES = "jobs/templates/"
DEFINITIONS = ("agents/", "prompts/", "memory/")


def job_folder(job: str) -> str:
    """Return the job's directory, with a `/` at its end."""
    return f"jobs/{job}/"


def in_workspace(job: str, path: str) -> str:
    """Return a job path as a path of the workspace, without a leading `/`."""
    return path[1:] if path.startswith("/") else job_folder(job) + path


def approval_file(step: str) -> str:
    """Return the job path of a step's approvals file."""
    return f"approvals/{step}.yaml"


def agent_file(role: str) -> str:
    """Return the workspace path of an agent file."""
    return f"agents/{role}.md"


def prompt_file(name: str) -> str:
    """Return the workspace path of a prompt's template."""
    return f"prompts/{name}.md.j2"
