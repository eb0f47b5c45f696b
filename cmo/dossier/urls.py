"""Paths of the dossier: asking, following an export, reading it on screen, taking its files."""

from django.urls import path

from .views import asking, following, mine, reading, taking, verifying

app_name = "dossier"
urlpatterns = [
    path("verify-dossier/", verifying.verify, name="verify"),
    path("pairs/<int:pk>/dossier/", asking.pair, name="pair"),
    path("pairs/<int:pk>/dossier/lots/", asking.lots, name="lots"),
    path("dossier-exports/", mine.mine, name="mine"),
    path("dossier-exports/<int:pk>/", following.export, name="export"),
    path("dossier-exports/<int:pk>/progress/", following.progress, name="progress"),
    path("dossier-exports/<int:pk>/cancel/", following.cancel, name="cancel"),
    path("dossier-exports/<int:pk>/again/", following.again, name="again"),
    path("dossier-exports/<int:pk>/read/", reading.read, name="read"),
    path("dossier-exports/<int:pk>/read/<str:section>/", reading.section, name="read_section"),
    path("dossier-exports/<int:pk>/archive/", taking.archive, name="take"),
    path("dossier-exports/<int:pk>/documents/<str:name>", taking.document, name="take_document"),
    path("dossier-exports/<int:pk>/evidence/<int:file>/", taking.evidence, name="take_evidence"),
]
