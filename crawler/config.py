"""The settings of `pnr`: defaults, then `pnr.toml`, then `PNR_*`, then the command line."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from crawler.errors import ConfigError
from crawler.urls import canonical_url
from crawler.wrong_settings import nearest, sentence_of

if TYPE_CHECKING:
    from archive.extraction.limits import ExtractionLimits

#: Where the settings file is looked for; `PNR_CONFIG` names another.
CONFIG_FILE: Final = "pnr.toml"

DEFAULT_START: Final = (
    "https://www.parcs-naturels-regionaux.fr/centre-de-ressources",
    "https://www.parcs-naturels-regionaux.fr/mediatheque/ressources",
    "https://www.parcs-naturels-regionaux.fr/mediatheque/magazines",
    "https://www.parcs-naturels-regionaux.fr/sitemap.xml",
)


def _no_truth(value: Any) -> Any:
    """Refuse true and false where a number is expected: Python takes them for 1 and 0."""
    if isinstance(value, bool):
        raise PydanticCustomError("int_type", "a truth value is no number")
    return value


#: Beyond these a number is a slip of the pen, and some clock or counter could not take it.
_MOST: Final = 10**9
_LONGEST: Final = 366 * 86_400.0
NonNegativeInt = Annotated[int, BeforeValidator(_no_truth), Field(ge=0, le=_MOST)]
PositiveInt = Annotated[int, BeforeValidator(_no_truth), Field(gt=0, le=_MOST)]
NonNegativeFloat = Annotated[float, BeforeValidator(_no_truth), Field(ge=0, le=_LONGEST)]
PositiveFloat = Annotated[float, BeforeValidator(_no_truth), Field(gt=0, le=_LONGEST)]
Ending = Literal["good", "suspect", "refused", "interrupted", "blocked", "unreachable", "failed"]
Share = Annotated[float, BeforeValidator(_no_truth), Field(ge=0, le=1)]


class ReaderConfig(BaseModel):
    """What the page reader is taught without touching code."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    labels: dict[str, str] = Field(
        default={}, description='labels as they stand on the page: "Intitulé" = "title"'
    )
    listing_selectors: tuple[str, ...] = Field(
        default=(), description="CSS of the rows of a listing"
    )
    body_selectors: tuple[str, ...] = Field(default=(), description="CSS of the body of a record")


class GatesConfig(BaseModel):
    """What a run must look like to become current; shares are from 0 to 1."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    history: PositiveInt = Field(default=5, description="good runs the bounds are learnt from")
    suspect_count: Share = Field(
        default=0.95, description="records, as a share of the smallest good run, below: suspect"
    )
    refused_count: Share = Field(default=0.8, description="the same, below: refused")
    unrecognised: Share = Field(
        default=0.02, description="pages whose layout is not recognised, above: suspect"
    )
    refused_unrecognised: Share = Field(default=0.1, description="the same, above: refused")
    blocked: Share = Field(default=0.02, description="refused addresses, above: suspect")
    refused_blocked: Share = Field(default=0.1, description="the same, above: refused")
    failed: Share = Field(default=0.02, description="failed addresses, above: suspect")
    refused_failed: Share = Field(default=0.2, description="the same, above: refused")
    gone: Share = Field(default=0.1, description="addresses answered 404 or 410, above: suspect")
    new_label: Share = Field(
        default=0.05, description="records with the same new unknown label, above: suspect"
    )
    lost_by_reader: Share = Field(
        default=0.05,
        description="records that lose a field when they are read again, above: refused",
    )
    fill: dict[str, Share] = Field(
        default={}, description='least fill rates by hand: "document.authors" = 0.8'
    )


class RevisitConfig(BaseModel):
    """How long an answer is believed, in days; 0 asks again in every run.

    Records and lists are asked in every run: what they say is what a run is for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    file: NonNegativeFloat = Field(default=0, description="days before a file is asked again")
    page: NonNegativeFloat = Field(
        default=0, description="days before a page that is neither record nor list is asked again"
    )


