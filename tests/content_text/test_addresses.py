"""What links lead to, by their form."""

import pytest

from orchestrator.content.addresses import Kind, form_fault, host, is_public, is_public_host, parse, resolved, unescaped


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        ("a.md", Kind.LOCAL), ("#a", Kind.LOCAL), ("a:b.md", Kind.HARMFUL), ("./a:b", Kind.LOCAL),
        ("HTTP://a", Kind.WEB), ("//a", Kind.WEB), ("mailto:a", Kind.MAIL), ("tel:1", Kind.PHONE),
        ("java\nscript:x", Kind.HARMFUL), ("\x01 javascript:x", Kind.HARMFUL), ("data:,x", Kind.HARMFUL),
        ("file:x", Kind.HARMFUL), ("ftp:x", Kind.OTHER), ("git+ssh:x", Kind.OTHER),
    ],
)  # fmt: skip
def test_an_address_is_known_by_its_scheme(target: str, kind: Kind) -> None:
    assert parse(target).kind is kind


def test_a_local_address_is_taken_apart() -> None:
    address = parse("a%20b/c.md?raw=1#d%C3%A9")
    assert (address.path, address.fragment) == ("a b/c.md", "dé")
    assert parse("a.md").fragment is None
    assert parse("#").fragment == ""


@pytest.mark.parametrize(("text", "plain"), [("%41", "A"), ("%zz%4", "%zz%4"), ("%ff", "\ufffd"), ("%E2%82%AC", "€")])
def test_percent_escapes_are_read_as_utf8(text: str, plain: str) -> None:
    assert unescaped(text) == plain


@pytest.mark.parametrize(
    ("file", "path", "found"),
    [
        ("a.md", "b.md", "b.md"), ("d/a.md", "b.md", "d/b.md"), ("d/a.md", "../b.md", "b.md"), ("d/a.md", "..", "."),
        ("a.md", "./", "."), ("a.md", "..", None), ("d/a.md", "../../b", None), ("d/a.md", "x/../../../d/b", None),
        ("a.md", "/b.md", "/b.md"), ("/d/a.md", "b.md", "/d/b.md"), ("/a.md", "b.md", "/b.md"), ("/a.md", "..", None),
        ("/d/a.md", "..", "/"), ("a.md", "/", "/"), ("a.md", "/..", None), ("a.md", "d//b/", "d/b"),
    ],
)  # fmt: skip
def test_a_path_is_seen_from_its_file(file: str, path: str, found: str | None) -> None:
    assert resolved(file, path) == found


@pytest.mark.parametrize(
    ("target", "is_good"),
    [
        ("mailto:a@b.example", True), ("mailto:a%40b.example", True), ("mailto:a@b", False), ("mailto:", False),
        ("mailto:a@b.example,", False), ("mailto:a b@c.example", False), ("tel:123", True), ("tel:12", False),
        ("tel:+49 (30) 12-34", True), ("tel:12x34", False), ("https://x", True),
    ],
)  # fmt: skip
def test_mail_and_telephone_are_judged_by_their_form(target: str, is_good: bool) -> None:
    assert (form_fault(parse(target)) is None) is is_good


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://A.example:80/x", "a.example"), ("http://u:p@a.example./", "a.example"), ("http://[::1]:80", "::1"),
        ("http://", ""), ("mailto:x", ""),
    ],
)  # fmt: skip
def test_a_host_is_read(address: str, name: str) -> None:
    assert host(address) == name


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("mug.example", True), ("8.8.8.8", True), ("2606:4700::1111", True), ("localhost", False),
        ("a.localhost", False),
        ("printer.local", False), ("intranet", False), ("", False), ("127.0.0.1", False), ("127.1", False),
        ("2130706433", False), ("0x7f.1", False), ("0177.0.0.1", False), ("10.1.2.3", False), ("::1", False),
    ],
)  # fmt: skip
def test_a_public_host_is_told_from_a_private_one(name: str, is_one: bool) -> None:
    assert is_public_host(name) is is_one


@pytest.mark.parametrize(
    "number",
    ["0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.168.0.1", "224.0.0.1",
     "239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
     "fec0::1",
     "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1", "2001:0:1::1"],
)  # fmt: skip
def test_no_private_number_is_public(number: str) -> None:
    assert not is_public(number)
