"""Delivery: documents in, outbox out."""
