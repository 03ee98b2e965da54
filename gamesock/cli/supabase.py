"""``gamesock supabase``: the database schema for a Supabase project of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

supabase = typer.Typer(
    help="Set up a Supabase project for your games.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@supabase.callback()
def about() -> None:
    """Set up a Supabase project for your games."""


@supabase.command("init")
def init(
    dir: Annotated[
        Path, typer.Option("--dir", metavar="DIR", help="Where the project's supabase/ folder is, or will be.")
    ] = Path(),
    print: Annotated[bool, typer.Option("--print", help="Write nothing: print it all as SQL.")] = False,
) -> None:
    """Write the tables, rules and settings that gamesock needs. Files of yours are never overwritten.

    Examples:

      gamesock supabase init

      gamesock supabase init --print > gamesock.sql
    """
    source = _source()
    if print:
        typer.echo(_as_sql(source), nl=False)
        return
    for line in _write(source, dir / "supabase"):
        typer.echo(line)


def _source() -> Path:
    """Where the files are: in the package as it is installed, at the top of a checkout."""
    package = Path(__file__).parent.parent
    installed = package / "supabase"
    return installed if installed.is_dir() else package.parent / "supabase"


def _files(source: Path) -> list[Path]:
    """What a project gets, relative to its supabase/ folder, in order."""
    parts = ("config.toml", "migrations/*.sql", "templates/*.html", "tests/*.sql")
    return [path.relative_to(source) for part in parts for path in sorted(source.glob(part))]


def _write(source: Path, target: Path) -> Iterator[str]:
    """Write what isn't there yet; what was done, and what comes next, line by line.

    Raises:
        Problem: a file is there and another one; nothing was written.
    """
    from gamesock.cli.options import Problem

    wanted = {file: (source / file).read_bytes() for file in _files(source)}
    there = {file: (target / file).read_bytes() for file in wanted if (target / file).exists()}
    changed = {file for file in there if there[file] != wanted[file]}
    settings = Path("config.toml")
    if others := sorted(changed - {settings}):
        names = ", ".join(str(target / file) for file in others)
        raise Problem(f"{names} differ from gamesock's; nothing was written: move them away, then try again")
    for file, content in wanted.items():
        if file in there:
            yield f"{'kept ' if file in changed else 'there'} {target / file}"
            continue
        (target / file).parent.mkdir(parents=True, exist_ok=True)
        (target / file).write_bytes(content)
        yield f"wrote {target / file}"
    yield from _next(settings_kept=settings in changed)


def _next(settings_kept: bool) -> Iterator[str]:
    yield ""
    yield "Next, with the Supabase CLI:"
    yield "  supabase link --project-ref YOUR-PROJECT"
    yield "  supabase db push"
    if settings_kept:
        yield "Your config.toml stays as it is: take over what gamesock's [auth.email] says (see --print)"
        yield "so that sign-in mails have a code, then: supabase config push"
    else:
        yield "  supabase config push       # the sign-in mails: shows what changes, and asks"


def _as_sql(source: Path) -> str:
    """Every migration, for a SQL editor or psql; run again, it changes nothing. The settings are comments."""
    migrations = sorted(source.glob("migrations/*.sql"))
    parts = [f"-- {path.name}\n\n{path.read_text(encoding='utf-8')}" for path in migrations]
    settings = (source / "config.toml").read_text(encoding="utf-8")
    comment = "".join(f"-- {line}".rstrip() + "\n" for line in settings.splitlines())
    return "begin;\n\n" + "\n".join(parts) + f"\ncommit;\n\n-- config.toml\n--\n{comment}"
