"""Paths of lots and releases."""

from django.urls import path

from . import views

app_name = "releases"
urlpatterns = [
    path("lots/", views.lots, name="lots"),
    path("lots/register/", views.register_lot, name="register_lot"),
    path("lots/take-over/", views.take_over_lot, name="take_over_lot"),
    path("lots/<int:pk>/", views.lot, name="lot"),
    path("lots/<int:pk>/trail/", views.lot_trail, name="lot_trail"),
    path("lots/<int:pk>/materials/add/", views.add_material, name="add_material"),
    path("lots/<int:pk>/documents/add/", views.add_document, name="add_document"),
    path("lots/documents/<int:pk>/review/", views.review_document, name="review_document"),
    path("lots/<int:pk>/return/", views.return_file, name="return_file"),
    path("lots/returns/<int:pk>/answer/", views.answer_return, name="answer_return"),
    path("lots/<int:pk>/hold/", views.place_lot_hold, name="place_lot_hold"),
    path("lots/<int:pk>/veto/", views.veto_lot, name="veto_lot"),
    path("lots/holds/<int:pk>/lift/", views.lift_lot_hold, name="lift_lot_hold"),
    path("lots/<int:pk>/release-production/", views.release_production, name="release_production"),
    path("lots/<int:pk>/release-to-market/", views.release_to_market, name="release_to_market"),
    path("production-releases/<int:pk>/", views.production_release, name="production_release"),
    path("market-releases/<int:pk>/", views.market_release, name="market_release"),
    path("production-releases/<int:pk>/withdraw/", views.withdraw_production, name="withdraw_production"),
    path("market-releases/<int:pk>/withdraw/", views.withdraw_market, name="withdraw_market"),
    path("pairs/<int:pk>/lots/", views.pair_lots, name="pair_lots"),
    path("pairs/<int:pk>/imports/", views.imports, name="imports"),
    path("pairs/<int:pk>/imports/<slug:kind>/", views.import_file, name="import_file"),
    path("pairs/<int:pk>/imports/<slug:kind>/template/", views.import_template, name="import_template"),
    path("pairs/<int:pk>/imports/<slug:kind>/export/", views.export_list, name="export_list"),
    path("imports/<int:pk>/", views.import_run, name="import_run"),
    path("imports/<int:pk>/progress/", views.import_progress, name="import_progress"),
    path("imports/<int:pk>/begin/", views.begin_import, name="begin_import"),
    path("imports/<int:pk>/continue/", views.continue_import, name="continue_import"),
    path("imports/<int:pk>/report/", views.import_report, name="import_report"),
]
