"""Identification pages: the label block of a lot in its downloads, scans held against it, and checks of label texts."""

from __future__ import annotations

import subprocess
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from cmo import clock
from cmo.catalogue.models import DeviceIdentifier
from releases.facts.labels import load_label_block
from releases.models import LabelCheck, Lot
from tests import make
from tests.catalogue import build_identifiers as di
from tests.paper.test_gs1 import modules_of, picture, read

from . import build
from .build_labels import checked, label_text, rewritten

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_the_moment_of_the_builders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: make.AT)


@pytest.fixture
def w() -> build.World:
    return build.world()


@pytest.fixture
def identifier(w: build.World) -> DeviceIdentifier:
    """The DI of the model of which lots are made, as the world has it."""
    return DeviceIdentifier.objects.get(device=w.device, model="PS-6-40")


def client_of(user: Any, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def quality(w: build.World, language: str = "en") -> Client:
    return client_of(w.user("quality_manager"), language)


def page(client: Client, name: str, *args: Any) -> str:
    response = client.get(reverse(f"releases:{name}", args=args))
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def scan(client: Client, row: Lot, text: str) -> str:
    return client.post(reverse("releases:lot_udi", args=[row.pk]), {"text": text}).content.decode()


def hri(row: Lot, identifier: DeviceIdentifier, **changes: str) -> str:
    parts = {
        "01": identifier.code,
        "11": f"{row.produced_to:%y%m%d}",
        "17": f"{row.expires_on:%y%m%d}",
        "10": row.number,
        **changes,
    }
    return "".join(f"({ai}){value}" for ai, value in parts.items())


# ── the label block ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_block_says_everything_demanded_and_carries_the_udi(w: build.World, identifier: DeviceIdentifier) -> None:
    row = build.lot(w)
    block = load_label_block(row)
    assert block.hri == hri(row, identifier)
    said = block.spoken
    for words in (
        "受托生产企业（委托生产）",
        w.registrant.data.name_zh,
        w.contractor.data.address_zh,
        "浙药监械生产许",
        "国械注准",
        row.number,
        "2029-05-01",
    ):
        assert words in said
    assert w.registrant.data.contact in said
    assert w.contractor.data.contact in said
    assert block.missing == ()


def test_what_is_not_on_record_is_listed_instead_of_guessed(w: build.World) -> None:
    block = load_label_block(build.lot(w, expires_on=None, model="PS-8-60"))
    codes = [finding.code for finding in block.missing]
    assert "label_without_use_by" in codes
    assert "no_di_of_the_model" in codes
    assert block.hri == ""
    assert "使用期限" not in block.spoken


def test_the_page_of_a_lot_shows_its_udi_and_what_the_label_lacks(w: build.World, identifier: DeviceIdentifier) -> None:
    rewritten(w.contractor, build.BEGAN, contact="")
    row = build.lot(w)
    shown = page(quality(w), "lot_udi", row.pk)
    assert shown.count(identifier.code) >= 2
    assert "受托生产企业（委托生产）" in shown
    assert "Contact of the contractor" in shown
    bare = page(quality(w, "zh-hans"), "lot_udi", build.lot(w, model="PS-8-60").pk)
    assert "没有产品标识，不能生成唯一标识数据载体" in bare


def test_facts_confirmed_after_manufacture_do_not_change_the_label(
    w: build.World, identifier: DeviceIdentifier
) -> None:
    from tests.catalogue import build as devices

    row = build.lot(w)
    current = w.device.versions.get()
    devices.new_version(current, w.registrant, name_zh="新名称", at=make.AT)
    assert load_label_block(row).product_name == "外周血管支架系统"


def test_a_di_of_another_agency_gives_no_gs1_carrier(w: build.World) -> None:
    di.registered(w.registrant, w.device, "PS-8-60", agency="ma", code="MA.156.M0.100001.AB123456")
    block = load_label_block(build.lot(w, model="PS-8-60"))
    assert block.di == "MA.156.M0.100001.AB123456"
    assert "carrier_of_another_agency" in [finding.code for finding in block.missing]


def test_a_lot_number_that_cannot_be_encoded_is_said(w: build.World, identifier: DeviceIdentifier) -> None:
    block = load_label_block(build.lot(w, number="批号一"))
    assert block.hri == ""
    assert "gs1.lot_cannot_be_encoded" in [finding.code for finding in block.missing]


def test_the_pdf_and_the_svg_read_back_as_the_lot(w: build.World, identifier: DeviceIdentifier, tmp_path: Path) -> None:
    row = build.lot(w, number="A-1/b_.")
    client = quality(w)
    svg = client.get(reverse("releases:label_as_svg", args=[row.pk]))
    assert svg.headers["Content-Type"] == "image/svg+xml"
    found = [read(picture(modules_of(svg.content)))]
    for name in ("label_as_pdf", "label_proof"):
        (tmp_path / "label.pdf").write_bytes(client.get(reverse(f"releases:{name}", args=[row.pk])).content)
        subprocess.run(
            ["pdftoppm", "-r", "300", "-f", "1", "-l", "1", "-png", tmp_path / "label.pdf", tmp_path / name], check=True
        )
        image = Image.open(next(tmp_path.glob(f"{name}*.png")))
        found += zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.DataMatrix)
    assert [(one.symbology_identifier, one.text) for one in found] == [("]d2", hri(row, identifier))] * 3


