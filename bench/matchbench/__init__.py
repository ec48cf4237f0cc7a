"""A seeded benchmark of invoice matching: orders, deliveries and invoices with the truth known, and who judges them."""
