"""The first page, section by section in the reader's order."""
