"""Prokura: purchasing on shared agreements, and invoices that approve themselves."""