class ExtractionConfig(BaseModel):
    """What one PDF may cost; see docs/extraction.md."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    seconds: PositiveFloat = Field(default=60, description="seconds a file may take")
    seconds_per_page: NonNegativeFloat = Field(
        default=1, description="seconds more for each of its pages"
    )
    page_seconds: PositiveFloat = Field(default=20, description="seconds a single page may take")
    memory_mb: Annotated[int, BeforeValidator(_no_truth), Field(ge=200, le=_MOST)] = Field(
        default=1500, description="memory a worker may take, in MB"
    )
    max_pages: PositiveInt = Field(default=5000, description="pages of a file that are read")
    tables: bool = Field(
        default=False, description="search new files for tables at the end of a crawl"
    )

    def limits(self) -> ExtractionLimits:
        """Return these bounds as the extraction takes them."""
        # Imported here: most commands read settings and no PDF.
        from archive.extraction.limits import ExtractionLimits  # noqa: PLC0415

        return ExtractionLimits(**self.model_dump(exclude={"tables"}))


class NotifyConfig(BaseModel):
    """Who is told how a run ended (with the extra `notify`: apprise)."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    urls: tuple[str, ...] = Field(
        default=(), description="where to, as apprise addresses: mailto://…, json://…, tgram://…"
    )
    on: tuple[Ending, ...] = Field(
        default=("suspect", "refused", "interrupted", "blocked", "unreachable", "failed"),
        description="verdicts and endings that are told; add good to hear of every run",
    )


class Config(BaseSettings):
    """Every setting, typed and within bounds."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        env_prefix="PNR_",
        env_nested_delimiter="__",
    )

    archive: Path = Field(default=Path("pnr-archive.sqlite"), description="the archive's file")
    start: tuple[str, ...] = Field(default=DEFAULT_START, description="start addresses")
    hosts: tuple[str, ...] = Field(
        default=(), description="hosts that may be asked; none: those of the start addresses"
    )
    contact: str = Field(
        default="", description="your address or page, told to the site in the User-Agent"
    )
    delay: NonNegativeFloat | None = Field(
        default=None,
        description="seconds between two requests to a host; none: 1, on loopback 0; "
        "robots.txt can only lengthen it",
    )
    timeout: PositiveFloat = Field(
        default=60,
        description="seconds to wait for an answer; every 50 kB that arrive buy one more",
    )
    retries: NonNegativeInt = Field(default=3, description="times a failed address is asked again")
    retry_delay: PositiveFloat = Field(
        default=5, description="seconds before the first retry; doubled at each"
    )
    max_retry_after: PositiveFloat = Field(
        default=3600,
        description="longest Retry-After, in seconds, that a run waits for; beyond, it stops",
    )
    blocked_after: PositiveInt = Field(
        default=5, description="refusals in a row after which a run stops as blocked"
    )
    limit: PositiveInt | None = Field(default=None, description="records after which a run stops")
    sample: PositiveInt | None = Field(
        default=None, description="addresses of each kind that are asked at most, as in a rehearsal"
    )
    max_addresses: PositiveInt = Field(
        default=200_000, description="addresses a run enters into its ledger at most"
    )
    max_page_mb: PositiveFloat = Field(default=10, description="largest page, in MB")
    max_file_mb: Annotated[float, BeforeValidator(_no_truth), Field(gt=0, le=950)] = Field(
        default=200, description="largest file, in MB; SQLite keeps nothing beyond a thousand"
    )
    attachments: bool = Field(
        default=False, description="download files other than PDF (.doc, .odt, .zip, images) too"
    )
    workers: Annotated[int, BeforeValidator(_no_truth), Field(ge=0, le=64)] = Field(
        default=0, description="processes that read PDFs; 0: one per processor"
    )
    extract: Literal["crawl", "later"] = Field(
        default="crawl",
        description="when the text of new PDFs is read: while the run lasts, or by a later one",
    )
    withdraw_after: PositiveInt = Field(
        default=3, description="runs a record must be absent from before it is withdrawn"
    )
    reader: ReaderConfig = ReaderConfig()
    noise: dict[str, str] = Field(
        default={},
        description='what changes at every request and means nothing: "name" = \'a regular '
        "expression'; its group, or all of it, is left out; `pnr noise` proposes some",
    )
    gates: GatesConfig = GatesConfig()
    revisit: RevisitConfig = RevisitConfig()
    extraction: ExtractionConfig = ExtractionConfig()
    notify: NotifyConfig = NotifyConfig()
    reports: str = Field(
        default="",
        description="folder for the report of each run; none: beside the archive, under its name",
    )

    @property
    def reports_folder(self) -> Path:
        """The folder that holds the reports of this archive's runs and spot-checks."""
        if self.reports:
            return Path(self.reports)
        return self.archive.with_name(f"{self.archive.stem}-reports")

    @model_validator(mode="after")
    def _addresses_can_be_asked(self) -> Self:
        for url in self.start:
            canonical_url(url)
        return self

    @field_validator("noise")
    @classmethod
    def _noise_can_be_looked_for(cls, rules: dict[str, str]) -> dict[str, str]:
        for name, pattern in rules.items():
            try:
                compiled = re.compile(pattern.encode())
            except re.error as error:
                raise ValueError(f"{name!r} is no regular expression ({error})") from error
            if compiled.search(b"") is not None or compiled.groups > 1:
                raise ValueError(f"{name!r} must match something, with one group at most")
        return rules

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take only what `load_config` hands over: it knows where each value came from."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


