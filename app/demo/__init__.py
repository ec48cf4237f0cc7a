"""The story played over HTTP against a real server: a client and nothing else."""
