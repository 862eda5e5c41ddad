"""Where the work of many jobs is done: in processes beside this one. What a job is, nobody here knows."""
