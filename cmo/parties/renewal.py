"""When renewal of a licence or certificate is applied for, counted back from its last day. Pure functions."""

from __future__ import annotations

from datetime import date

from cmo.workdays import add_months, add_working_days

#: Renewal of a production licence is applied for from 90 to 30 working days before its last day (Order 53 art. 17).
LICENCE_OPENS, LICENCE_CLOSES = 90, 30
#: Renewal of a certificate is applied for six calendar months before its last day (Order 739 art. 22) at the latest;
#: from twelve on the product asks for it (our policy).
CERTIFICATE_OPENS, CERTIFICATE_CLOSES = 12, 6


def licence_window(last_day: date) -> tuple[date, date]:
    """First and last day for applying."""
    return (
        add_working_days(last_day, -LICENCE_OPENS),
        add_working_days(last_day, -LICENCE_CLOSES),
    )


def certificate_window(last_day: date) -> tuple[date, date]:
    """First and last day for applying."""
    return add_months(last_day, -CERTIFICATE_OPENS), add_months(last_day, -CERTIFICATE_CLOSES)
