"""``gamesock config``, and that its settings count where no option says otherwise."""

from __future__ import annotations

import json

import pytest

from gamesock.preferences import SETTINGS


def ok(done) -> str:
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_settings_are_shown_set_and_unset(cli):
    table = ok(cli("config"))
    assert all(key in table for key in SETTINGS)
    rows = {row["key"]: row for row in cli.lines("config")}
    assert list(rows) == list(SETTINGS)
    assert rows["theme"]["value"] == rows["theme"]["default"] == "slate"
    assert "colorblind" in rows["theme"]["choices"]
    assert ok(cli("config", "set", "theme", "light")) == "theme is light\n"
    assert ok(cli("config", "get", "theme")) == "light\n"
    assert ok(cli("config", "set", "bell", "no")) == "bell is off\n"
    path = cli.lines("config", "path")[0]["settings"]
    assert path == str(cli.home / "config" / "gamesock" / "settings.toml")
    assert "theme = " in (cli.home / "config" / "gamesock" / "settings.toml").read_text()
    assert ok(cli("config", "unset", "theme")) == "theme is slate\n"
    assert ok(cli("config", "unset", "name")) == "name is not set\n"


def test_a_variable_that_wins_is_mentioned(cli):
    done = cli("config", "set", "theme", "wood", env={"GAMESOCK_THEME": "light"})
    assert done.stdout == "theme is wood\n"
    assert "GAMESOCK_THEME=light" in done.stderr


def test_mistakes_name_the_choices(fails):
    assert "choose slate, wood" in fails("config", "set", "theme", "pink", code=2)
    assert "there is no setting 'colour': choose theme" in fails("config", "set", "colour", "full", code=2)
    assert "there is no setting" in fails("config", "get", "colour", code=2)
    assert "there is no setting" in fails("config", "unset", "colour", code=2)


def test_a_project_is_checked_when_it_is_set(cli, fails):
    assert cli("config", "set", "supabase_url", "abc.supabase.co/").stdout.endswith("https://abc.supabase.co\n")
    for wrong, reason in (("ftp://abc", "looks like"), ("http://abc.supabase.co", "use https://")):
        assert reason in fails("config", "set", "supabase_url", wrong, code=2)
    told = fails("config", "set", "supabase_key", "sb_secret_abcdef", code=2)
    assert "secret key" in told and "abcdef" not in told
    assert "supabase_key" in cli("config", env={"GAMESOCK_SUPABASE_KEY": "sb_secret_abcdef"}).stderr


def test_themes_are_checked_even_where_they_matter_not(fails):
    assert "--theme can't be 'pink': choose slate" in fails("play", "chess", "--plain", "--theme", "pink", code=2)
    assert "--pieces can't be 'wooden': choose auto" in fails("watch", "--plain", "--pieces", "wooden", code=2)


def test_a_spoilt_file_is_a_line_and_not_the_end(cli):
    file = cli.home / "config" / "gamesock" / "settings.toml"
    file.parent.mkdir(parents=True)
    file.write_text("theme = [")
    shown = cli("config")
    assert shown.returncode == 0
    assert "not valid TOML" in shown.stderr
    assert "mend or delete it" in cli("config", "set", "theme", "wood").stderr
    played = cli("play", "tic_tac_toe", "--plain", stdin="quit\n")
    assert played.returncode == 0
    assert played.stderr.count("not valid TOML") == 1


def test_the_preferred_name_is_worn_unless_another_is_given(cli):
    ok(cli("config", "set", "name", "Zoe"))
    assert "Zoe" in cli("play", "tic_tac_toe", "--plain", stdin="players\nquit\n").stdout
    threads = cli.lines("threads")
    assert "Zoe" in json.dumps(threads)
    said = cli("play", "tic_tac_toe", "--plain", "--name", "Yan", stdin="players\nquit\n").stdout
    assert "Yan" in said and "Zoe" not in said


def test_the_preferred_server_is_watched(cli):
    ok(cli("config", "set", "server", "127.0.0.1:9"))
    assert "127.0.0.1:9" in cli("watch", "--plain").stderr


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("gamesock play ", ["chess", "connect4", "tic_tac_toe"]),
        ("gamesock play --theme ", ["slate", "light", "colorblind"]),
        ("gamesock play --pieces ", ["outline", "letters"]),
        ("gamesock play chess --seat ", ["white", "black"]),
        ("gamesock play connect4 --bot ", ["alphabeta", "random", "none"]),
        ("gamesock play chess --clock 5", ["5+3"]),
        ("gamesock config set ", ["theme", "low_time"]),
        ("gamesock config set theme ", ["wood", "high-contrast"]),
        ("gamesock config set bell o", ["on", "off"]),
        ("gamesock config unset p", ["pieces"]),
        ("gamesock bots ", ["chess"]),
    ],
)
def test_the_shell_completes(cli, words, offered):
    done = cli(
        env={
            "_GAMESOCK_COMPLETE": "complete_bash",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split(" ")) - 1),
        }
    )
    assert done.returncode == 0, done.stderr
    assert set(offered) <= set(done.stdout.split()), done.stdout
