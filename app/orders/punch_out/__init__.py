"""Carts of suppliers' shops: three ways to write one down, read into one value; no database and no network. judging.py
alone knows a table, for the words in which it judges.
"""
