"""Paths of devices and screening."""

from django.urls import path

from .views import decisions, devices, documents, identifiers, screening

app_name = "catalogue"
urlpatterns = [
    path("devices/", devices.devices, name="devices"),
    path("devices/new/<int:registrant>/", devices.open_device, name="open_device"),
    path("devices/<int:pk>/", devices.device, name="device"),
    path("devices/<int:pk>/versions/", devices.versions, name="device_versions"),
    path("devices/<int:pk>/documents/", documents.documents, name="device_documents"),
    path("devices/<int:pk>/screenings/", screening.screenings, name="device_screenings"),
    path("devices/<int:pk>/udi/", identifiers.device_identifiers, name="device_identifiers"),
    path("devices/<int:pk>/trail/", devices.trail, name="device_trail"),
    path("devices/<int:pk>/propose/", devices.propose, name="propose_device"),
    path("devices/<int:pk>/share/", devices.share, name="share_device"),
    path("devices/<int:pk>/screen/", screening.record, name="record_screening"),
    path("devices/<int:pk>/documents/add/", documents.add_document, name="add_document"),
    path("devices/<int:pk>/labels/add/", documents.add_label, name="add_label"),
    path("devices/labels/<int:pk>/withdraw/", documents.withdraw_label, name="withdraw_label"),
    path("devices/<int:pk>/udi/assign/", identifiers.assign_identifier, name="assign_identifier"),
    path("devices/identifiers/", identifiers.all_identifiers, name="identifiers"),
    path("devices/identifiers/<int:pk>/submit/", identifiers.submit_identifier, name="submit_identifier"),
    path("devices/identifiers/<int:pk>/upload/", identifiers.upload_identifier, name="upload_identifier"),
    path("devices/identifiers/<int:pk>/retire/", identifiers.retire_identifier, name="retire_identifier"),
    path("devices/shares/<int:pk>/withdraw/", devices.withdraw_share, name="withdraw_share"),
    path("devices/versions/<int:pk>/confirm/", decisions.confirm_version, name="confirm_version"),
    path("devices/versions/<int:pk>/turn-down/", decisions.turn_down_version, name="turn_down_version"),
    path("screening/", screening.may_entrust, name="may_entrust"),
    path("screening/editions/", screening.editions, name="editions"),
    path("screening/records/<int:pk>/", screening.screening, name="screening"),
    path("screening/records/<int:pk>/determine/", decisions.determine, name="determine"),
]
