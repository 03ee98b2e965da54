from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamesock import preferences as of
from gamesock.preferences import (
    SETTINGS,
    BadSetting,
    Preferences,
    change_preferences,
    checked,
    read_preferences,
    save_preferences,
    spelled,
)


@pytest.fixture
def path(tmp_path, monkeypatch):
    """The file of the preferences, in a home without one."""
    where = tmp_path / "gamesock" / "settings.toml"
    monkeypatch.setattr(of, "preferences_path", lambda: where)
    return where


def read(path, **environ):
    return read_preferences(path, environ)


def test_no_file_means_the_usual(path):
    assert read(path) == (Preferences(), ())
    assert of.load_preferences() == Preferences()


def test_what_is_saved_is_read_again(path):
    mine = Preferences(theme="light", pieces="letters", bell=False, low_time=5, name="Ann", server="example.org")
    save_preferences(mine)
    assert read(path).preferences == mine
    save_preferences(Preferences())
    assert path.read_text().strip() == ""


def test_only_what_changed_is_written_so_that_two_programs_lose_nothing(path):
    before = Preferences()
    change_preferences({"theme": "wood"}, path)  # another gamesock, meanwhile
    save_preferences(before.model_copy(update={"bell": False}), before)
    assert read(path).preferences == Preferences(theme="wood", bell=False)


def test_comments_and_unknown_keys_stay(path):
    path.parent.mkdir()
    path.write_text("# mine\nfuture = 3\ntheme = 'wood'  # warm\n")
    change_preferences({"bell": False}, path)
    text = path.read_text()
    assert "# mine" in text and "future = 3" in text and "# warm" in text
    assert read(path).problems == (f"there is no setting 'future': choose {', '.join(SETTINGS)} in {path}",)


def test_a_wrong_value_costs_that_value_only(path):
    path.parent.mkdir()
    path.write_text('theme = "pink"\nbell = false\ncolor = 16\nlow_time = -1\n')
    preferences, problems = read(path)
    assert preferences == Preferences(bell=False, color="16")
    assert problems[0].startswith("theme can't be 'pink': choose slate, wood")
    assert "low_time can't be '-1': give seconds from 0 to 3600" in problems[1]


def test_a_number_too_long_to_be_written_out_is_told(path):
    path.parent.mkdir()
    path.write_text(f"low_time = 0x{'f' * 6000}\nname = [0x{'f' * 6000}]\n")
    preferences, problems = read(path)
    assert preferences == Preferences()
    assert [problem.split(" can't")[0] for problem in problems] == ["low_time", "name"]


def test_a_name_that_turns_text_around_is_refused():
    with pytest.raises(BadSetting):
        checked("name", "\u202eevil")


@pytest.mark.parametrize(
    "spoilt", [b"theme = \n", b"\xff\xfe", b"[[[", b"theme = 1\ntheme = 2", b"a = " + b"[" * 30_000]
)
def test_a_spoilt_file_is_told_and_never_replaced(path, spoilt):
    path.parent.mkdir()
    path.write_bytes(spoilt)
    preferences, problems = read(path)
    assert preferences == Preferences()
    assert len(problems) == 1 and "not valid TOML" in problems[0] and str(path) in problems[0]
    with pytest.raises(BadSetting, match="mend or delete it"):
        change_preferences({"theme": "wood"}, path)
    assert path.read_bytes() == spoilt


def test_a_file_that_cant_be_read_is_told(path):
    path.mkdir(parents=True)
    preferences, problems = read(path)
    assert preferences == Preferences()
    assert "can't be read" in problems[0]


def test_a_huge_file_isnt_read(path):
    path.parent.mkdir()
    path.write_text('theme = "wood"\n' + "# no settings\n" * 10_000)
    preferences, problems = read(path)
    assert preferences == Preferences()
    assert "can't be read (it has more than 64 KiB)" in problems[0]
    with pytest.raises(OSError, match="64 KiB"):
        change_preferences({"theme": "light"}, path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs on this system")
def test_a_fifo_isnt_waited_for(path):
    path.parent.mkdir()
    os.mkfifo(path)
    assert "no ordinary file" in read(path).problems[0]


def test_the_environment_wins_and_its_mistakes_are_named(path):
    change_preferences({"theme": "wood", "bell": False}, path)
    preferences, problems = read(path, GAMESOCK_THEME="light", GAMESOCK_BELL="on", GAMESOCK_PIECES="wooden")
    assert preferences == Preferences(theme="light", bell=True)
    assert problems[0].endswith("(GAMESOCK_PIECES)")


def test_a_link_stays_a_link(path, tmp_path):
    kept = tmp_path / "dotfiles.toml"
    kept.write_text("")
    path.parent.mkdir()
    path.symlink_to(kept)
    change_preferences({"theme": "wood"}, path)
    assert path.is_symlink()
    assert "wood" in kept.read_text()
    assert [each.name for each in path.parent.iterdir()] == ["settings.toml"]


@pytest.mark.parametrize(
    ("key", "given", "value"),
    [
        ("bell", "off", False),
        ("bell", "yes", True),
        ("confirm_moves", "true", True),
        ("low_time", "12.5", 12.5),
        ("low_time", "never", 0.0),
        ("color", 16, "16"),
        ("name", "  Ann ", "Ann"),
        ("name", None, None),
    ],
)
def test_values_as_people_spell_them(key, given, value):
    assert checked(key, given) == value


@pytest.mark.parametrize(
    ("key", "given", "why"),
    [
        ("thme", "x", "there is no setting 'thme': choose theme"),
        ("bell", "loud", "choose on or off"),
        ("pieces", "", "choose auto, sprite, outline, letters, glyph or ascii"),
        ("low_time", "nan", "seconds from 0 to 3600"),
        ("low_time", "soon", "seconds from 0 to 3600"),
        ("name", "", "give a line of text"),
        ("name", "a\x1b[2Jb", "give a line of text"),
        ("name", "x" * 41, "at most 40 characters"),
    ],
)
def test_wrong_values_say_what_would_do(key, given, why):
    with pytest.raises(BadSetting, match=why):
        checked(key, given)


@given(st.sampled_from(sorted(SETTINGS)), st.text(max_size=50) | st.integers() | st.floats() | st.none())
def test_checking_never_fails_otherwise_and_what_it_gives_is_its_own_spelling(key, given):
    try:
        value = checked(key, given)
    except BadSetting:
        return
    if value is not None:
        assert checked(key, spelled(value)) == pytest.approx(value, rel=1e-4)


def test_every_setting_is_described():
    for key, setting in SETTINGS.items():
        assert setting.title and setting.help.endswith(".")
        assert not setting.choices or spelled(setting.default) in setting.choices
        assert setting.optional == (getattr(Preferences(), key) is None)
