"""All settings, and the only reader of the environment."""

from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.access.addresses import is_address
from services.audit.proof.witness_at import read_witnesses
from services.embedded.home import default_home
from services.mail.server import is_mail_address, mail_server
from services.webhooks.addresses import Network, networks_of


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
    issuer: str | None = None  # whose JWTs are good here; several are set apart by spaces
    audience: str | None = Field(None, validate_default=True)  # what their `aud` must name
    jwks: str | None = None  # address or file of the issuer's keys; else its metadata says
    token_url: str | None = None  # where its clients get tokens; else its metadata says
    requests_a_second: float = Field(1000, ge=0)  # of each token; 0 = no bound
    events_a_second: float = Field(10_000, ge=0)
    most_requests: int = Field(500, ge=1)  # that one process of the interface works on at a time
    most_followers: int = Field(200, ge=1)  # and those that follow the feed, counted apart
    trusted_proxies: str = "127.0.0.1"  # whose X-Forwarded-For is believed
    smtp_url: str | None = None  # the mail server of the daily digests; none: no digests
    mail_from: str | None = Field(None, validate_default=True)  # their sender
    link: str | None = None  # where a follow-up is seen: {municipality} and {id} are put in
    digest_hour: int = Field(7, ge=0, le=23)  # Copenhagen's
    webhook_networks: str = "127.0.0.0/8 ::1/128"  # where webhooks may go beside public addresses
    log_name: str = "roedtraad.dk"  # of the auditors' logs: their origins begin so
    witnesses: str = ""  # who cosign them: an address and a key, for each
    purpose: str | None = Field(None, max_length=200)  # what commands look at people's data for
    looks_kept_months: int = Field(24, ge=1)  # in the access log
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator(
        "database_url",
        "temporal_address",
        "keys",
        "owner",
        "issuer",
        "audience",
        "jwks",
        "token_url",
        "smtp_url",
        "mail_from",
        "link",
        "purpose",
        mode="before",
    )
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

    @field_validator("issuer")
    @classmethod
    def _are_addresses(cls, given: str | None) -> str | None:
        for each in (given or "").split():
            _need_address(each)
        return given

    @field_validator("audience")
    @classmethod
    def _goes_with_issuer(cls, given: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("issuer") and not given:
            raise ValueError("skal sættes med ROEDTRAAD_ISSUER (must be set beside it)")
        return given

    @field_validator("jwks")
    @classmethod
    def _is_of_one_issuer(cls, given: str | None, info: ValidationInfo) -> str | None:
        if given and len((info.data.get("issuer") or "").split()) != 1:
            raise ValueError("hører til én ROEDTRAAD_ISSUER (belongs to exactly one)")
        if given and "://" in given:
            _need_address(given)
        return given

    @field_validator("smtp_url")
    @classmethod
    def _names_a_mail_server(cls, given: str | None) -> str | None:
        if given:
            mail_server(given)
        return given

    @field_validator("mail_from")
    @classmethod
    def _goes_with_mail(cls, given: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("smtp_url") and not given:
            raise ValueError("skal sættes med ROEDTRAAD_SMTP_URL (must be set beside it)")
        if given and not is_mail_address(given):
            raise ValueError("skriv en e-mailadresse (write an e-mail address)")
        return given

    @field_validator("link")
    @classmethod
    def _is_a_link(cls, given: str | None) -> str | None:
        if given and not given.startswith(("https://", "http://")):
            raise ValueError("skal begynde med https:// (must begin so)")
        return given

    @field_validator("log_name")
    @classmethod
    def _names_a_log(cls, given: str) -> str:
        if not given or "+" in given or any(char.isspace() for char in given):
            raise ValueError("skal være uden mellemrum og + (must be without spaces and +)")
        return given

    @field_validator("webhook_networks")
    @classmethod
    def _are_networks(cls, given: str) -> str:
        try:
            networks_of(given)
        except ValueError:
            raise ValueError("skal være netværk, fx 10.0.0.0/8 (must be networks)") from None
        return given

    @field_validator("witnesses")
    @classmethod
    def _are_witnesses(cls, given: str) -> str:
        read_witnesses(given)
        return given

    @property
    def webhook_networks_allowed(self) -> tuple[Network, ...]:
        """Where webhooks may be sent beside public addresses."""
        return networks_of(self.webhook_networks)

    @property
    def webhook_networks_set(self) -> tuple[Network, ...]:
        """The same, of those that were set: who asks over HTTP isn't let near this machine else."""
        is_set = "webhook_networks" in self.model_fields_set
        return self.webhook_networks_allowed if is_set else ()

    @property
    def issuers(self) -> tuple[str, ...]:
        """Whose JWTs are good here."""
        return tuple((self.issuer or "").split())

    @property
    def keys_folder(self) -> Path:
        """Where the municipalities' keys lie: never in the database."""
        return self.keys or self.home / "keys"


def _need_address(text: str) -> None:
    if not is_address(text):
        raise ValueError("skal være https (must be https)")
