"""Made-up elections with planted errors, and recorded nights replayed."""
