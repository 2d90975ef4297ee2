"""A walk through every page of the site, for `bench/pages.py`.

`samples` chooses what a page is opened for, `narrowing` the queries to try, `table` says both for
each page, `supply` makes what this installation lacks, `measuring` opens and times.
"""
