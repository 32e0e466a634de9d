"""Dates written in sentences, read so that a test can say that none lies after a cut-off."""

import datetime as dt
import re

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("January", "Jan"),
            ("February", "Feb"),
            ("March", "Mar"),
            ("April", "Apr"),
            ("May",),
            ("June", "Jun"),
            ("July", "Jul"),
            ("August", "Aug"),
            ("September", "Sept", "Sep"),
            ("October", "Oct"),
            ("November", "Nov"),
            ("December", "Dec"),
        ),
        start=1,
    )
    for name in names
}
DAY = re.compile(r"\b(\d{1,2}) (" + "|".join(MONTHS) + r") (\d{4})\b")
MONTH = re.compile(r"\b(" + "|".join(MONTHS) + r") (\d{4})\b")
ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")


def texts(data, path=()):
    if isinstance(data, dict):
        for key, value in data.items():
            yield from texts(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from texts(value, (*path, index))
    elif isinstance(data, str):
        yield path, data


def days_named(text):
    """First possible day of every date written in a text."""
    for day, month, year in DAY.findall(text):
        yield dt.date(int(year), MONTHS[month], int(day))
    for month, year in MONTH.findall(text):
        yield dt.date(int(year), MONTHS[month], 1)
    for year, month, day in ISO.findall(text):
        yield dt.date(int(year), int(month), int(day))
