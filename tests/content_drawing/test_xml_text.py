"""Text as XML writes it."""

from xml.sax import saxutils

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.content.xml_text import escape, quote_attribute


@settings(max_examples=200)
@given(st.text(st.sampled_from("a&<>\"'\n\r\t;é")))
def test_it_is_written_as_the_standard_library_writes_it(text: str) -> None:
    assert (escape(text), quote_attribute(text)) == (saxutils.escape(text), saxutils.quoteattr(text))