def test_the_label_has_the_size_of_a_label_and_no_markup_from_data(
    w: build.World, identifier: DeviceIdentifier, tmp_path: Path
) -> None:
    row = build.lot(w, number="<b>&")
    client = quality(w)
    svg = client.get(reverse("releases:label_as_svg", args=[row.pk])).content.decode()
    assert 'width="100mm" height="60mm"' in svg
    assert "<b>" not in svg
    pdf = client.get(reverse("releases:label_as_pdf", args=[row.pk]), {"save": ""})
    assert pdf.headers["Content-Disposition"].startswith("attachment")
    (tmp_path / "label.pdf").write_bytes(pdf.content)
    text = subprocess.run(["pdftotext", "-layout", tmp_path / "label.pdf", "-"], check=True, capture_output=True)
    assert "<b>&" in text.stdout.decode()
    assert "受托生产企业" in text.stdout.decode()
    fonts = subprocess.run(["pdffonts", tmp_path / "label.pdf"], check=True, capture_output=True).stdout.decode()
    assert all(line.split()[-5] == "yes" for line in fonts.splitlines()[2:]), fonts


# ── scans ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_scan_of_the_right_label_contradicts_nothing(w: build.World, identifier: DeviceIdentifier) -> None:
    row = build.lot(w)
    printed = hri(row, identifier)
    raw = f"]d201{identifier.code}11{row.produced_to:%y%m%d}17{row.expires_on:%y%m%d}10{row.number}\x1d21S1"
    for text in (printed, raw):
        shown = scan(quality(w), row, text)
        assert "Nothing on the label contradicts this lot." in shown
        assert "mismatch" not in shown
    assert "Serial numbers are not registered for lots" in shown


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"10": "OTHER"}, "Another lot number."),
        ({"11": "200101"}, "Outside the days of manufacture."),
        ({"17": "300101"}, "Another use-by date."),
        ({"01": di.gtin(77777)}, "This DI is none of this lot"),
    ],
)
def test_each_element_that_differs_is_named(
    w: build.World, identifier: DeviceIdentifier, changes: dict[str, str], sentence: str
) -> None:
    row = build.lot(w)
    shown = scan(quality(w), row, hri(row, identifier, **changes))
    assert sentence in shown
    assert "The label does not belong to this lot." in shown
    assert shown.count("mismatch") == 1


def test_the_di_of_another_model_is_no_match(w: build.World, identifier: DeviceIdentifier) -> None:
    other = di.registered(w.registrant, w.device, "PS-8-60")
    row = build.lot(w)
    assert "This DI is of another model." in scan(quality(w), row, hri(row, other))


def test_what_cannot_be_read_is_said_and_compared_with_nothing(w: build.World, identifier: DeviceIdentifier) -> None:
    row = build.lot(w)
    shown = scan(quality(w), row, "<script>alert(1)</script>")
    assert "This is no UDI that can be read here" in shown
    assert "<script>alert(1)" not in shown
    wrong = scan(quality(w), row, f"(01)06901234567890(10){row.number}")
    assert "check digit" in wrong


def test_a_scan_writes_nothing(w: build.World, identifier: DeviceIdentifier) -> None:
    row, client = build.lot(w), quality(w)
    page(client, "lot_udi", row.pk)
    before = {model._meta.label: model._default_manager.count() for model in apps.get_models()}
    scan(client, row, hri(row, identifier))
    assert {model._meta.label: model._default_manager.count() for model in apps.get_models()} == before


