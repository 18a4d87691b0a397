"""Settings: nothing set works, what is wrong is said in one line, secrets never print."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bot.privacy import key_to_text
from bot.settings import BadSettings, Settings, key_ring, load


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine reaches these tests."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"VAYVON_{name.upper()}", raising=False)
    for name in ("TELEGRAM_TOKEN", "PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_with_nothing_set_everything_lives_in_var(tmp_path: Path) -> None:
    settings = load()
    assert settings.database == f"sqlite+aiosqlite:///{tmp_path / 'var' / 'vayvon.db'}"
    assert settings.on_sqlite and settings.telegram_token is None and settings.address == "http://127.0.0.1:8000"


def test_keys_are_made_once_and_for_their_owner_only(tmp_path: Path) -> None:
    first, again = key_ring(load()), key_ring(load())
    sealed = first.seal(b"x", "a.b")
    assert again.unseal(sealed, "a.b") == b"x" and first.hash("a", "b") == again.hash("a", "b")
    for name in ("encryption.keys", "hash.key"):
        assert stat.S_IMODE((tmp_path / "var" / name).stat().st_mode) == 0o600
    assert sorted(path.name for path in (tmp_path / "var").iterdir()) == ["encryption.keys", "hash.key"]


def test_given_keys_are_used_and_none_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new, old = key_to_text(b"n" * 32), key_to_text(b"o" * 32)
    monkeypatch.setenv("VAYVON_ENCRYPTION_KEYS", f"k2:{new}, k1:{old}")
    monkeypatch.setenv("VAYVON_HASH_KEY", key_to_text(b"h" * 32))
    assert key_ring(load()).current == "k2"
    assert not (tmp_path / "var").exists()


def test_the_environment_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", "123456:secret-token")
    monkeypatch.setenv("PORT", "9001")
    monkeypatch.setenv("VAYVON_LANGUAGE", "en")
    settings = load(host="0.0.0.0", port=None)
    assert (settings.port, settings.language, settings.host) == (9001, "en", "0.0.0.0")
    assert settings.telegram_token is not None and settings.telegram_token.get_secret_value() == "123456:secret-token"


def test_secrets_never_print(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {
        "TELEGRAM_TOKEN": "123456:s3cret",
        "VAYVON_DATABASE_URL": "postgresql://vayvon:s3cret@db/vayvon",
        "VAYVON_ENCRYPTION_KEYS": "k1:s3cret",
        "VAYVON_HASH_KEY": "s3cret",
        "VAYVON_REDIS_URL": "redis://:s3cret@cache/0",
        "VAYVON_SMTP_URL": "smtp://a:s3cret@mail",
        "VAYVON_LEAD_WEBHOOK_SECRET": "s3cret",
    }
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    settings = load()
    assert "s3cret" not in repr(settings) + str(settings) + str(settings.model_dump()) + settings.model_dump_json()
    assert settings.database == "postgresql+asyncpg://vayvon:s3cret@db/vayvon"
    with pytest.raises(BadSettings) as caught:
        key_ring(settings)
    assert "s3cret" not in str(caught.value) and "VAYVON_ENCRYPTION_KEYS" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "many"),
        ("VAYVON_DATABASE_URL", "mysql://s3cret@db"),
        ("VAYVON_DATABASE_URL", "s3cret"),
        ("VAYVON_DATABASE_URL", "postgresql://vayvon:with:s3cret@db:s3cret/vayvon"),
        ("VAYVON_REDIS_URL", "s3cret"),
        ("VAYVON_LANGUAGE", "fr"),
        ("VAYVON_MESSAGES_PER_MINUTE", "0"),
        ("VAYVON_LOG_FORMAT", "xml"),
    ],
)
def test_what_is_wrong_is_said_with_its_name_and_without_its_value(name: str, value: str, monkeypatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings) as caught:
        load()
    text = str(caught.value)
    assert text.startswith(f"{name}: ") and "\n" not in text and "s3cret" not in text


def test_an_empty_variable_is_an_unset_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TELEGRAM_TOKEN", "VAYVON_DATABASE_URL", "VAYVON_REDIS_URL", "VAYVON_ENCRYPTION_KEYS"):
        monkeypatch.setenv(name, " ")
    settings = load()
    assert (settings.telegram_token, settings.redis_url, settings.encryption_keys) == (None, None, None)
    assert settings.on_sqlite
