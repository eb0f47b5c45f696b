"""Read-only view of every table of parties for administrators."""

from django.contrib import admin

from cmo.web.admin import ReadOnlyAdmin

from . import models


@admin.register(models.User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ["username", "printed_name", "email", "is_active", "is_staff"]
    exclude = ["password"]
    search_fields = ["username", "printed_name"]


@admin.register(models.Post)
class PostAdmin(ReadOnlyAdmin):
    list_display = ["user", "organisation", "side", "role", "starts_on", "ends_on"]
    list_select_related = ["user", "organisation"]


@admin.register(models.OrganisationVersion)
class OrganisationVersionAdmin(ReadOnlyAdmin):
    list_display = ["organisation", "number", "name_zh", "uscc", "province"]
    list_select_related = ["organisation"]
    search_fields = ["name_zh", "uscc"]


@admin.register(models.SiteVersion)
class SiteVersionAdmin(ReadOnlyAdmin):
    list_display = ["site", "number", "name_zh", "province", "in_use"]
    list_select_related = ["site"]


@admin.register(models.LicenceVersion)
class LicenceVersionAdmin(ReadOnlyAdmin):
    list_display = ["licence", "number", "number_printed", "first_day", "last_day", "standing"]
    list_select_related = ["licence"]


@admin.register(models.Pair)
class PairAdmin(ReadOnlyAdmin):
    list_display = ["number", "registrant", "contractor", "created_at"]
    list_select_related = ["registrant", "contractor"]


@admin.register(models.Grant)
class GrantAdmin(ReadOnlyAdmin):
    list_display = ["pair", "user", "permission", "starts_on", "ends_on"]
    list_select_related = ["pair", "user"]


for _model in (
    models.GrantRevocation,
    models.JoinRequest,
    models.Licence,
    models.LicenceAcceptance,
    models.LicenceDecision,
    models.Organisation,
    models.OrganisationDecision,
    models.PairEnd,
    models.PairProposal,
    models.PostDecision,
    models.PostEnd,
    models.ProposalAnswer,
    models.Site,
    models.SiteDecision,
):
    admin.site.register(_model, ReadOnlyAdmin)
