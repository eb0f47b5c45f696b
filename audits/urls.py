"""Paths of the audits app."""

from django.urls import path, re_path

from .views import audits, capa, checklists, conduct, documents, findings, programme, reporting, templates

app_name = "audits"
urlpatterns = [
    path("audits/programme/", programme.programmes, name="programmes"),
    path("audits/programme/<int:year>/", programme.programme, name="programme"),
    path("audits/", audits.audits, name="audits"),
    path("pairs/<int:pk>/audits/", audits.pair_audits, name="pair_audits"),
    path("pairs/<int:pk>/audits/plan/", audits.plan_audit, name="plan_audit"),
    path("audits/<int:pk>/", audits.audit, name="audit"),
    path("audits/<int:pk>/change-plan/", audits.replan_audit, name="replan_audit"),
    path("audits/<int:pk>/begin/", audits.begin_audit, name="begin_audit"),
    path("audits/<int:pk>/cancel/", audits.cancel_audit, name="cancel_audit"),
    path("audits/<int:pk>/close/", audits.close_audit, name="close_audit"),
    path("audits/<int:pk>/checklist/", conduct.conduct, name="conduct"),
    path("audits/<int:pk>/items/<int:serial>/answer/", conduct.answer, name="answer"),
    path("audits/<int:pk>/items/<int:serial>/file/", conduct.file, name="file"),
    path("audits/<int:pk>/answers/", conduct.answers, name="answers"),
    path("audits/<int:pk>/sign-report/", reporting.report_audit, name="report_audit"),
    path("audits/<int:pk>/report/", reporting.report, name="report"),
    re_path(
        r"^audits/(?P<pk>\d+)/report/(?P<language>zh|en|both)\.(?P<kind>pdf|docx)$",
        documents.document,
        name="document",
    ),
    path("audits/findings/", findings.findings, name="findings"),
    path("pairs/<int:pk>/findings/", findings.pair_findings, name="pair_findings"),
    path("audits/findings/<int:pk>/", findings.finding, name="finding"),
    path("audits/findings/<int:pk>/plan/", capa.plan_capa, name="plan_capa"),
    path("audits/findings/<int:pk>/withdraw/", capa.withdraw_finding, name="withdraw_finding"),
    path("audits/findings/plans/<int:pk>/decide/", capa.answer_plan, name="answer_plan"),
    path("audits/findings/plans/<int:pk>/complete/", capa.complete_capa, name="complete_capa"),
    path("audits/findings/completions/<int:pk>/check/", capa.check_effectiveness, name="check_effectiveness"),
    path("audit-templates/", templates.audit_templates, name="templates"),
    path("audit-templates/<slug:key>/", templates.audit_template, name="template"),
    path("audit-templates/<slug:key>/file/<slug:kind>/", checklists.template_file, name="template_file"),
    path("checklists/import/", checklists.import_checklist, name="import_checklist"),
    path("checklists/keep/", checklists.keep_checklist, name="keep_checklist"),
    path("checklists/example/<slug:kind>/", checklists.example_file, name="checklist_example"),
    path("checklists/<int:pk>/", checklists.checklist, name="checklist"),
    path("checklists/<int:pk>/file/<slug:kind>/", checklists.checklist_file, name="checklist_file"),
    path("checklists/<int:pk>/withdraw/", checklists.withdraw_checklist, name="withdraw_checklist"),
]
