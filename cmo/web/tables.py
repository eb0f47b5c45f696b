"""The list of records: sticky head, sort, choice of columns, pages with an honest count, export.

Rows come from a queryset that the caller has already narrowed to what the person may see.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple, Self

import django_tables2 as tables
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from cmo.web import badges, export, wording
from cmo.web.shown import list_rows, mark_of

#: Beyond this a list says "10,000+" instead of counting every row.
COUNT_UP_TO = 10_000
PER_PAGE = 50
MOST_PER_PAGE = 200
MOST_EXPORTED = 50_000


class CappedPaginator(Paginator):
    """Pages over at most ``COUNT_UP_TO`` rows: counting further costs more than it tells."""

    @cached_property
    def found(self) -> int:
        """How many rows there are, counted to one more than the limit."""
        data = self.object_list.data.data  # type: ignore[attr-defined] # django-tables2 pages over its own rows
        if isinstance(data, QuerySet):
            return data.order_by()[: COUNT_UP_TO + 1].count()
        return min(len(data), COUNT_UP_TO + 1)

    @cached_property
    def count(self) -> int:
        return min(self.found, COUNT_UP_TO)

    @property
    def capped(self) -> bool:
        """Whether there are more rows than were counted."""
        return self.found > COUNT_UP_TO


class ColumnChoice(NamedTuple):
    """One box in the choice of columns."""

    name: str
    header: str
    shown: bool


def _row_address(record: Any, table: "RecordTable") -> str | None:
    return table.row_url(record) or None


class RecordTable(tables.Table):
    """Base of every list. Subclasses declare columns and may set ``always``, ``hidden_at_first``, ``export_name``.

    ``always``: columns that cannot be switched off; ``hidden_at_first``: shown only when chosen.
    """

    always: tuple[str, ...] = ()
    hidden_at_first: tuple[str, ...] = ()
    export_name = "list"
    exportable = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("template_name", "components/table.html")
        kwargs.setdefault("row_attrs", {"data-href": _row_address})
        super().__init__(*args, **kwargs)

    @classmethod
    def for_request(cls, request: HttpRequest, data: Any, *, hidden: Iterable[str] = (), **options: Any) -> Self:
        """The table with the sorting, page and columns that the address asks for. ``hidden``: further columns that repeat what
        the page says and are shown only when chosen."""
        table = cls(data, **options)
        table.hidden_at_first = (*table.hidden_at_first, *hidden)
        table.choose_columns(request)
        paginate = {"paginator_class": CappedPaginator, "per_page": PER_PAGE}
        tables.RequestConfig(request, paginate=paginate).configure(table)
        return table

    def row_url(self, record: Any) -> str | None:
        """Where a click on the row leads; by default the record's own page."""
        return record.get_absolute_url() if hasattr(record, "get_absolute_url") else None

    def paginate(self, *args: Any, per_page: int | None = None, **kwargs: Any) -> None:
        """As in django-tables2, but nobody can ask for the whole table in one page."""
        wanted = min(max(per_page or PER_PAGE, 1), MOST_PER_PAGE)
        super().paginate(*args, per_page=wanted, **kwargs)

    @property
    def columns_field(self) -> str:
        """Name of the parameter that lists the shown columns."""
        return f"{self.prefix}columns"

    def choose_columns(self, request: HttpRequest) -> None:
        """Show the columns that the address names, or all but ``hidden_at_first``."""
        self.request = request
        asked = request.GET.getlist(self.columns_field)
        for name in list(self.columns.names()):
            hidden = name not in asked if asked else name in self.hidden_at_first
            if hidden and name not in self.always:
                self.columns.hide(name)

    @property
    def column_choices(self) -> list[ColumnChoice]:
        """Every column that can be switched, in order."""
        return [
            ColumnChoice(column.name, str(column.header), column.visible)
            for column in self.columns.iterall()
            if column.name not in self.always and str(column.header)
        ]

    @property
    def kept_parameters(self) -> list[tuple[str, str]]:
        """Parameters of the address that a new choice of columns must keep; a mark that a choice was made."""
        dropped = {self.columns_field, self.prefixed_page_field}
        kept = [(name, value) for name, values in self.request.GET.lists() for value in values if name not in dropped]
        return [*kept, (self.columns_field, "-")]

    @property
    def shown_text(self) -> str:
        """``1–50 of 10,000+``: which rows are shown and of how many."""
        total = wording.number(self.paginator.count) + ("+" if self.paginator.capped else "")
        if not self.paginator.count:
            return gettext("none")
        return gettext("%(first)s–%(last)s of %(total)s") % {
            "first": wording.number(self.page.start_index()),
            "last": wording.number(self.page.end_index()),
            "total": total,
        }

    def _exported_rows(self) -> Iterator[list[Any]]:
        hidden = [column.name for column in self.columns.iterall() if not column.visible]
        rows = self.as_values(exclude_columns=hidden)
        yield from islice(rows, MOST_EXPORTED + 1)
        if next(rows, None) is not None:
            yield [gettext("Only the first %(count)s rows are exported.") % {"count": wording.number(MOST_EXPORTED)}]

    def export_for(self, request: HttpRequest) -> HttpResponse | None:
        """The download that the address asks for (``?export=csv`` or ``xlsx``), or nothing."""
        kind = request.GET.get("export", "")
        if kind not in {"csv", "xlsx"} or not self.exportable:
            return None
        list_rows(request, (row.record for row in islice(self.rows, MOST_EXPORTED)))
        return export.response(self._exported_rows(), name=self.export_name, kind=kind, mark=mark_of(request))


class OpenColumn(tables.Column):
    """The name of the record as the link that opens it."""

    def __init__(self, **extra: Any) -> None:
        super().__init__(attrs={"td": {"class": "open"}}, **extra)

    def render(self, value: Any, record: Any, table: RecordTable) -> SafeString | str:
        url = table.row_url(record)
        return format_html('<a href="{}">{}</a>', url, value) if url else value

    def value(self, value: Any) -> Any:
        return value


class NumberColumn(tables.Column):
    """A number: right-aligned, thousands separated."""

    def __init__(self, **extra: Any) -> None:
        super().__init__(attrs={"th": {"class": "number"}, "td": {"class": "number"}}, **extra)

    def render(self, value: Any) -> str:
        return wording.number(value)

    def value(self, value: Any) -> Any:
        return value


class DayColumn(tables.Column):
    """A date that does not break."""

    def __init__(self, **extra: Any) -> None:
        super().__init__(attrs={"td": {"class": "figures"}}, **extra)

    def render(self, value: Any) -> str:
        return wording.day(value)

    def value(self, value: Any) -> Any:
        return value


class MomentColumn(tables.Column):
    """A date and time with zone that does not break."""

    def __init__(self, **extra: Any) -> None:
        super().__init__(attrs={"td": {"class": "figures"}}, **extra)

    def render(self, value: Any) -> str:
        return wording.moment(value)

    def value(self, value: Any) -> Any:
        return value


class StatusColumn(tables.Column):
    """A status; its accessor gives a pair (tone, word)."""

    def __init__(self, **extra: Any) -> None:
        super().__init__(**{"orderable": False, **extra})

    def render(self, value: tuple[str, str]) -> SafeString:
        return badges.badge(value[0], str(value[1]))

    def value(self, value: tuple[str, str]) -> str:
        return str(value[1])
