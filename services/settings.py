"""All settings, and the only reader of the environment."""

from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.embedded.home import default_home


class Settings(BaseSettings):
    """What can be set. `DATABASE_URL` and `TEMPORAL_ADDRESS` win over the embedded servers.

    Times and sizes are in the units that the names say.
    """

    model_config = SettingsConfigDict(env_prefix="ROEDTRAAD_", extra="ignore", frozen=True)

    database_url: str | None = Field(None, validation_alias=AliasChoices("DATABASE_URL"))
    temporal_address: str | None = Field(None, validation_alias=AliasChoices("TEMPORAL_ADDRESS"))
    home: Path = Field(default_factory=default_home)
    keys: Path | None = None
    lang: Literal["da", "en"] = "da"
    api_host: str = "127.0.0.1"
    api_port: int = 8040
    pool_size: int = Field(10, ge=2)
    owner: int | None = None  # the process that a role must not outlive; set by `up`
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("database_url", "temporal_address", "keys", "owner", mode="before")
    @classmethod
    def _empty_is_unset(cls, given: object) -> object:
        return None if given == "" else given

    @field_validator("home", mode="before")
    @classmethod
    def _empty_is_default(cls, given: object) -> object:
        return default_home() if given == "" else given

    @field_validator("home", "keys")
    @classmethod
    def _whole_path(cls, given: Path | None) -> Path | None:
        """Roles run in another folder than the command that starts them."""
        return given.expanduser().absolute() if given else None

    @property
    def keys_folder(self) -> Path:
        """Where the municipalities' keys lie: never in the database."""
        return self.keys or self.home / "keys"
