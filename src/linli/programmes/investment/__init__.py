"""Investment projects (招商): from the first lead to production."""
