"""Renewal (片区更新): a tree of framework, guidances, actions and projects with milestones."""
