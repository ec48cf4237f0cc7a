"""The pure engine: a case in, a decision out."""

from app.match.engine.decision import Decision, Finding
from app.match.engine.facts import Case
from app.match.engine.matching import match

__all__ = ["Case", "Decision", "Finding", "match"]
