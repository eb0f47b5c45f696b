"""Paths of the agreements app: preparations, entrustments, agreements, holds, editions."""

from django.urls import path

from .views import agreements, drafting, editions, entrustments, holds, opening, preparations, revisions
from .views import templates as template_views

app_name = "agreements"
urlpatterns = [
    path("entrustments/", entrustments.entrustments, name="entrustments"),
    path("entrustments/open/", opening.open_entrustment, name="open_entrustment"),
    path("entrustments/<int:pk>/", entrustments.entrustment, name="entrustment"),
    path("entrustments/<int:pk>/suspend/", entrustments.change_state, {"change": "suspend"}, name="suspend"),
    path("entrustments/<int:pk>/resume/", entrustments.change_state, {"change": "resume"}, name="resume"),
    path("entrustments/<int:pk>/end/", entrustments.change_state, {"change": "end"}, name="end"),
    path("entrustments/<int:pk>/report/", entrustments.report, name="report"),
    path("pairs/<int:pk>/entrustments/", entrustments.pair_entrustments, name="pair_entrustments"),
    path("pairs/<int:pk>/preparations/", preparations.preparations, name="preparations"),
    path("pairs/<int:pk>/preparations/record/", preparations.record_preparation, name="record_preparation"),
    path("preparations/<int:pk>/", preparations.preparation, name="preparation"),
    path("preparations/<int:pk>/accept/", preparations.accept_preparation, name="accept_preparation"),
    path("preparations/<int:pk>/return/", preparations.return_preparation, name="return_preparation"),
    path("agreements/", agreements.agreements, name="agreements"),
    path("agreements/<int:pk>/", agreements.agreement, name="agreement"),
    path("agreements/<int:pk>/draft/", drafting.draft, name="draft"),
    path("agreements/<int:pk>/draft/terms/", drafting.draft_terms, name="draft_terms"),
    path("agreements/<int:pk>/offer/", drafting.offer, name="offer"),
    path("draft-clauses/<int:pk>/", drafting.edit_clause, name="edit_clause"),
    path("draft-duties/<int:pk>/", drafting.edit_duty, name="edit_duty"),
    path("pairs/<int:pk>/agreements/", agreements.pair_agreements, name="pair_agreements"),
    path("pairs/<int:pk>/agreements/draft/", agreements.create_agreement, name="create_agreement"),
    path("pairs/<int:pk>/agreements/paper/", agreements.register_paper, name="register_paper"),
    path("revisions/<int:pk>/", revisions.revision, name="revision"),
    path("revisions/<int:pk>/sign/", revisions.sign, name="sign"),
    path("revisions/<int:pk>/confirm/", revisions.confirm_paper, name="confirm_paper"),
    path("revisions/<int:pk>/decline/", revisions.decline, name="decline"),
    path("revisions/<int:pk>/withdraw/", revisions.withdraw, name="withdraw"),
    path("revisions/<int:pk>/terminate/", revisions.terminate, name="terminate"),
    path("holds/", holds.holds, name="holds"),
    path("holds/<int:pk>/", holds.hold, name="hold"),
    path("holds/<int:pk>/lift/", holds.lift_hold, name="lift_hold"),
    path("pairs/<int:pk>/holds/", holds.pair_holds, name="pair_holds"),
    path("pairs/<int:pk>/holds/place/", holds.place_hold, name="place_hold"),
    path("pairs/<int:pk>/holds/veto/", holds.veto, name="veto"),
    path("pairs/<int:pk>/yearly-duties/record/", holds.record_duty, name="record_duty"),
    path("agreement-templates/", template_views.templates, name="templates"),
    path("agreement-templates/keep/", template_views.keep_template, name="keep_template"),
    path("agreement-templates/product/", template_views.built_in_template, name="built_in_template"),
    path("agreement-templates/product/file/", template_views.built_in_file, name="built_in_file"),
    path("agreement-templates/<int:pk>/", template_views.own_template, name="own_template"),
    path("agreement-templates/<int:pk>/file/", template_views.template_file, name="template_file"),
    path("agreement-templates/<int:pk>/withdraw/", template_views.withdraw_template, name="withdraw_template"),
    path("catalogue-editions/load/", editions.load_edition, name="load_edition"),
]