# ── checks of label texts ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_text_is_checked_by_its_form_and_shown_item_by_item(w: build.World) -> None:
    client, args = quality(w), [w.entrustment.pk, w.label.pk]
    assert "too small for everything" in page(client, "check_label", *args)
    text = label_text(w.entrustment, "label", make.TODAY, without=("licence",))
    answer = client.post(reverse("releases:check_label", args=args), {"text": text})
    assert answer.headers["Location"] == reverse("releases:label_checks", args=args)
    assert LabelCheck.objects.latest("id").missing == ["licence"]
    shown = page(client, "label_checks", *args)
    assert "Production licence or filing number" in shown
    assert "incomplete" in shown
    chinese = page(quality(w, "zh-hans"), "label_checks", *args)
    assert "生产许可证编号或者生产备案编号" in chinese
    assert "不完整" in chinese


def test_data_that_changed_make_a_check_outdated_wherever_it_is_shown(w: build.World) -> None:
    """The world's check was complete; the name changes on the day of the page, after the lot was made."""
    row, client = build.lot(w), quality(w)
    before = [page(client, "label_checks", w.entrustment.pk, w.label.pk), page(client, "pair_labels", w.pair.pk)]
    assert not any("outdated" in shown or "lacks: Name of the registrant" in shown for shown in before)
    rewritten(w.registrant, make.AT, name_zh="甲更名医疗科技有限公司")
    assert "By the data in force today this text lacks: Name of the registrant" in page(
        client, "label_checks", w.entrustment.pk, w.label.pk
    )
    listed = page(client, "pair_labels", w.pair.pk)
    assert "outdated" in listed
    assert "Name of the registrant" in listed
    assert "outdated" not in page(client, "lot_udi", row.pk), "a lot made before keeps its label"


def test_the_form_says_what_cannot_be_compared_and_where_it_is_entered(w: build.World) -> None:
    rewritten(w.contractor, make.AT, contact="")
    args = [w.entrustment.pk, w.label.pk]
    shown = page(quality(w), "check_label", *args)
    assert "Contact of the contractor. These items will count as missing; enter them in the contractor" in shown
    assert "受托方的单位信息" in page(quality(w, "zh-hans"), "check_label", *args)


def test_instructions_offer_no_small_variant_and_keep_every_check(w: build.World) -> None:
    client = quality(w)
    assert "too small for everything" not in page(client, "check_label", w.entrustment.pk, w.ifu.pk)
    checked(w, w.ifu, text="外周血管支架系统")
    checked(w, w.ifu, at=build.AT + timedelta(minutes=5))
    shown = page(client, "label_checks", w.entrustment.pk, w.ifu.pk)
    assert shown.count("incomplete") == 1
    build.label(w.registrant, w.device)
    listed = page(client, "pair_labels", w.pair.pk)
    assert "not checked yet" in listed
    assert "complete" in listed


def test_a_version_of_another_device_has_no_page_here(w: build.World) -> None:
    from tests.catalogue import build as devices

    other = build.label(w.registrant, devices.device(w.registrant).device)
    url = reverse("releases:label_checks", args=[w.entrustment.pk, other.pk])
    assert quality(w).get(url).status_code == 404


def test_text_from_a_label_is_never_markup(w: build.World) -> None:
    checked(w, text="<script>alert(1)</script>")
    assert "<script>alert(1)" not in page(quality(w), "label_checks", w.entrustment.pk, w.label.pk)


def test_pages_of_identification_ask_as_often_for_many_as_for_two(w: build.World, identifier: DeviceIdentifier) -> None:
    row, client = build.lot(w), quality(w)
    checked(w)
    pages = [("lot_udi", row.pk), ("pair_labels", w.pair.pk), ("label_checks", w.entrustment.pk, w.label.pk)]
    few = [queries_of(client, *address) for address in pages]
    for number in range(4):
        build.label(w.registrant, w.device, effective_from=date(2025, 2, 1 + number))
        checked(w, at=build.AT + timedelta(minutes=number + 1))
        di.registered(w.registrant, w.device, level="use_unit", site=make.site(w.registrant))
    assert [queries_of(client, *address) for address in pages] == few


def queries_of(client: Client, name: str, *args: Any) -> int:
    page(client, name, *args)
    with CaptureQueriesContext(connection) as captured:
        page(client, name, *args)
    return len(captured)