def place_of(setting: str) -> str:
    """Return where a setting that no option sets stands: in the environment, or in the file."""
    begins = f"PNR_{setting.upper()}"
    is_variable = any(name.upper().startswith(begins) for name in os.environ)
    return "environment" if is_variable else os.environ.get("PNR_CONFIG", CONFIG_FILE)


class LoadedConfig(BaseModel):
    """The effective settings, and for each where it came from."""

    model_config = ConfigDict(frozen=True)

    config: Config
    sources: dict[str, str]


def load_config(**options: Any) -> LoadedConfig:
    """Read the settings; *options* are the command line's, ``None`` where nothing was said.

    :raises ConfigError: a setting is unknown, of the wrong type, or out of bounds; the message
        says which, where it stands, and what it should be.
    """
    path = Path(os.environ.get("PNR_CONFIG", CONFIG_FILE))
    layers = (
        (str(path), _from_file(path)),
        ("environment", _from_environment()),
        ("command line", {key: value for key, value in options.items() if value is not None}),
    )
    values: dict[str, Any] = {}
    sources = dict.fromkeys(Config.model_fields, "default")
    for name, layer in layers:
        values |= layer
        sources |= dict.fromkeys(layer, name)
    try:
        return LoadedConfig(config=Config(**values), sources=sources)
    except ValidationError as error:
        raise ConfigError(sentence_of(error, sources, Config)) from error


def _from_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if "PNR_CONFIG" in os.environ:
            raise ConfigError(f"PNR_CONFIG names {path}, and there is no such file.") from None
        return {}
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(
            f"{path} cannot be read: line {line} is not in UTF-8; save the file in that encoding."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} cannot be read as TOML: {error}.") from error


def _from_environment() -> dict[str, Any]:
    known = {f"PNR_{name.upper()}" for name in Config.model_fields}
    for variable in sorted(os.environ):
        name = variable.split("__", 1)[0].upper()
        if name.startswith("PNR_") and name not in known | {"PNR_CONFIG"}:
            near = nearest(name.removeprefix("PNR_"), Config.model_fields)
            raise ConfigError(
                f"The environment sets {variable}, and there is no such setting{near}; "
                "`pnr config` lists them."
            )
    try:
        return EnvSettingsSource(Config)()
    except ValueError as error:
        named = re.search(r'field "(\w+)"', str(error))
        variable = f"PNR_{named[1].upper()}" if named else "A PNR_* variable"
        raise ConfigError(
            f"{variable} cannot be read: lists and sections are written as JSON, "
            "for instance PNR_HOSTS='[\"example.org\"]'."
        ) from error
