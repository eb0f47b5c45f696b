"""Shape of what people type about organisations, people and pairs; business rules are the actions'."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cmo.codes.provinces import PROVINCES
from cmo.regulation.classification import sub_catalogues
from cmo.web.wording import bilingual, is_chinese

from .models import Grant, Licence, LicenceVersion, Role, Side, SiteVersion, User
from .rules import code_findings

REASON_HELP = _("Kept on the trail; write what somebody reading it in three years needs to know.")
TOO_LONG = _("At most %(limit_value)d characters; there are %(show_value)d. Shorten the text.")
#: Characters of the longest e-mail address that is kept.
LONGEST_EMAIL = 254
PERSON_HELP = _(
    "The name under which the person signs in. Who has no account yet gets one from the administrator first."
)
_NO_SITES = _("No production site is in force here yet. Enter it under “Sites” and have it confirmed first.")


def provinces() -> list[tuple[str, str]]:
    """The provinces in the active language, with an empty choice in front."""
    return [("", "—"), *((p.short, p.zh if is_chinese() else p.en) for p in PROVINCES)]


def scope_choices() -> list[tuple[str, str]]:
    """The sub-catalogues of the classification in the active language."""
    return [(s.number, f"{s.number} {bilingual(s, 'name')}") for s in sub_catalogues()]


def day_field(**options: Any) -> forms.DateField:
    """A legal date; browsers offer a calendar, anybody may type 2026-11-22."""
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


def reason_field(**options: Any) -> forms.CharField:
    """Why; kept on the trail."""
    options = {"label": _("Reason"), "help_text": REASON_HELP, "max_length": 1000, **options}
    return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), **options)


class CreditCodeField(forms.CharField):
    """A unified social credit code: blanks dropped, upper case, check characters judged at the field."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"label": _("unified social credit code"), "max_length": 30, **options})

    def clean(self, value: Any) -> str:
        code = "".join(str(super().clean(value)).split()).upper()
        if code:
            raise_at_field(code, {"uscc"})
        return code


def raise_at_field(text: str, kinds: set[str]) -> None:
    """:raises ValidationError: with one sentence for each fault of a number."""
    found = code_findings(text, kinds)
    if found:
        raise ValidationError([ValidationError(f.text(), code=f.code) for f in found])


class PersonField(forms.CharField):
    """An account, named by its user name; gives the person."""

    def clean(self, value: Any) -> User | None:  # type: ignore[override]
        name = super().clean(value)
        if not name:
            return None
        user = User.objects.filter(username=name, is_active=True).first()
        if user is None:
            raise ValidationError(
                _("No open account has this name. Ask the administrator to create one, or check the spelling."),
                code="no_account",
            )
        return user


