"""Built-in scenarios: real tasks of real units, with invented people, ready to be planned."""

from roster.scenarios.registry import SCENARIOS, Loaded, load, renew_passwords, show_somebody_on_duty

__all__ = ["SCENARIOS", "Loaded", "load", "renew_passwords", "show_somebody_on_duty"]
