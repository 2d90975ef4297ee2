"""Scoring schemes (考评): a tree of items with points, computed or judged, and what to improve."""
