"""What names a project, and what doesn't."""

from __future__ import annotations

import pytest

from gamesock.account.project import BadProject, Project


@pytest.mark.parametrize(
    "url",
    [
        "https://abc.supabase.co",
        "http://127.0.0.1:54321",
        "http://localhost:54321/",
        "http://kong:8000",
        "http://[::1]:1",
    ],
)
def test_an_address_names_a_project(url: str) -> None:
    project = Project(url)
    assert project.auth == f"{url.rstrip('/')}/auth/v1"
    assert project.jwks.startswith(project.auth)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "abc",
        "abc.supabase.co",
        "ftp://abc.supabase.co",
        "https://",
        "https://me:pw@abc.supabase.co",
        "https://a/?b=c",
        "https://a/#b",
        "https://[::1",
        "https://a:99999",
    ],
)
def test_anything_else_does_not(url: str) -> None:
    with pytest.raises(BadProject, match="looks like"):
        Project(url)


def test_the_dashboard_is_no_project() -> None:
    with pytest.raises(BadProject, match=r"address is https://abc123\.supabase\.co"):
        Project("https://supabase.com/dashboard/project/abc123/settings")


@pytest.mark.parametrize("url", ["http://abc.supabase.co", "http://8.8.8.8"])
def test_secrets_do_not_travel_in_the_clear(url: str) -> None:
    with pytest.raises(BadProject, match="https://"):
        Project(url)


def test_keys_are_not_shown() -> None:
    shown = repr(Project("https://abc.supabase.co", "the-key", "the-secret"))
    assert "the-key" not in shown and "the-secret" not in shown
