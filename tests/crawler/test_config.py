"""Settings: where each comes from, and what is said when one is wrong."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from crawler.config import load_config
from crawler.errors import ConfigError


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith("PNR_"):
            monkeypatch.delenv(name)


def test_defaults_name_the_live_site_and_a_file_beside_us() -> None:
    loaded = load_config()

    assert loaded.config.archive == Path("pnr-archive.sqlite")
    assert [url.rpartition("/")[2] for url in loaded.config.start] == [
        "centre-de-ressources",
        "ressources",
        "magazines",
        "sitemap.xml",
    ]
    assert set(loaded.sources.values()) == {"default"}


def test_the_file_is_overruled_by_the_environment_and_that_by_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pnr.toml").write_text("delay = 5\nretries = 5\ntimeout = 5\n")
    monkeypatch.setenv("PNR_RETRIES", "6")
    monkeypatch.setenv("PNR_TIMEOUT", "6")

    loaded = load_config(timeout=7, limit=None)

    assert (loaded.config.delay, loaded.config.retries, loaded.config.timeout) == (5, 6, 7)
    assert loaded.sources["delay"] == "pnr.toml"
    assert loaded.sources["retries"] == "environment"
    assert loaded.sources["timeout"] == "command line"
    assert loaded.sources["limit"] == "default"


def test_lists_and_tables_come_from_the_environment_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PNR_HOSTS", '["a.example", "b.example"]')
    monkeypatch.setenv("PNR_READER__LABELS", '{"Intitulé": "title"}')

    config = load_config().config

    assert config.hosts == ("a.example", "b.example")
    assert config.reader.labels == {"Intitulé": "title"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"delay": -1}, "The setting delay (command line) is wrong"),
        ({"timeout": 0}, "The setting timeout (command line) is wrong"),
        ({"limit": 0}, "The setting limit (command line) is wrong"),
        ({"start": ["ftp://parc.example/"]}, "'ftp://parc.example/' is not an http or https"),
        ({"start": ["parc.example"]}, "'parc.example' is not an http or https address"),
        ({"vitesse": 9}, "The setting vitesse (command line) is wrong: there is none of that name"),
    ],
)
def test_a_wrong_setting_is_named_with_its_place(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError) as raised:
        load_config(**options)

    assert words in str(raised.value)
    assert str(raised.value).endswith("`pnr config` lists all settings.")


def test_a_variable_nobody_knows_is_no_silent_typing_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PNR_DELAI", "5")

    with pytest.raises(ConfigError, match="PNR_DELAI, and there is no such setting"):
        load_config()


@pytest.mark.parametrize("text", ["delay = ", "[", "\udcff"])
def test_a_file_that_cannot_be_read_is_said_in_a_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "pnr.toml").write_bytes(text.encode("utf-8", "surrogateescape"))

    with pytest.raises(ConfigError, match=r"pnr\.toml cannot be read"):
        load_config()


def test_a_file_that_was_named_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PNR_CONFIG", "autre.toml")

    with pytest.raises(ConfigError, match=r"names autre\.toml, and there is no such file"):
        load_config()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("dealy = 2", "there is none of that name (did you mean delay?)"),
        (
            "[revisit]\nfille = 2",
            "revisit.fille (pnr.toml) is wrong: there is none of that name (did",
        ),
        ('start = "https://x.example/"', 'write a list, such as start = ["https://x.example/"]'),
        ("hosts = [3]", 'write a list, such as hosts = ["…"]'),
        ("archive = 5", 'the name of a file in quotes, such as archive = "pnr-archive.sqlite"'),
        ("noise = 3", 'write a section: a line [noise], and below it lines such as "name" = "…"'),
        ("reader = 3", "write a section: a line [reader], and its settings below"),
        ('delay = "soon"', "write a number, such as delay = 1"),
        ("delay = inf", "write a number, such as delay = 1"),
        ("delay = -1", "it must be 0 or more"),
        ("max_file_mb = 951", "it must be 950 or less"),
        ("retries = 99999999999999999999", "it must be 1,000,000,000 or less"),
        ("limit = true", "write a whole number, such as limit = 1"),
        ('attachments = "peut-être"', "write attachments = true or attachments = false"),
        ('extract = "never"', "write one of 'crawl' or 'later'"),
        ('[noise]\nday = "("', "'day' is no regular expression"),
    ],
)
def test_what_to_write_in_its_place_is_said(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "pnr.toml").write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError) as raised:
        load_config()

    assert words in str(raised.value)
    assert "Input" not in str(raised.value)


def test_a_file_in_another_encoding_is_told_by_its_line(tmp_path: Path) -> None:
    (tmp_path / "pnr.toml").write_bytes('delay = 1\ncontact = "été"\n'.encode("latin-1"))

    with pytest.raises(ConfigError, match="line 2 is not in UTF-8; save the file in that enc"):
        load_config()


def test_a_variable_that_is_no_json_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PNR_HOSTS", "parcs.example")

    with pytest.raises(ConfigError, match="PNR_HOSTS cannot be read: lists and sections are"):
        load_config()
