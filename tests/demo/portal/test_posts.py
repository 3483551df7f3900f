"""Posts on the pinboards of properties."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.demo.portal.building import build_house
from tests.sandbox import PortalUser, Reply, SandboxProcess


@pytest.fixture
def house(user: PortalUser) -> PortalUser:
    """The user, with a house."""
    build_house(user)
    return user


def publish(user: PortalUser, **fields: Any) -> Reply:
    given = {"id": "A/1", "title": "Wasser", "text": "Ab 8 Uhr", "authorId": "M-12", "propertyIds": ["104"]}
    return user.post("posts", **(given | fields))


def test_a_post_is_answered_in_the_documented_shape(house: PortalUser) -> None:
    reply = publish(house)
    assert reply.status == 201
    post = house.get("posts", "A/1").json
    assert reply.json == post == house.listed("posts")[0]
    assert isinstance(post.pop("internalId"), int)
    assert post.pop("createdAt") == post.pop("modifiedAt")
    assert post == {
        "id": "A/1",
        "title": "Wasser",
        "text": "Ab 8 Uhr",
        "authorId": "M-12",
        "propertyIds": ["104"],
        "sharedWith": "ALL",
        "notify": True,
    }


def test_without_an_id_the_portal_makes_one(house: PortalUser) -> None:
    posts = [
        house.post("posts", title="Wasser", text="", authorId="M-12", propertyIds=["104"]).json["id"] for _ in range(2)
    ]
    assert len(set(posts)) == 2
    assert house.get("posts", posts[0]).status == 200


@pytest.mark.parametrize("fields", [{"propertyIds": ["104", "999"]}, {"id": ""}])
def test_what_leads_nowhere_is_refused(sandbox: SandboxProcess, house: PortalUser, fields: dict[str, Any]) -> None:
    assert publish(house, **fields).status == 422
    assert sandbox.state("posts") == []


@pytest.mark.parametrize("fields", [{"propertyIds": []}, {"propertyIds": "104"}, {"sharedWith": "ME"}, {"text": None}])
def test_what_breaks_the_schema_is_refused(house: PortalUser, fields: dict[str, Any]) -> None:
    assert publish(house, **fields).status == 400


def test_a_post_is_changed_and_removed(sandbox: SandboxProcess, house: PortalUser) -> None:
    publish(house)
    sandbox.behave(clock_skew_seconds=3600)
    changed = {"title": "Strom", "text": "", "authorId": "M-12", "propertyIds": ["104"]}
    post = house.send("PUT", "/posts/A%2F1", changed).json
    assert (post["id"], post["title"]) == ("A/1", "Strom")
    assert post["modifiedAt"] > post["createdAt"]
    assert house.send("PUT", "/posts/A%2F1", {**changed, "id": "A/2"}).status == 422
    assert [house.archive("posts", "A/1").status for _ in range(2)] == [204, 404]
    assert house.listed("posts") == []
    assert sandbox.counts()["posts"] == {"live": 0, "archived": 1, "duplicates": 0}


def test_posts_are_listed_since_a_time(sandbox: SandboxProcess, house: PortalUser) -> None:
    publish(house)
    sandbox.behave(clock_skew_seconds=3600)
    made = quote(publish(house, id="A/2").json["createdAt"])
    assert [post["id"] for post in house.listed("posts", f"?modifiedAfter={made}")] == ["A/2"]


def test_an_id_that_is_taken(house: PortalUser) -> None:
    assert [publish(house).status for _ in range(2)] == [201, 409]


@pytest.mark.parametrize(("answer", "audience"), [("clear", "ALL"), ("keep", "OWNER")])
def test_a_put_without_a_field(sandbox: SandboxProcess, house: PortalUser, answer: str, audience: str) -> None:
    sandbox.behave(put_omitted=answer)
    publish(house, sharedWith="OWNER")
    house.put("posts", id="A/1", title="Strom", text="", authorId="M-12", propertyIds=["104"])
    assert house.get("posts", "A/1").json["sharedWith"] == audience
