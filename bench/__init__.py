"""Benchmarks: each measures its own floor in the same run, floor and service in turn, and tells medians."""
