"""Agreements, their shares down the tree, and who may see what."""
