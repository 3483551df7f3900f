"""Posts on the pinboards of properties as a record type."""

from typing import Final

from demo.portal.record import Resource, View
from demo.portal.schema import iso_time
from demo.portal.state import Body, Store, Stored


def _show_post(_view: View, stored: Stored, body: Body) -> Body:
    return {**body, "createdAt": iso_time(stored.created_at), "modifiedAt": iso_time(stored.modified_at)}


def _properties_are_there(store: Store, body: Body) -> str | None:
    if all(store.live("properties", one) is not None for one in body["propertyIds"]):
        return None
    return "propertyIds: there is nothing under one of the ids in properties"


def posts_for(store: Store, property_id: str) -> list[Stored]:
    """Return the living posts on a property's pinboard."""
    return store.page(POSTS.kind, [("? IN (SELECT value FROM json_each(body, '$.propertyIds'))", property_id)])


POSTS: Final = Resource(
    "posts",
    "PostWrite",
    _show_post,
    check=_properties_are_there,
    settle=lambda body, _archived: {"sharedWith": "ALL", "notify": True, **body},
    label=lambda body: str(body["title"]),
    has_app_link=False,
)
