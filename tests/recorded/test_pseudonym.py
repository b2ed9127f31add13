"""People are kept out of what is read, and can still be followed."""

import hashlib
import hmac
import stat
from pathlib import Path

import pandas as pd
import pytest

import impactkit as ik
from impactkit.data.personal_numbers import personal_numbers

WHO = ["19121212-1212", "121212-1212", "121212 1212", "１２１２１２－１２１２", "121212\u20131212"]


@pytest.fixture
def key(tmp_path):
    return ik.privacy.new_key(tmp_path / "key")


def test_one_person_has_one_pseudonym_however_the_number_is_written(key):
    found = ik.privacy.pseudonymise(pd.DataFrame({"who": WHO}), ["who"], key=key, purpose="park")
    assert found["who"].nunique() == 1
    assert not personal_numbers(found["who"][0])


def test_a_pseudonym_is_the_keyed_digest_that_is_documented(key):
    found = ik.privacy.pseudonymise(pd.DataFrame({"who": WHO[:1]}), ["who"], key=key, purpose="park")
    secret = Path(key).read_bytes().strip()
    digest = hmac.new(secret, b"park\x001212121212", hashlib.sha256).hexdigest()[:32]
    assert found["who"][0] == digest.translate(str.maketrans("0123456789abcdef", "abcdefghijklmnop"))


def test_another_key_or_purpose_gives_other_pseudonyms(key, tmp_path):
    frame = pd.DataFrame({"who": ["Anna", ""]})
    first = ik.privacy.pseudonymise(frame, ["who"], key=key, purpose="park")["who"].tolist()
    assert first[1] == ""
    assert ik.privacy.pseudonymise(frame, ["who"], key=key, purpose="bad")["who"][0] != first[0]
    other = ik.privacy.new_key(tmp_path / "other")
    assert ik.privacy.pseudonymise(frame, ["who"], key=other, purpose="park")["who"][0] != first[0]


def test_a_key_is_for_its_owner_and_never_written_over(key):
    assert stat.S_IMODE(Path(key).stat().st_mode) == 0o600
    with pytest.raises(ik.ImpactkitError, match="a key in key already"):
        ik.privacy.new_key(key)


def test_a_file_that_is_refused_can_be_read_with_pseudonyms(key, tmp_path):
    file = tmp_path / "rows.csv"
    file.write_text("Person;År;Besök\n19121212-1212;2024;1\n", "utf-8")
    layout = ik.Layout(values={"Besök": "safety/visits-per-day"})
    with pytest.raises(ik.ImpactkitError) as refused:
        ik.read(file, layout=layout)
    assert "1212" not in str(refused.value)
    hidden = ik.privacy.pseudonymise(file, ["Person"], key=key, purpose="park")
    assert len(ik.read(hidden, layout=layout)) == 1


def test_what_would_be_left_is_refused(key):
    frame = pd.DataFrame({"who": WHO[:1], "note": ["samma som 121212-1212"], "121212-1212": [1]})
    with pytest.raises(ik.ImpactkitError, match="Column number 2") as refused:
        ik.privacy.pseudonymise(frame, ["who"], key=key, purpose="park")
    assert "Column number 3" in str(refused.value)
    with pytest.raises(ik.ImpactkitError, match="no column nobody") as refused:
        ik.privacy.pseudonymise(frame, ["nobody"], key=key, purpose="park")
    assert "1212" not in str(refused.value)


def test_two_people_a_hundred_years_apart_are_not_made_one(key):
    frame = pd.DataFrame({"who": ["19121212-1212", "20121212-1212"]})
    with pytest.raises(ik.ImpactkitError, match="century alone"):
        ik.privacy.pseudonymise(frame, ["who"], key=key, purpose="park")


@pytest.mark.parametrize(("secret", "purpose"), [("short", "park"), ("x" * 64, " ")])
def test_too_little_to_protect_anybody_is_refused(tmp_path, secret, purpose):
    (tmp_path / "key").write_text(secret)
    with pytest.raises(ik.ImpactkitError, match="too little"):
        ik.privacy.pseudonymise(pd.DataFrame({"who": ["a"]}), ["who"], key=tmp_path / "key", purpose=purpose)


@pytest.mark.parametrize("number", ["121212-1212", "191212121212", "701063-2391"])
def test_numbers_are_found_wherever_they_stand(tmp_path, number):
    good = "Område;År;Besök\nA;2024;1\n"
    layout = ik.Layout(values={"Besök": "safety/visits-per-day"})
    for rows in (
        good.replace("Område", number),
        good.replace("A;", f"bor hos {number};"),
        f"Lista {number}\n\n{good}",
        f"{good}\nKontakt: {number}\n",
    ):
        (tmp_path / "rows.csv").write_text(rows, "utf-8")
        with pytest.raises(ik.ImpactkitError, match="personal identity number") as refused:
            ik.read(tmp_path / "rows.csv", layout=layout)
        assert number[-4:] not in str(refused.value)
    (tmp_path / f"{number}.csv").write_text(good, "utf-8")
    with pytest.raises(ik.ImpactkitError, match="name of the file") as refused:
        ik.read(tmp_path / f"{number}.csv", layout=layout)
    assert number[-4:] not in str(refused.value)
