"""Rules of audits: facts in, judgements out. No query, clock, request or permission."""

from .scoring import Answers, Judgement, Score, Tally, UnknownAnswers, score

__all__ = ["Answers", "Judgement", "Score", "Tally", "UnknownAnswers", "score"]
