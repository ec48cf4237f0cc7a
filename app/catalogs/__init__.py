"""Catalogues: upload, versions, approval and search."""
