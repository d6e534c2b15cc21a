"""Pages: what the record says, as HTML that stands alone. Pure functions of what they are given."""
