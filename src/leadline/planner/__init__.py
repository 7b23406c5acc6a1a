"""From a question to a plan: parse and validate, ordered pure steps, rollup choice, SQL, reading the rows."""

from leadline.planner.answer import Answer, read_answer
from leadline.planner.bound import BoundModel, bind
from leadline.planner.canonical import Keys, canonical
from leadline.planner.parse import parse_query
from leadline.planner.pipeline import make_plan

__all__ = ["Answer", "BoundModel", "Keys", "bind", "canonical", "make_plan", "parse_query", "read_answer"]
