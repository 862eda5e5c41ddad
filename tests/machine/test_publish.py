"""Outside effects: once, of approved content, cited after a rewind, and never guessed at."""

import pytest
from machine_shapes import EVENT, SINGLE, STOCK, WEAK_SETTINGS, Shape
from machine_world import World

from orchestrator.model.action import Await, Done, Halt, Publish, Reconcile, Stop

GATES = {"review": "gates"}
GUARDED = Shape(
    "guarded",
    STOCK.pipeline.replace("to: storefront", "to: guarded"),
    STOCK.files,
    STOCK.params,
    STOCK.said,
    WEAK_SETTINGS,
    found=STOCK.found,
)


def before_publish(shape: Shape = EVENT) -> World:
    world = World(shape)
    world.advance()
    assert isinstance(world.decide(), Publish)
    return world


def publishing(world: World) -> Publish:
    action = world.decide()
    assert isinstance(action, Publish)
    return action


def test_a_job_that_publishes_cites_its_receipt() -> None:
    world = World(**GATES)
    world.run()
    known = world.state.steps["publish"]
    (receipt,) = world.outside["publish"].receipts
    assert (known.receipt, str(known.outcome)) == (receipt.commit, "published")
    assert known.outputs == receipt.payload


def test_what_was_published_does_not_become_the_publishing_step_s_work() -> None:
    """An edit after publish is judged by who wrote the file; a publish step has no gate."""
    world = World(**GATES)
    world.run()
    world.edit("listing.md", "Ada's words\n")
    assert world.run()[0] == "polish passed"


def test_a_changed_payload_is_published_again() -> None:
    world = World(EVENT)
    world.run()
    world.edit("listing.md", "Ada's words\n")
    assert world.run() == ["draft passed", "announce published", "place published"]


def test_a_then_b_then_a_is_three_effects_for_a_place_and_two_for_an_event() -> None:
    world = World(EVENT)
    world.run()
    first = world.files["listing.md"]
    for text in ("Ada's words\n", first):
        world.edit("listing.md", text)
        world.run()
    assert isinstance(world.decide(), Done)
    assert len(set(world.outside["place"].arrived)) == 3
    assert len(set(world.outside["announce"].arrived)) == 2
    assert world.breaches == []


def test_a_rewound_job_cites_the_first_receipt_and_sends_nothing() -> None:
    world = World(**GATES)
    world.run()
    receipt = world.state.steps["publish"].receipt
    world.reset(4)
    assert world.run()[-1] == "publish published"
    assert world.state.steps["publish"].receipt == receipt
    assert len(world.outside["publish"].arrived) == 1
    assert world.tip.entry is not None
    assert world.tip.entry.body.startswith("Because this very content was published before.")


def test_the_key_knows_no_attempt_and_no_clock() -> None:
    one, two = before_publish(), before_publish()
    two.sleep(1_000)
    assert publishing(one).key == publishing(two).key


def test_an_effect_without_a_receipt_is_looked_up_before_anything_else() -> None:
    world = before_publish()
    world.publishing = "lost"
    world.advance()
    world.edit("brief.md", "A bowl.\n")
    action = world.decide()
    assert isinstance(action, Reconcile)
    assert action.reason == "announce began to publish to wire and has no receipt"
    world.run()
    assert isinstance(world.decide(), Done)
    assert len(world.outside["announce"].arrived) == len(set(world.outside["announce"].arrived)) == 2


def test_an_effect_that_never_left_is_withdrawn_and_sent() -> None:
    world = before_publish()
    world.publishing = "cut"
    world.advance()
    assert world.run() == ["announce withdrawn", "announce published", "place published"]
    assert len(world.outside["announce"].arrived) == 1


def test_an_effect_of_which_nobody_knows_stops_and_is_not_guessed_at() -> None:
    world = before_publish()
    world.publishing = "unclear"
    world.outside["announce"].is_blind = True
    assert world.run() == ["announce unknown"]
    action = world.decide()
    assert isinstance(action, Halt)
    assert (action.stop, action.reason) == (
        Stop.UNKNOWN,
        "nobody knows whether announce has published: no acknowledgement",
    )
    world.say("retry")
    assert world.run() == ["announce unknown"]
    assert len(world.outside["announce"].arrived) == 1


