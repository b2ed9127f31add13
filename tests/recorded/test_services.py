"""The clients of Kolada and PxWebApi 2, against a server of our own that speaks as they do."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

import impactkit as ik
from impactkit.data.fetching import Fetcher

SHAPES = Path(__file__).parents[1] / "data" / "ingestion"
KOLADA = json.loads((SHAPES / "kolada_values" / "N00945.json").read_text("utf-8"))["values"]
TABLE = json.loads((SHAPES / "scb_jsonstat2_monthly_pop" / "TAB6471_data.json").read_text("utf-8"))
GROUPS = json.loads((SHAPES.parent / "kolada_groups" / "groups.json").read_text("utf-8"))["values"]
ON_A_PAGE = 20


class Service(BaseHTTPRequestHandler):
    """Pages of 20 in either spelling, a limit of cells, and now and then too busy."""

    def log_message(self, *_):
        pass

    def answer(self, told, *, code=200, headers=()):
        body = json.dumps(told).encode()
        self.send_response(code)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def busy(self):
        self.server.asked.append(self.path)
        if self.server.busy > 0:
            self.server.busy -= 1
            self.answer({"error": "slow down"}, code=429, headers=[("Retry-After", "7")])
            return True
        return False

    def do_GET(self):
        if self.busy():
            return
        url = urlsplit(self.path)
        if url.path.startswith("/v3/data/"):
            self.pages(url)
        elif url.path == "/v3/municipality_groups":
            wanted = parse_qs(url.query)["title"][0]
            some = [group for group in GROUPS if wanted in group["title"]]
            self.answer({"count": len(some), "values": some, "next_url": None})
        elif url.path == "/v3/kpi/N00945":
            self.answer({"count": 1, "values": [{"id": "N00945", "title": "Andel"}], "next_url": None})
        elif url.path == "/api/config":
            self.answer({"maxDataCells": 700})
        elif url.path == "/api/tables/TAB6471/metadata":
            self.answer({**TABLE, "value": []})
        elif url.path == "/v3/data":
            self.answer([])
        else:
            self.answer({"error": "no such table"}, code=404)

    def pages(self, url):
        areas = url.path.split("/municipality/")[1].split("/")[0].split(",")
        rows = [row for row in KOLADA if row["municipality"] in areas]
        page = int(parse_qs(url.query).get("page", ["1"])[0])
        some = rows[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
        rest = page * ON_A_PAGE < len(rows)
        spelling = "next_page" if self.server.old else "next_url"
        there = f"http://{self.headers['Host']}{url.path}?page={page + 1}"
        elsewhere = "http://elsewhere.example/v3/data"
        told = {"count": len(some), "values": some}
        told[spelling] = (elsewhere if self.server.astray else there) if rest else None
        self.answer(told)

    def do_POST(self):
        if self.busy():
            return
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["selection"]
        codes = {each["variableCode"]: each["valueCodes"] for each in asked}
        self.answer(cut(codes))


def cut(codes):
    """Return the part of the table that has the codes."""
    import numpy as np

    values = np.array(TABLE["value"]).reshape(TABLE["size"])
    dimension = json.loads(json.dumps(TABLE["dimension"]))
    for axis, name in enumerate(TABLE["id"]):
        index = dimension[name]["category"]["index"]
        values = values.take([index[code] for code in codes[name]], axis=axis)
        dimension[name]["category"]["index"] = {code: n for n, code in enumerate(codes[name])}
    return {**TABLE, "dimension": dimension, "size": list(values.shape), "value": values.ravel().tolist()}


@pytest.fixture
def server():
    service = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    service.asked, service.busy, service.old, service.astray = [], 0, False, False
    threading.Thread(target=service.serve_forever, daemon=True).start()
    yield service
    service.shutdown()
    service.server_close()


@pytest.fixture
def waits():
    return []


def kolada(server, waits, cache=None, **more):
    fetcher = Fetcher(cache=cache, sleep=waits.append, **more)
    return ik.sources.Kolada(address=f"http://127.0.0.1:{server.server_port}/v3/", fetcher=fetcher)


def pxweb(server, waits, cache=None, **more):
    fetcher = Fetcher(cache=cache, sleep=waits.append, **more)
    return ik.sources.PxWeb(address=f"http://127.0.0.1:{server.server_port}/api/", fetcher=fetcher)


AREAS = ["0180", "1280", "1480"]
ALL = {name: ["*"] for name in TABLE["id"]}


@pytest.mark.parametrize("old", [False, True], ids=["next_url", "next_page"])
def test_every_page_is_followed_in_either_spelling(server, waits, old):
    server.old = old
    found = ik.read(kolada(server, waits).values(["N00945"], AREAS))
    assert len(found) == 63
    assert found.value.sum() == pytest.approx(2245.77429793, rel=1e-9)
    assert len(server.asked) == 4


def test_a_busy_service_is_waited_for_as_long_as_it_says(server, waits):
    server.busy = 2
    assert len(ik.read(kolada(server, waits).values(["N00945"], ["0180"]))) == 21
    assert waits[:2] == [7.0, 14.0] or waits[:2] == [7.0, 7.0]


def test_a_service_that_stays_busy_is_told_with_the_way_out(server, waits):
    server.busy = 100
    with pytest.raises(ik.ImpactkitError, match=r"too busy[\s\S]*offline=True"):
        kolada(server, waits).values(["N00945"], ["0180"])
    assert max(waits) <= 60


def test_the_same_evaluation_runs_again_offline(server, waits, tmp_path):
    first = kolada(server, waits, tmp_path / "evidence").values(["N00945"], AREAS)
    n = len(server.asked)
    again = kolada(server, waits, tmp_path / "evidence", offline=True).values(["N00945"], AREAS)
    assert again == first
    assert len(server.asked) == n
    for page in first.pages:
        assert (tmp_path / "evidence" / f"{page.sha256}.json").read_text("utf-8") == page.body
    with pytest.raises(ik.ImpactkitError, match="no saved answer"):
        kolada(server, waits, tmp_path / "evidence", offline=True).values(["N00945"], ["0114"])


def test_evidence_is_saved_read_and_held_to_its_digest(server, waits, tmp_path):
    fetched = kolada(server, waits).values(["N00945"], AREAS)
    file = fetched.save(tmp_path / "kolada.json")
    assert len(ik.read(file)) == 63
    told = json.loads(file.read_text("utf-8"))
    told["pages"][1]["body"] = told["pages"][1]["body"].replace("0180", "0181")
    file.write_text(json.dumps(told), "utf-8")
    with pytest.raises(ik.ImpactkitError, match="Answer 2 is not the one that was fetched"):
        ik.read(file)


def test_a_next_page_on_another_host_is_not_followed(server, waits):
    server.astray = True
    with pytest.raises(ik.ImpactkitError, match="usable answer"):
        kolada(server, waits).values(["N00945"], AREAS)
    assert len(server.asked) == 1


def test_many_codes_are_asked_for_in_parts():
    asked = ik.sources.Kolada().addresses(
        [f"N{n:05}" for n in range(30)], [f"{n:04}" for n in range(26)], years=[2024]
    )
    assert len(asked) == 4
    assert all(address.count(",") <= 48 for address in asked)


@pytest.mark.parametrize("codes", ["0180", [180], []])
def test_codes_that_are_no_list_of_texts_are_refused(codes):
    with pytest.raises(ik.ImpactkitError, match="keeps its first zero"):
        ik.sources.Kolada().values(["N00945"], codes)


def test_what_kolada_says_of_an_indicator_is_a_table(server, waits):
    assert kolada(server, waits).indicators(["N00945"]).table().texts("title") == ["Andel"]


def test_a_question_beyond_the_limit_is_cut_and_put_together(server, waits):
    seen = []
    client = ik.sources.PxWeb(
        address=f"http://127.0.0.1:{server.server_port}/api/",
        fetcher=Fetcher(sleep=waits.append),
        progress=lambda done, total: seen.append((done, total)),
    )
    found = ik.read(client.values("TAB6471", ALL))
    assert len(found) == 2772
    assert found.value.sum() == 84837753.0
    assert seen[-1][0] == seen[-1][1] >= 4
    assert found.labels["Region"]["25"] == "Norrbottens län"


def test_a_part_of_a_table_is_asked_for_by_codes(server, waits, tmp_path):
    some = {
        **ALL,
        "Region": ["01", "03"],
        "Tid": [next(iter(TABLE["dimension"]["Tid"]["category"]["index"]))],
    }
    fetched = pxweb(server, waits, tmp_path).values("TAB6471", some)
    assert ik.read(fetched).units == ("01", "03")
    assert ik.read(pxweb(server, waits, tmp_path, offline=True).values("TAB6471", some)).units == ("01", "03")


def test_wrong_variables_and_codes_are_told_together(server, waits):
    with pytest.raises(ik.ImpactkitError, match=r"Land\?.*Alder.*Region = '1'"):
        pxweb(server, waits).values("TAB6471", {"Land": ["*"], "Region": ["1"], "Kon": ["*"]})


def test_a_table_that_is_not_there_is_refused(server, waits):
    with pytest.raises(ik.ImpactkitError, match="usable answer: 404"):
        pxweb(server, waits).values("TAB1", ALL)


def test_an_address_that_is_no_web_address_is_not_opened(waits):
    with pytest.raises(ik.ImpactkitError, match="scheme"):
        ik.sources.Kolada(address="file:///etc/", fetcher=Fetcher(sleep=waits.append)).values(
            ["N1"], ["0180"]
        )


def test_similar_municipalities_are_donors_with_their_year(server, waits):
    group = kolada(server, waits).similar("Ale", year=2024)
    assert group.title == "Liknande kommuner socioekonomi, Ale, 2024"
    assert group.codes == ("0138", "0305", "0665", "1442", "1489", "1496", "1881")
    assert group.basis == "socioekonomi"


def test_a_group_that_kolada_does_not_have_is_told_with_those_it_has(server, waits):
    with pytest.raises(ik.ImpactkitError, match="0 groups") as told:
        kolada(server, waits).similar("Ale", year=1999)
    assert "Ale, 2024" in str(told.value)
