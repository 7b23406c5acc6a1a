"""The settings: environment variables `LEADLINE_…`, else the same keys of `leadline.toml`.

Read once, by the composition root and the commands; everything else gets plain values.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from leadline.core.errors import LeadlineError

FILE = Path("leadline.toml")
_PACKAGE = Path(__file__).parent
_CLONE = _PACKAGE.parent.parent
DEFAULT_PORT = 8400


class Settings(BaseSettings):
    """What can be set. Addresses are URLs; absent ones belong to servers that we start ourselves."""

    model_config = SettingsConfigDict(
        env_prefix="LEADLINE_",
        toml_file=FILE,
        extra="forbid",
        frozen=True,
        env_ignore_empty=True,
    )

    source_url: str | None = Field(None, description="The source: PostgreSQL 15 or later, read only.")
    owner_url: str | None = Field(
        None, description="The source, as the owner of the schema `leadline`. Default: source_url."
    )
    replica_urls: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Streaming replicas of the source that serve the reads; separated by commas."
    )
    state_url: str | None = Field(None, description="Our own PostgreSQL database.")
    redis_url: str | None = Field(None, description="Redis 7.2 or Valkey.")
    data_dir: Path = Field(Path("leadline-data"), description="Where servers that we start keep their data.")
    model_dir: Path | None = Field(None, description="The model. Default: the shipped sales pack.")
    api_key: str | None = Field(None, description="The key of commands that ask a running product.")
    url: str | None = Field(None, description="The address of a running product.")
    pg_bin: Path | None = Field(None, description="Folder of the system's PostgreSQL binaries.")
    valkey_bin: Path | None = Field(None, description="The system's valkey-server or redis-server.")
    port: int = Field(DEFAULT_PORT, ge=1, le=65535, description="The port of the product, on loopback.")
    clock: str = Field("real", description="The product's clock, as `leadline demo --as-of` sets it.")
    company: str = Field("", description="The name that the page shows.")
    web_dir: Path | None = Field(None, description="The built web app. Default: the one that was shipped.")
    cache_ttl: float = Field(
        2.0, gt=0, le=3600, description="Seconds for which an answer holds that no version covers."
    )
    cache_stale: float = Field(
        3.0, ge=0, le=3600, description="Seconds more in which it is shown, marked, while it is read anew."
    )
    cache_keep: float = Field(
        3600.0, gt=0, le=604_800, description="Seconds in which it is shown, marked, if the source is away."
    )

    @field_validator("replica_urls", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        """Addresses from one text separated by commas, or a list."""
        return (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What was passed, then the environment, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load(**given: Any) -> Settings:
    """The settings; `given` values that are not None come first. Raises `bad_usage` naming the key."""
    try:
        return Settings(**{key: value for key, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        fix = f"Correct {key} in {FILE} or LEADLINE_{key.upper()}."
        raise LeadlineError("bad_usage", f"The setting {key} is wrong: {first['msg']}.", fix) from None
    except ValueError as error:
        raise LeadlineError("bad_usage", f"{FILE} cannot be read: {error}", "Correct the file.") from None


def default_model_dir() -> Path:
    """The shipped sales pack: inside the wheel, else in the clone."""
    return _shipped("models/sales")


def example_dir(name: str) -> Path:
    """An example that was shipped. Raises `not_found`."""
    folder = _shipped("examples") / Path(name).name
    if not folder.is_dir():
        known = ", ".join(sorted(one.name for one in folder.parent.glob("*") if one.is_dir()))
        raise LeadlineError("not_found", f"There is no example {name!r}.", f"Choose one of: {known}.")
    return folder


def web_dir() -> Path | None:
    """The built web app, or None where it was not built."""
    for folder in (_PACKAGE / "web", _CLONE / "web" / "dist"):
        if (folder / "index.html").is_file():
            return folder
    return None


def _shipped(path: str) -> Path:
    inside = _PACKAGE / path
    return inside if inside.is_dir() else _CLONE / path
