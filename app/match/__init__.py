"""Invoices decided against orders and receipts, and every decision kept."""
