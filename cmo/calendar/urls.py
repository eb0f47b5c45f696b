"""Paths of the calendar: its views, feeds, working days, recurring reports, reminders."""

from django.urls import path

from .views import calendar, feed, reports, settings, working_days

app_name = "calendar"
urlpatterns = [
    path("calendar/", calendar.month, name="month"),
    path("calendar/list/", calendar.list_view, name="list"),
    path("calendar/timeline/", calendar.timeline, name="timeline"),
    path("pairs/<int:pk>/calendar/", calendar.pair, name="pair"),
    path("calendar/feeds/new/", feed.make_feed, name="make_feed"),
    path("calendar/feeds/<int:pk>/revoke/", feed.revoke_feed, name="revoke_feed"),
    path("calendar/feed/<slug:token>.ics", feed.feed, name="feed"),
    path("calendar/working-days/", working_days.working_days, name="working_days"),
    path("calendar/working-days/set/", working_days.set_working_day, name="set_working_day"),
    path("periodic-reports/", reports.reports, name="reports"),
    path("organisations/<int:pk>/periodic-reports/<str:name>/", reports.report, name="report"),
    path("organisations/<int:pk>/periodic-reports/<str:name>/record/", reports.record_report, name="record_report"),
    path("reminders/", settings.reminders_home, name="reminders_home"),
    path("organisations/<int:pk>/reminders/", settings.reminders, name="reminders"),
    path("organisations/<int:pk>/reminders/<str:kind>/", settings.set_reminders, name="set_reminders"),
]
