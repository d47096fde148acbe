"""What names and values of fields may be made of: patterns for latin-1 text."""

TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
"""RFC 9110 5.6.2."""
FIELD_VALUE = r'[\t\x20-\x7e\x80-\xff]*'
"""RFC 9110 5.5, with spaces at both ends: whoever sends it on takes them away."""