class PartyForm(forms.Form):
    """Labels begin with a capital letter where the language has one; the models' names do not. What is too long is told in the
    product's words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label = capfirst(field.label)
            field.error_messages["max_length"] = TOO_LONG


class ReasonForm(PartyForm):
    """A reason alone."""

    reason = reason_field()


class OrganisationForm(PartyForm):
    """New data of the own organisation; the credit code stays."""

    name_zh = forms.CharField(label=_("name (Chinese)"), max_length=200)
    name_en = forms.CharField(label=_("name (English)"), max_length=200, required=False)
    province = forms.ChoiceField(label=_("province"), choices=provinces)
    address_zh = forms.CharField(label=_("registered address (Chinese)"), max_length=300)
    address_en = forms.CharField(label=_("registered address (English)"), max_length=300, required=False)
    legal_representative = forms.CharField(label=_("legal representative"), max_length=100)
    contact = forms.CharField(label=_("contact"), max_length=200, required=False)
    reason = reason_field()


class FoundForm(OrganisationForm):
    """A new organisation, entered by the administrator."""

    places = {"uscc_taken": "uscc"}

    uscc = CreditCodeField()
    reason = None  # type: ignore[assignment]
    field_order = ["uscc"]


class SiteForm(PartyForm):
    """Data of a production site."""

    name_zh = forms.CharField(label=_("site name (Chinese)"), max_length=200)
    name_en = forms.CharField(label=_("site name (English)"), max_length=200, required=False)
    province = forms.ChoiceField(label=_("province"), choices=provinces)
    address_zh = forms.CharField(label=_("production address (Chinese)"), max_length=300)
    address_en = forms.CharField(label=_("production address (English)"), max_length=300, required=False)
    in_use = forms.BooleanField(label=_("in use"), required=False, initial=True)
    reason = reason_field()


class LicenceForm(PartyForm):
    """One state of a licence; ``kind`` is fixed for a further version of an existing one."""

    places = {
        "scope_unknown": "scope",
        "site_unknown": "site_ids",
        "last_day_missing": "last_day",
        "filing_has_no_last_day": "last_day",
        "renewal_proof_missing": "renewal_proof",
        "renewal_filed_late": "renewal_filed_on",
        "standing_backdated": "first_day",
        "scope_backdated": "first_day",
    }

    kind = forms.ChoiceField(label=_("kind"), choices=Licence.Kind)
    number_printed = forms.CharField(
        label=_("licence or filing number"),
        max_length=60,
        help_text=_("As printed, for example 苏药监械生产许20230001号."),
    )
    first_day = day_field(
        label=_("first day of validity"),
        help_text=_(
            "As printed. For another standing, a wider scope or a further site: the day from which that applies."
        ),
    )
    last_day = day_field(
        label=_("last day of validity"), required=False, help_text=_("Inclusive. A class I filing has none.")
    )
    scope = forms.MultipleChoiceField(
        label=_("scope (sub-catalogues)"), choices=scope_choices, widget=forms.CheckboxSelectMultiple
    )
    site_ids = forms.TypedMultipleChoiceField(
        label=_("sites on the licence"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    standing = forms.ChoiceField(label=_("standing"), choices=LicenceVersion.Standing)
    qms_inspected_on = day_field(label=_("last passed QMS inspection"), required=False)
    deemed_renewed = forms.BooleanField(
        label=_("deemed renewed"),
        required=False,
        help_text=_("Renewal was applied for in time and has not been decided yet."),
    )
    renewal_filed_on = day_field(label=_("renewal applied for on"), required=False)
    renewal_proof = forms.CharField(
        label=_("proof of the renewal application"),
        max_length=200,
        required=False,
        help_text=_("Number of the authority's acceptance notice; attach the notice itself as evidence."),
    )
    reason = reason_field()

    def __init__(self, *args: Any, sites: Iterable[SiteVersion], kind: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site_ids"].choices = [(s.site_id, f"{s.name_zh} · {s.address_zh}") for s in sites]  # type: ignore[attr-defined]
        if not self.fields["site_ids"].choices:  # type: ignore[attr-defined]
            self.fields["site_ids"].help_text = _NO_SITES
        self._kind = kind
        if kind:
            del self.fields["kind"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind = self._kind or data.get("kind", "")
        wanted = {"licence": {"production_licence"}, "filing": {"production_filing"}}.get(kind)
        if wanted and data.get("number_printed"):
            try:
                raise_at_field(data["number_printed"], wanted)
            except ValidationError as error:
                self.add_error("number_printed", error)
        return data


class PostForm(PartyForm):
    """An appointment in writing."""

    places = {
        "role_not_on_side": "role",
        "post_at_other_entity": "user",
        "incompatible_posts": "role",
        "authorised_after_start": "authorised_on",
        "releaser_not_trained": "trained_on",
        "releaser_not_full_time": "full_time",
    }

    user = PersonField(label=_("user name of the person"), max_length=150, help_text=PERSON_HELP)
    side = forms.ChoiceField(label=_("side"), choices=Side)
    role = forms.ChoiceField(label=_("post"), choices=Role)
    starts_on = day_field(label=_("first day"))
    ends_on = day_field(label=_("last day"), required=False, help_text=_("Leave empty for an open-ended appointment."))
    authorised_on = day_field(label=_("authorised in writing on"))
    authorisation_reference = forms.CharField(label=_("reference of the written authorisation"), max_length=120)
    trained_on = day_field(label=_("trained for the post on"), required=False)
    training_reference = forms.CharField(label=_("training record"), max_length=120, required=False)
    full_time = forms.BooleanField(label=_("own full-time employee"), required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", gettext("The last day lies before the first day."))
        return data

    @property
    def appointment(self) -> dict[str, Any]:
        """Everything but the person, as the action takes it."""
        return {name: value for name, value in self.cleaned_data.items() if name != "user"}


class FounderForm(PostForm):
    """One of the first two quality managers of an organisation, appointed by the administrator."""

    role = None  # type: ignore[assignment]

    @property
    def appointment(self) -> dict[str, Any]:
        return {**super().appointment, "role": Role.QUALITY_MANAGER}


class EndPostForm(PartyForm):
    """From when on somebody no longer holds a post."""

    places = {"backdated": "ended_on"}

    ended_on = day_field(label=_("no longer held from"), help_text=_("From this day on the post gives no rights."))
    reason = reason_field()


class AccountForm(PartyForm):
    """A new account with a first password, which the person changes."""

    username = forms.CharField(label=_("user name"), max_length=150)
    printed_name = forms.CharField(
        label=_("printed name"), max_length=150, help_text=_("Stands under every signature of this person.")
    )
    email = forms.EmailField(label=_("e-mail"), max_length=LONGEST_EMAIL)
    language = forms.ChoiceField(label=_("language"), choices=settings.LANGUAGES)
    password = forms.CharField(
        label=_("first password"),
        strip=False,
        max_length=200,
        help_text=_("At least 10 characters. Hand it over in person; it is to be changed after the first sign-in."),
        widget=forms.PasswordInput(render_value=True, attrs={"autocomplete": "new-password"}),
    )


class EmailForm(PartyForm):
    """Another e-mail address of an account."""

    places = {"email_taken": "email", "email_unchanged": "email"}

    email = forms.EmailField(label=_("e-mail"), max_length=LONGEST_EMAIL)
    reason = reason_field()


class JoinForm(PartyForm):
    """A request to bring an organisation in."""

    name = forms.CharField(label=_("organisation"), max_length=200)
    uscc = CreditCodeField()
    contact_name = forms.CharField(label=_("contact person"), max_length=150)
    contact_email = forms.EmailField(label=_("e-mail"), max_length=LONGEST_EMAIL)
    message = forms.CharField(
        label=_("message"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


class ProposePairForm(PartyForm):
    """A proposal to the holder of a credit code."""

    places = {"same_enterprise": "counterpart_uscc"}

    proposer_side = forms.ChoiceField(label=_("your side"), choices=Side, widget=forms.RadioSelect)
    counterpart_name = forms.CharField(label=_("counterpart's name"), max_length=200)
    counterpart_uscc = CreditCodeField(
        label=_("counterpart's unified social credit code"),
        help_text=_(
            "The proposal waits until the holder of this code answers; whether they are here already is not told."
        ),
    )
    message = forms.CharField(
        label=_("message"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, sides: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sides = set(sides)
        self.fields["proposer_side"].choices = [(s.value, s.label) for s in Side if s.value in sides]  # type: ignore[attr-defined]


class GrantForm(PartyForm):
    """A dated exception for one named person on one pair."""

    places = {
        "grant_period": "ends_on",
        "grant_too_long": "ends_on",
        "grant_needless": "user",
        "limit_needs_post": "user",
    }

    user = PersonField(label=_("user name of the person"), max_length=150, help_text=PERSON_HELP)
    permission = forms.ChoiceField(label=_("permission"), choices=Grant.Permission)
    starts_on = day_field(label=_("first day"))
    ends_on = day_field(label=_("last day"), help_text=_("Inclusive; a year at most."))
    reason = reason_field()

    @property
    def content(self) -> dict[str, Any]:
        """Everything but the person, as the action takes it."""
        return {name: value for name, value in self.cleaned_data.items() if name != "user"}


class EndPairForm(PartyForm):
    """The end of a relationship."""

    places = {"pair_end_day": "ended_on"}

    ended_on = day_field(label=_("ended on"))
    reason = reason_field()


class LanguageForm(PartyForm):
    """The language in which a person is addressed."""

    language = forms.ChoiceField(label=_("language"), choices=settings.LANGUAGES)


class AsOfForm(PartyForm):
    """Look at the state of an earlier day."""

    as_of = day_field(label=_("as known at the end of"), required=False)


class PairFilter(PartyForm):
    """Search and filter of the list of pairs."""

    q = forms.CharField(label=_("Number, name or credit code"), required=False, max_length=100)
    side = forms.ChoiceField(label=_("your side"), choices=[("", _("both")), *Side.choices], required=False)
    state = forms.ChoiceField(
        label=_("state"), choices=[("", _("all")), ("open", _("in force")), ("ended", _("ended"))], required=False
    )


class TrailFilter(PartyForm):
    """Filters of the trail: words, person, verb, time, one stream."""

    q = forms.CharField(label=_("Words in the entry"), required=False, max_length=100)
    person = forms.CharField(label=_("person"), required=False, max_length=150)
    verb = forms.ChoiceField(label=_("what happened"), required=False)
    since = day_field(label=_("from"), required=False)
    until = day_field(label=_("to"), required=False)
    stream = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def __init__(self, *args: Any, verbs: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verb"].choices = [("", gettext("everything")), *verbs]  # type: ignore[attr-defined]
