"""Every setting once: its type, its default, what it is for. Checked at start; secrets never print.

With nothing set, everything lives in `var/`: a SQLite file and the keys that seal personal data, made on the first start.
Names are `VAYVON_…` in the environment; only TELEGRAM_TOKEN and PORT go without the prefix.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from redis.connection import parse_url
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.privacy import KeyRing, key_from_text, key_to_text

UNPREFIXED = ("telegram_token", "port")


class BadSettings(Exception):
    """A setting is wrong; the text names the environment variable and what it should be, never its value."""


class Settings(BaseSettings):
    """What an operator may set."""

    model_config = SettingsConfigDict(env_prefix="VAYVON_", extra="ignore", frozen=True, populate_by_name=True)

    var: Path = Field(Path("var"), description="Folder for the database file and the keys, if those are not given.")
    database_url: SecretStr | None = Field(
        None, description="SQLAlchemy URL: sqlite+aiosqlite:///… or postgresql+asyncpg://…; empty: SQLite in var/."
    )
    redis_url: SecretStr | None = Field(
        None, description="Redis for locks and rate limits over several processes; empty: within this process only."
    )
    encryption_keys: SecretStr | None = Field(
        None, description="Keys that seal personal data: 'id:base64' pairs parted by commas, the current one first."
    )
    hash_key: SecretStr | None = Field(None, description="Key of the look-up hashes (base64, 32 bytes). Never changes.")
    telegram_token: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("TELEGRAM_TOKEN", "telegram_token"),
        description="Bot token of Telegram; empty: Telegram is off.",
    )
    telegram_api: str = Field("https://api.telegram.org", description="Base address of the Telegram Bot API.")
    host: str = Field("127.0.0.1", description="Address that the web server listens on.")
    port: int = Field(
        8000, ge=0, le=65535, validation_alias=AliasChoices("PORT", "port"), description="Port of the web server."
    )
    public_url: str = Field("", description="Address at which people reach the web server; empty: http://host:port.")
    trusted_proxies: str = Field("", description="Addresses of reverse proxies whose X-Forwarded-For counts.")
    rasa_url: str = Field("", description="Base address of a Rasa server; empty: the embedded classifier alone.")
    rasa_timeout: float = Field(1.5, gt=0, le=30, description="Seconds that Rasa has before the embedded one answers.")
    language: Literal["vi", "en"] = Field("vi", description="Language of a talk until the person chooses another.")
    messages_per_minute: int = Field(30, ge=1, description="Messages that one person may send in a minute.")
    web_starts_per_minute: int = Field(
        60, ge=1, description="New web talks that one network address may open a minute."
    )
    reminders: bool = Field(True, description="Whether the bot may remind a person of a draft that they left.")
    lead_webhook_url: str = Field("", description="Where new leads are also posted, signed; empty: nowhere.")
    lead_webhook_secret: SecretStr | None = Field(None, description="Secret that signs what is posted there.")
    lead_mail_to: str = Field(
        "", description="Where a note (without personal data) of each new lead is mailed; empty: nowhere."
    )
    lead_mail_from: str = Field("vayvon@localhost", description="Sender of those notes.")
    smtp_url: SecretStr | None = Field(None, description="smtp://user:password@host:port that sends those notes.")
    session_hours: int = Field(10, ge=1, le=24, description="Hours after which staff have to sign in again.")
    secure_cookies: bool = Field(
        False, description="Whether cookies are sent over HTTPS only (behind a TLS proxy: true)."
    )
    embedded_worker: bool = Field(True, description="Whether `serve` also delivers the outbox (false beside `work`).")
    test_build: bool = Field(
        False, description="Whether the web chat also answers with the engine's state; for tests only."
    )
    log_format: Literal["text", "json"] = Field("text", description="How log lines look.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least of what is logged.")

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is None or not secret.get_secret_value().strip():
            return None
        url = secret.get_secret_value().strip()
        try:
            name = make_url(url).drivername
        except (ArgumentError, ValueError):  # its own text may quote a part of a password
            raise ValueError("this is no SQLAlchemy URL") from None
        known = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
        driver = known.get(name, name)
        if driver not in known.values():
            raise ValueError("the database is sqlite+aiosqlite:///… or postgresql+asyncpg://…")
        return SecretStr(make_url(url).set(drivername=driver).render_as_string(hide_password=False))

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is None or not secret.get_secret_value().strip():
            return None
        try:
            parse_url(secret.get_secret_value().strip())
        except ValueError:
            raise ValueError("this is redis://…, rediss://… or unix://…") from None
        return secret

    @field_validator("telegram_token", "encryption_keys", "hash_key", "smtp_url", "lead_webhook_secret")
    @classmethod
    def _empty_is_unset(cls, secret: SecretStr | None) -> SecretStr | None:
        return secret if secret is not None and secret.get_secret_value().strip() else None

    @property
    def database(self) -> str:
        """The database's URL, given or in `var/`."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite+aiosqlite:///{self.var.absolute() / 'vayvon.db'}"

    @property
    def on_sqlite(self) -> bool:
        return self.database.startswith("sqlite")

    @property
    def address(self) -> str:
        """Where people reach the web server, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


def load(**given: object) -> Settings:
    """Settings from the environment, overridden by `given`. Raises `BadSettings` with one clear line."""
    try:
        return Settings(
            **{name: value for name, value in given.items() if value is not None}
        )  # type-checked by pydantic
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = str(first["loc"][0]) if first["loc"] else "settings"
        variable = name.upper() if name.lower() in UNPREFIXED else f"VAYVON_{name.upper()}"
        raise BadSettings(f"{variable}: {first['msg']}") from None


def key_ring(settings: Settings) -> KeyRing:
    """The keys as given, or those kept in `var/` (made on the first start, readable by their owner only)."""
    keys_text = _secret(settings.encryption_keys) or _kept(settings.var / "encryption.keys", _new_keys)
    hash_text = _secret(settings.hash_key) or _kept(settings.var / "hash.key", _new_key)
    try:
        pairs = [pair.strip().split(":", 1) for pair in keys_text.replace("\n", ",").split(",") if pair.strip()]
        keys = {name: key_from_text(text) for name, text in pairs}
        return KeyRing(keys, pairs[0][0], key_from_text(hash_text.strip()))
    except (ValueError, IndexError):
        raise BadSettings(
            "VAYVON_ENCRYPTION_KEYS is a list of 'id:base64' pairs and VAYVON_HASH_KEY one base64 text, each key of 32 bytes"
            " (or the files encryption.keys and hash.key in VAYVON_VAR)"
        ) from None


def _secret(value: SecretStr | None) -> str:
    return value.get_secret_value() if value is not None else ""


def _new_key() -> str:
    return key_to_text(AESGCM.generate_key(256))


def _new_keys() -> str:
    return f"k1:{_new_key()}"


def _kept(path: Path, make: Callable[[], str]) -> str:
    """The content of a key file; made if it is not there. Two processes that start at once agree on one file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        if not path.exists():
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(make() + "\n")
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(draft, path)  # whoever links first wins; unlike a rename it never replaces a key in use
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return path.read_text()
    except OSError as error:
        raise BadSettings(f"the key file {path} can't be read or made: {error.strerror}") from None
