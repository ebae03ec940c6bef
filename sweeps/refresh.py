"""Refresh the refbooks over the network when a newer version is there."""

from __future__ import annotations

from catalog.registry import Refbook, registry
from registry.errors import RefbookError
from registry.nsi import NsiSettings, fetched
from registry.store import loaded_version
from wiring.work import Installation

BY = "обновление справочников"


def sweep(installation: Installation) -> dict[str, str]:
    """What became of each refbook, in Russian; one that fails leaves its local copy as it was."""
    part = installation.settings.registry
    settings = NsiSettings(
        url=part.url, user_key=part.user_key.get_secret_value(), ca_bundle=part.ca_bundle, proxy=part.proxy or None
    )
    told = {}
    for refbook in registry().refbooks:
        try:
            told[refbook.code] = _refreshed(installation, refbook, settings)
        except RefbookError as error:
            told[refbook.code] = str(error)
    return told


def _refreshed(installation: Installation, refbook: Refbook, settings: NsiSettings) -> str:
    """The network first, the database's write lock only for loading."""
    with installation.work(BY) as work:
        present = loaded_version(work.session, refbook.code)
    with fetched(refbook, settings, present=present) as newer:
        if newer is None:
            return f"новой версии нет, загружена {present}"
        with installation.work(BY) as work:
            loaded = newer.load(work.session, now=work.now)
        return f"загружена версия {loaded.version}, записей {loaded.records}"
