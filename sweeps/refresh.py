"""Refresh the refbooks over the network when a newer version is there."""

from __future__ import annotations

from catalog.registry import registry
from registry.errors import RefbookError
from registry.nsi import NsiSettings, refresh
from wiring.work import Installation


def sweep(installation: Installation) -> dict[str, str]:
    """What became of each refbook, in Russian; one that fails leaves its local copy as it was."""
    part = installation.settings.registry
    settings = NsiSettings(
        url=part.url, user_key=part.user_key.get_secret_value(), ca_bundle=part.ca_bundle, proxy=part.proxy or None
    )
    told = {}
    for refbook in registry().refbooks:
        try:
            with installation.work("обновление справочников") as work:
                loaded = refresh(work.session, refbook, settings, now=work.now)
            told[refbook.code] = f"загружена версия {loaded.version}" if loaded else "новой версии нет"
        except RefbookError as error:
            told[refbook.code] = str(error)
    return told
