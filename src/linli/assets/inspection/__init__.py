"""Inspection (检测): pictures of parts judged by a model, and the model taught by inspectors."""
