"""What every publisher must do, whatever it publishes to: a subclass hands in a `publisher` fixture, and these run."""

from orchestrator.publishers.interface import Delivery, Publisher

LISTING = b"---\ntitle: Stoneware mug\nprice: 24.00\n---\nKeeps tea warm.\n"


def delivery(key: str = "key-a", job: str = "mug", **files: bytes) -> Delivery:
    """Return a delivery of `files` by stem, a Markdown listing unless said."""
    named = {f"{stem}.md": content for stem, content in files.items()} or {"listing.md": LISTING}
    return Delivery(key=key, job=job, title="Mug", step="publish", target="storefront", files=named)


class PublisherContract:
    def test_what_was_never_sent_is_not_found(self, publisher: Publisher) -> None:
        assert not publisher.look_up("key-a", "mug")

    def test_what_was_sent_is_found_and_nothing_else(self, publisher: Publisher) -> None:
        publisher.send(delivery())
        assert publisher.look_up("key-a", "mug")
        assert not publisher.look_up("key-b", "mug")
        assert not publisher.look_up("key-a", "bowl")

    def test_it_says_in_one_line_where_the_delivery_can_be_seen(self, publisher: Publisher) -> None:
        note = publisher.send(delivery())
        assert note.strip()
        assert len(note.splitlines()) == 1

    def test_sending_again_says_the_same(self, publisher: Publisher) -> None:
        assert publisher.send(delivery()) == publisher.send(delivery())
        assert publisher.look_up("key-a", "mug")

    def test_jobs_stand_side_by_side(self, publisher: Publisher) -> None:
        publisher.send(delivery())
        publisher.send(delivery("key-b", "bowl"))
        assert publisher.look_up("key-a", "mug")
        assert publisher.look_up("key-b", "bowl")

    def test_a_place_shows_the_latest_and_an_event_has_happened(self, publisher: Publisher) -> None:
        publisher.send(delivery())
        publisher.send(delivery("key-b", listing=b"# Another\n"))
        assert publisher.look_up("key-b", "mug")
        assert publisher.look_up("key-a", "mug") == publisher.is_event