def test_an_unknown_effect_that_turns_up_is_cited() -> None:
    world = before_publish()
    world.publishing = "unclear"
    world.advance()
    out = world.outside["announce"]
    assert out.intent is not None
    out.receipts.append(out.intent)
    out.intent, world.publishing = None, "sent"
    assert world.run() == ["announce published", "place published"]
    assert len(out.arrived) == 1


def test_an_unknown_effect_holds_up_the_whole_job_until_somebody_looked() -> None:
    world = before_publish()
    world.publishing = "unclear"
    world.run()
    world.edit("brief.md", "A bowl.\n")
    assert world.run() == []


def test_a_publisher_that_cannot_halts_and_is_retried_on_a_word() -> None:
    world = before_publish()
    world.publishing = "refused"
    assert world.run() == ["announce failed"]
    action = world.decide()
    assert isinstance(action, Halt)
    assert action.reason == "announce could not publish: the disk is full"
    assert action.command == "orchestrator retry mug announce"
    world.publishing = "sent"
    world.say("retry")
    assert world.run() == ["announce published", "place published"]


def test_other_content_is_another_try_for_a_publisher_that_could_not() -> None:
    world = before_publish()
    world.publishing = "refused"
    world.run()
    world.publishing = "sent"
    world.edit("listing.md", "Ada's words\n")
    assert world.run() == ["draft passed", "announce published", "place published"]


def test_nothing_goes_out_that_is_not_there() -> None:
    pipeline = SINGLE.pipeline + "  publish:\n    publish: {to: storefront, files: [listing.md, cover.png]}\n"
    world = World(Shape("cover", pipeline, SINGLE.files))
    world.run()
    action = world.decide()
    assert isinstance(action, Await)
    assert action.reason == "publish sends cover.png, which is not there"
    world.edit("cover.png", "png\n")
    assert world.run() == ["publish published"]


def test_a_publisher_that_requires_an_approval_is_not_satisfied_by_the_gates() -> None:
    world = World(GUARDED, review="gates")
    world.run()
    action = world.decide()
    assert isinstance(action, Await)
    assert action.reason == (
        "guarded requires the approval of owner, and this content has none: "
        'approve asks only when params.review == "person"; set that in jobs/mug/job.yaml on job/mug'
    )
    assert world.outside["publish"].arrived == []


def test_a_publisher_that_requires_an_approval_has_it_from_a_person() -> None:
    world = World(GUARDED)
    world.run()
    world.merge()
    world.run()
    assert isinstance(world.decide(), Done)


def test_a_required_approval_of_other_content_is_none() -> None:
    world = World(GUARDED)
    world.run()
    world.merge()
    world.run()
    world.set_params(review="gates", tone="plain")
    world.edit("listing.md", "Ada's words\n")
    world.run()
    action = world.decide()
    assert isinstance(action, Await)
    assert action.reason == (
        "guarded requires the approval of owner, and this content has none: "
        'approve asks only when params.review == "person"; set that in jobs/mug/job.yaml on job/mug'
    )
    assert len(world.outside["publish"].arrived) == 1


def test_a_publisher_that_the_base_does_not_have_waits() -> None:
    world = World(Shape("nowhere", EVENT.pipeline.replace("to: wire", "to: nowhere"), EVENT.files))
    world.run()
    action = world.decide()
    assert isinstance(action, Await)
    assert action.reason == "the base branch has no publisher 'nowhere'"


@pytest.mark.parametrize("publishing", ["lost", "cut", "refused", "unclear"])
@pytest.mark.parametrize("place", [0, 2, 4])
def test_a_reset_forgets_no_effect(publishing: str, place: int) -> None:
    world = World(EVENT)
    world.publishing = publishing
    world.run()
    world.publishing = "sent"
    world.reset(min(place, len(world.history) - 1))
    world.run()
    if isinstance(world.decide(), Halt):
        world.say("retry")
        world.run()
    assert isinstance(world.decide(), Done)
    assert world.breaches == []
    for step in ("announce", "place"):
        assert len(world.outside[step].arrived) == 1
