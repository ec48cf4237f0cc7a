"""From need to receipt: orders, approval, responses, receipts and allocations."""
