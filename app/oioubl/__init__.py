"""OIOUBL 2.1 to documents and back, and its validation."""
