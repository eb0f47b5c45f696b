"""Sample charts."""

from datetime import date

from cmo.web import charts
from cmo.web.samples.records import say


def chain() -> list[charts.Bar]:
    """Validities; the agreement ends first, the filing never does."""
    return [
        charts.Bar(say("医疗器械注册证", "Registration certificate"), date(2023, 7, 1), date(2028, 6, 30)),
        charts.Bar(
            say("医疗器械生产许可证", "Production licence"),
            date(2021, 12, 16),
            date(2026, 12, 15),
            say("延续申请期间2026-08-04至2026-11-03", "renewal is applied for from 2026-08-04 to 2026-11-03"),
            (date(2026, 8, 4), date(2026, 11, 3)),
        ),
        charts.Bar(
            say("质量协议约定期限", "Agreed term of the quality agreement"), date(2025, 1, 1), date(2027, 12, 31)
        ),
        charts.Bar(say("第一类医疗器械备案", "Class I filing"), date(2024, 5, 20)),
    ]


def lanes() -> list[charts.Lane]:
    """The life of one lot."""
    return [
        charts.Lane(
            say("生产", "Production"),
            [charts.Span(date(2026, 11, 2), date(2026, 11, 9), say("生产窗口", "window"))],
            [charts.Mark(date(2026, 11, 9), say("生产完成", "production finished"), "active")],
        ),
        charts.Lane(
            say("派驻", "Presence"),
            [
                charts.Span(date(2026, 11, 2), date(2026, 11, 5), say("在场", "present"), "good"),
                charts.Span(date(2026, 11, 7), date(2026, 11, 9), say("在场", "present"), "good"),
            ],
        ),
        charts.Lane(
            say("暂停", "Holds"),
            [charts.Span(date(2026, 11, 12), date(2026, 11, 16), say("偏差 DV-031", "deviation DV-031"), "bad")],
            [
                charts.Mark(
                    date(2026, 11, 12), say("受托方质量部暂停本批", "lot held by the contractor's quality"), "bad"
                ),
                charts.Mark(date(2026, 11, 16), say("解除暂停", "hold lifted"), "good"),
            ],
        ),
        charts.Lane(
            say("签名", "Signatures"),
            [],
            [
                charts.Mark(date(2026, 11, 18), say("生产放行，陈伟", "production release, Chen Wei"), "good"),
                charts.Mark(date(2026, 11, 22), say("上市放行，李晓梅", "market release, Li Xiaomei"), "good"),
            ],
        ),
    ]


def heat() -> charts.HeatMap:
    """Two people over four weeks with a gap."""
    week = [4, 4, 3, 4, 2, 0, 0]
    return charts.HeatMap(
        date(2026, 11, 2),
        [
            charts.HeatRow(
                say("赵敏（派驻人员）", "Zhao Min (resident supervisor)"),
                week * 3 + [4, -1, -1, 3, 2, 0, 0],
                say("缺 2 天", "2 days missing"),
            ),
            charts.HeatRow(say("孙磊", "Sun Lei"), [0, 1, 2, 0, 0, 0, 0] * 4, say("无缺口", "no gap")),
        ],
    )
