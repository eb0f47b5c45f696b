"""Paths of signing."""

from django.urls import path, register_converter

from . import views


class MarkConverter:
    """The first 16 characters of a SHA-256 hash."""

    regex = "[0-9a-f]{16}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(MarkConverter, "hash16")

app_name = "signing"
urlpatterns = [
    path("verify/<int:pk>/<hash16:mark>/", views.verify, name="verify"),
    path("signatures/", views.mine, name="mine"),
    path("signatures/statement/", views.statement, name="statement"),
]
