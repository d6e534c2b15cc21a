"""How fast Recanvass is, as ratios to named baselines that run beside it (see README.md)."""
