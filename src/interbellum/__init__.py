"""Interbellum: will the guns fall silent, in what form, by when, and for how long."""

__version__ = "0.1.0"
