"""Enterprises of the park (企业): register, visits, difficulties, ladder, yield per mu."""
