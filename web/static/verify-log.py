"""Проверка выгруженного журнала «Доступа ЕГИСЗ»: python verify-log.py chain.jsonl [НОМЕР:ОТПЕЧАТОК ...]"""

from __future__ import annotations

import hashlib
import json
import sys
from datetime import datetime, timezone
from typing import Any


def digest(event: dict[str, Any]) -> str:
    at = datetime.fromisoformat(event["at"])
    stamp = at.astimezone(timezone.utc).isoformat(timespec="microseconds")  # noqa: UP017 - runs on old Pythons too
    data = json.dumps(event["data"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    parts = (str(event["seq"]), stamp, event["actor"], event["action"], event["subject"], data, event["previous"])
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def wrong(path: str, anchors: dict[str, str]) -> str:
    """What is wrong with the log, "" when nothing is."""
    number, last = 0, "0" * 64
    with open(path, encoding="utf-8") as lines:  # noqa: PTH123 - one file, no more imports than needed
        for line in lines:
            event = json.loads(line)
            if event["seq"] != number + 1:
                return f"Записи № {number + 1} нет."
            if event["previous"] != last or event["hash"] != digest(event):
                return f"Запись № {event['seq']} изменена."
            number, last = event["seq"], event["hash"]
            if anchors.pop(str(number), last) != last:
                return f"Запись № {number} не совпадает с отметкой."
    print(f"Записей {number}, отметка конца {number}:{last}")
    return f"Конец журнала отрезан: нет записи № {min(map(int, anchors))}." if anchors else ""


if __name__ == "__main__":
    told = wrong(sys.argv[1], dict(anchor.split(":") for anchor in sys.argv[2:]))
    print(told or "Журнал цел.")
    sys.exit(bool(told))
