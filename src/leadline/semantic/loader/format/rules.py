"""Row rules as written: when a rule fits a viewer, and which rows it shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Discriminator, Field, Tag

from leadline.semantic import model
from leadline.semantic.expressions.tree import Expression
from leadline.semantic.loader.format.base import Format, RuleExpr, Spot, StepName


def _form(value: object) -> str:
    return "<map>" if isinstance(value, Mapping) else "<one>"


_ByDataset = Annotated[dict[StepName, RuleExpr], Field(min_length=1)]


class RowRule(Format):
    """Rows that a viewer sees. With any rule, what no fitting one shows is hidden (not for admins)."""

    when: RuleExpr = Field(
        description="Over `viewer.email`, `viewer.role`, `viewer.name` and given attributes."
    )
    rows: Annotated[
        Annotated[RuleExpr, Tag("<one>")] | Annotated[_ByDataset, Tag("<map>")], Discriminator(_form)
    ] = Field(description="One expression for all datasets, or `{dataset: expression}`.")
    datasets: list[StepName] = Field(
        default_factory=list, description="The datasets for which it holds; all by default."
    )

    def build(self, name: str, spot: Spot) -> model.RowRule:
        """The value."""
        rows: dict[str | None, Expression] = {}
        if isinstance(self.rows, Expression):
            rows[None] = self.rows
        else:
            rows.update(self.rows)
        return model.RowRule(name, self.when, rows, spot.place, tuple(self.datasets))
