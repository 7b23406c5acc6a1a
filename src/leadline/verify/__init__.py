"""Verify cases: a query and hand-written SQL that must give the same answer, both run in one snapshot."""

from leadline.verify.cases import Case, read_cases
from leadline.verify.run import Failure, Report, Verifier

__all__ = ["Case", "Failure", "Report", "Verifier", "read_cases"]
