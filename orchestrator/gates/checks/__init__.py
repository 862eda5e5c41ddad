"""The checks that come with the orchestrator, one file each. None knows another."""
