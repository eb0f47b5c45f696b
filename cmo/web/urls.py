"""The gallery of components, for people who build pages."""

from django.urls import path

from cmo.web import views

app_name = "web"
urlpatterns = [path("", views.gallery, name="gallery")]
