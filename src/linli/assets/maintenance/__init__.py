"""Maintenance (维护): how long a machine will last, and when it is best to open it."""
