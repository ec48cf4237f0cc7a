"""Answers that look across chapters: what a reorganisation would change, who may approve what and why."""
