"""Charts as SVG text, drawn on the server: they print, need no script and obey a strict content policy.

Pure functions. Horizontal places are percentages, so a chart fills any width while its text keeps its size; colours
come from classes (``static/css/app.css``), never from ``style``. Every chart has a title and a description that says
the same in words.
"""

from cmo.web.charts.axis import Axis, ticks
from cmo.web.charts.heat import HEAT_GAP, HEAT_SCALE, HeatMap, HeatRow, heat_map
from cmo.web.charts.lanes import Lane, Mark, Span, numbered_marks, timeline
from cmo.web.charts.small import bars, sparkline
from cmo.web.charts.terms import Bar, shortest, validity_chain

__all__ = [
    "HEAT_GAP",
    "HEAT_SCALE",
    "Axis",
    "Bar",
    "HeatMap",
    "HeatRow",
    "Lane",
    "Mark",
    "Span",
    "bars",
    "heat_map",
    "numbered_marks",
    "shortest",
    "sparkline",
    "ticks",
    "timeline",
    "validity_chain",
]
