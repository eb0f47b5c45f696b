import pytest
from tests.agreements import build
from agreements.facts import load_entrustment_facts
pytestmark = pytest.mark.django_db
def test_x(django_assert_num_queries):
    w = build.world()
    e = w.entrust()
    r = build.concluded(w, [e])
    with django_assert_num_queries(12):
        f = load_entrustment_facts([e])[e.pk]
    print(f)
    assert f.coverage[0].effective_on(build.TODAY)
    p = build.paper(w, [e]); build.confirm_paper(w, p, "registrant"); build.confirm_paper(w, p, "contractor")
    h = build.hold(w)
