"""`leadline query`: one question, from a file or from options, and its answer on the terminal."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from leadline.cli.answers import as_csv, served, show
from leadline.cli.asking import Told, over_http
from leadline.cli.place import DataDir, ModelDir, Place, Source
from leadline.cli.question import Words, build_query, read_query
from leadline.core.errors import LeadlineError


class Format(StrEnum):
    """How to print."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


Many = list[str] | None
File = Annotated[Path | None, typer.Option("-f", "--file", metavar="Q.json", help="A query; - reads stdin.")]
Metrics = Annotated[Many, typer.Option("--metric", "-m", metavar="M", help="May be repeated.")]
By = Annotated[Many, typer.Option("--by", metavar="D", help="Dimension to group by; may be repeated.")]
Range = Annotated[str | None, typer.Option("--range", metavar="R", help="this_month, or FROM..TO.")]
Grain = Annotated[str | None, typer.Option(metavar="G", help="day, week, month, quarter or year.")]
Zone = Annotated[str | None, typer.Option(metavar="Z", help="IANA zone. [default: the model's]")]
Filters = Annotated[Many, typer.Option("--filter", metavar="F", help='"rep.region=in:East,West"')]
Compares = Annotated[
    Many, typer.Option("--compare", metavar="C", help="previous_year or previous_year:percent")
]
Sorts = Annotated[Many, typer.Option("--sort", metavar="S", help="revenue:desc")]
Limit = Annotated[int | None, typer.Option(metavar="N", help="At most so many rows.")]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="ISO", help="What now is, where not in the query.")
]
Who = Annotated[str | None, typer.Option("--viewer", metavar="EMAIL|JSON", help="Ask as somebody else.")]


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("query")(command)


def command(
    *,
    file: File = None,
    metric: Metrics = None,
    by: By = None,
    range_: Range = None,
    grain: Grain = None,
    zone: Zone = None,
    filter_: Filters = None,
    compare: Compares = None,
    sort: Sorts = None,
    totals: Annotated[bool, typer.Option("--totals", help="Totals of all rows.")] = False,
    limit: Limit = None,
    as_of: AsOf = None,
    viewer: Who = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say how the answer came about.")] = False,
    form: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.TABLE,
    data_dir: DataDir = None,
    source: Source = None,
    model: ModelDir = None,
) -> None:
    """Ask a question of the product that runs, or (--source, --model) of a database without one."""
    words = Words(
        metric or (), by or (), range_, grain, zone, filter_ or (), compare or (), sort or (), totals, limit
    )
    place = Place(source, model, data_dir)
    _print(_ask(place, _query(file, words, as_of), viewer, explain), form)


def _query(file: Path | None, words: Words, as_of: str | None) -> Any:
    if file is not None and words.given:
        raise LeadlineError("bad_usage", "-f comes with no other part of a query", "Put it into the file.")
    query = read_query(file) if file is not None else build_query(words)
    if as_of is not None and isinstance(query, dict) and query.get("as_of") is None:
        return {**query, "as_of": as_of}
    return query


def _ask(place: Place, query: Any, viewer: str | None, explain: bool) -> Told:
    if place.source is None and viewer is None and place.model is None:
        return over_http(place, query, explain=explain)
    # Here, not above: who asks a running product does not wait for all that answers a question.
    from leadline.cli.alone import in_process  # noqa: PLC0415

    return asyncio.run(in_process(place, query, viewer, explain=explain))


def _print(told: Told, form: Format) -> None:
    if form is Format.JSON:
        typer.echo(json.dumps(_json(told), ensure_ascii=False))
        return
    if form is Format.CSV:
        typer.echo(as_csv(told.result), nl=False)
    else:
        show(told.result)
    if told.explanation is not None:
        from leadline.cli.explanations import explanation  # noqa: PLC0415 - it reads SQL

        for line in (*served(told.result), *explanation(told.explanation)):
            typer.echo(line, err=form is Format.CSV)


def _json(told: Told) -> Mapping[str, Any]:
    """The Result; where it is explained, the explanation with the Result in it."""
    return told.result if told.explanation is None else {**told.explanation, "result": told.result}
