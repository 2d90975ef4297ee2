"""Bulletins (简报): the day's, week's or month's report as Word, PDF and web page."""
