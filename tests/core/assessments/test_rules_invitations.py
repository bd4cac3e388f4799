"""The reader of pasted lists keeps the good, names the bad, and never trips over hostile text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.assessments.rules.addresses import address_fault, normalise_address
from core.assessments.rules.invitations import MAX_BAD, MAX_ROWS, read_people

WORD = st.text("abcdefghijklmnopqrstuvwxyzåéñß", min_size=1, max_size=12)
LOCAL = st.from_regex(r"[a-z][a-z0-9]{0,9}(\.[a-z0-9]{1,5})?(\+[a-z]{1,4})?", fullmatch=True)
ADDRESS = st.builds("{}@{}.example".format, LOCAL, st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True))
NAME = st.lists(WORD.map(str.title), min_size=1, max_size=3).map(" ".join)
FORMS = ("{n} <{a}>", '"{n}" <{a}>', "{n}, {a}", "{n};{a}", "{n}\t{a}", "{a}, {n}", "{a}\t{n}", '"{n}","{a}"')


@given(st.text(max_size=2000))
@settings(max_examples=300)
def test_any_text_is_read(text: str) -> None:
    read = read_people(text)
    keys = [person.key for person in read.people]
    assert len(keys) == len(set(keys)) <= MAX_ROWS
    for person in read.people:
        assert address_fault(person.email) == ""
        assert person.key == normalise_address(person.email)
        assert len(person.name) <= 120
        assert not set("\n\r\t<>") & set(person.name)


@given(st.lists(st.tuples(NAME, ADDRESS, st.sampled_from(FORMS)), min_size=1, max_size=20))
def test_usual_forms_give_name_and_address(rows: list[tuple[str, str, str]]) -> None:
    read = read_people("\r\n".join(form.format(n=name, a=address) for name, address, form in rows))
    first = {}
    for number, (name, address, _) in enumerate(rows, 1):
        first.setdefault(normalise_address(address), (number, name, address))
    assert [(p.line, p.name, p.email) for p in read.people] == list(first.values())
    assert len(read.bad) == len(rows) - len(first)


@given(
    st.lists(ADDRESS, min_size=1, max_size=30, unique=True),
    st.sampled_from([", ", ";", "\t", "\n", ",\n", " ; "]),
)
def test_many_in_one_line(addresses: list[str], between: str) -> None:
    read = read_people(between.join(addresses))
    assert [person.email for person in read.people] == addresses
    assert read.bad == ()


@pytest.mark.parametrize(
    ("line", "name", "email"),
    [
        ('"Okafor, Amara" <amara@mail.example>', "Okafor, Amara", "amara@mail.example"),
        ("Okafor, Amara, amara@mail.example", "Okafor Amara", "amara@mail.example"),
        ("Amara Okafor amara@mail.example", "Amara Okafor", "amara@mail.example"),
        ("amara@mail.example\tAmara Okafor\tBerlin", "Amara Okafor", "amara@mail.example"),
        ("mailto:amara@mail.example", "", "amara@mail.example"),
        ("<amara@mail.example>,", "", "amara@mail.example"),
        ("\ufeffamara@mail.example\u200b", "", "amara@mail.example"),
        ("Amara\u00a0Okafor <Amara.Okafor+x@Mail.Example>", "Amara Okafor", "Amara.Okafor+x@Mail.Example"),
        ("amara@bücher.example", "", "amara@bücher.example"),
    ],
)
def test_forms_people_paste(line: str, name: str, email: str) -> None:
    read = read_people(line)
    assert [(person.name, person.email) for person in read.people] == [(name, email)]
    assert read.bad == ()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("just a name", "no e-mail address"),
        ("a@b", "valid domain"),
        ("a@@b.example", "valid"),
        ("@b.example", "name@example.org"),
        ("a.@b.example", "before the @"),
        ("a@-b.example", "valid domain"),
        ("x" * 70 + "@b.example", "before the @"),
        ("Bcc:x@y.example\x0bz, " + "n" * 2000, "too long"),
        ("a'b\"@b.example<script>", "name@example.org"),
    ],
)
def test_bad_rows_are_named_and_good_ones_kept(line: str, reason: str) -> None:
    read = read_people(f"one@ok.example\n{line}\ntwo@ok.example")
    assert [person.email for person in read.people] == ["one@ok.example", "two@ok.example"]
    assert [bad.line for bad in read.bad] == [2]
    assert reason in read.bad[0].reason.text % read.bad[0].reason.params
    assert len(read.bad[0].text) <= 120


def test_headings_and_empty_lines_are_no_rows() -> None:
    read = read_people("Name,E-mail\n\n  \nAmara,amara@mail.example\n;;\n")
    assert len(read.people) == 1
    assert read.bad == ()


def test_a_duplicate_names_the_line_of_the_first() -> None:
    read = read_people("a@x.example\nb@x.example\nA@X.example")
    assert [bad.line for bad in read.bad] == [3]
    assert read.bad[0].reason.params["line"] == 1


def test_the_list_is_bounded() -> None:
    read = read_people("\n".join(f"p{number}@x.example" for number in range(MAX_ROWS + MAX_BAD + 7)))
    assert len(read.people) == MAX_ROWS
    assert len(read.bad) == MAX_BAD
    assert read.left_out == 7
    assert "after these" in read.bad[0].reason.text
    assert read_people("a" * 700_000).people == ()
