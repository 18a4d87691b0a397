"""Administrative units before and after 2025-07-01: the packaged tables, how they are built, how they are loaded.

Reading an address is `nlu/entities/place.py`; choosing a transaction point is `flows/routing.py`.
"""
