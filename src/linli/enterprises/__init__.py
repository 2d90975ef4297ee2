"""Enterprises of the park (企业): register, visits, difficulties, cultivation, performance per mu."""
