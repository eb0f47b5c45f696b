"""Paths of lots and releases."""

app_name = "releases"
urlpatterns: list = []
