"""The tree, suppliers, people, roles, prokura, policies and tasks."""
