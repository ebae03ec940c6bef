"""What is told about a scan: each finding names the sheet, says what is wrong and what to do.

`field` of a finding is its code. Quality and form are SGN-6; being a copy of what is sent beside it is SND-1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from documents.scans.sheets import FileFailure, ScanPage
from models.findings import Finding, Severity

_BROKEN = {
    "unreadable": "повреждён и не открывается. Отсканируйте его заново.",
    "too-many-pixels": "содержит слишком много точек. Отсканируйте его с разрешением 200–300 dpi.",
    "not-a-sheet": "– не лист бумаги, а полоса или значок. Отсканируйте лист целиком.",
    "several-codes": "показывает сразу несколько страниц. Отсканируйте каждую страницу отдельно.",
}


def _error(rule: str, code: str, message: str) -> Finding:
    return Finding(rule, Severity.ERROR, message, field=code)


def _warning(code: str, message: str) -> Finding:
    return Finding("SGN-6", Severity.WARNING, message, field=code)


@dataclass(frozen=True, slots=True)
class Telling:
    """A sheet is named by its place; the file is named only when there are several."""

    files: int

    def _name(self, page: ScanPage) -> str:
        place = page.page_in_file + 1
        return f"Файл {page.file_index + 1}, лист {place}" if self.files > 1 else f"Лист {place}"

    def failure(self, failure: FileFailure) -> Finding:
        name = f"Файл {failure.file_index + 1}: " if self.files > 1 else ""
        return _error("SGN-6", failure.code, name + failure.detail)

    def broken(self, page: ScanPage) -> Finding:
        code = page.problem or "unreadable"
        return _error("SGN-6", code, f"{self._name(page)} {_BROKEN.get(code, _BROKEN['unreadable'])}")

    def foreign(self, page: ScanPage) -> Finding:
        return _error("SND-1", "foreign-request", f"{self._name(page)} – от другой заявки. Уберите его из скана.")

    def other_version(self, page: ScanPage, version: int) -> Finding:
        own = page.code.version if page.code else 0
        what = "из другой распечатки этой версии" if own == version else f"из версии {own}, а нужна версия {version}"
        message = f"{self._name(page)} – {what}. Распечатайте нынешнюю, подпишите и отсканируйте её."
        return _error("SND-1", "wrong-version", message)

    def no_codes(self) -> Finding:
        return _error(
            "SGN-6",
            "no-codes",
            "Ни на одном листе не прочитан код страницы. Отсканируйте ровно, с разрешением 200–300 dpi, чтобы код был "
            "виден целиком, или посмотрите скан и подтвердите вручную, что это все страницы нужной версии.",
        )

    def no_code(self, page: ScanPage) -> Finding:
        return _error(
            "SGN-6",
            "no-code",
            f"{self._name(page)}: код страницы не читается. Отсканируйте лист ровно и целиком или посмотрите и "
            "подтвердите вручную, что это недостающая страница.",
        )

    def missing(self, numbers: Sequence[int], total: int, *, spare: int) -> Finding:
        """`spare` sheets without a code may stand for some of the absent pages, so which are absent is not known."""
        if spare:
            text = f"Не хватает страниц: {len(numbers)} из {total}. Отсканируйте и добавьте их."
        elif len(numbers) == 1:
            text = f"Нет страницы {numbers[0]} из {total}. Отсканируйте и добавьте её."
        else:
            text = f"Нет страниц {', '.join(map(str, numbers))} из {total}. Отсканируйте и добавьте их."
        return _error("SND-1", "missing-page", text)

    def duplicate(self, number: int, kept: ScanPage, copies: Sequence[ScanPage]) -> Finding:
        dropped = ", ".join(self._name(page).lower() for page in copies if page is not kept)
        return _warning(
            "duplicate-page",
            f"Страница {number} отсканирована несколько раз. Взят {self._name(kept).lower()}, отложен {dropped}. "
            "Проверьте, что на взятом есть подпись и печать, или уберите лишний.",
        )

    def not_a_scan(self, page: ScanPage) -> Finding:
        return _warning(
            "not-a-scan",
            f"{self._name(page)} сохранён из программы, а не отсканирован: подписи и печати на нём может не быть. "
            "Нужен скан подписанной бумаги.",
        )

    def too_small(self, page: ScanPage) -> Finding:
        return _error(
            "SGN-6",
            "too-small",
            f"{self._name(page)}: слишком мелкое изображение, около {page.dpi} dpi. Отсканируйте с разрешением "
            "200–300 dpi.",
        )

    def surplus(self, page: ScanPage) -> Finding:
        return _warning(
            "surplus-page",
            f"{self._name(page)} лишний: все страницы заявки есть и без него. Он не будет отправлен. Если это "
            "доверенность, приложите её отдельно.",
        )

    def blank(self, page: ScanPage, *, harmless: bool) -> Finding:
        if harmless:
            return _warning("blank", f"{self._name(page)} пустой. Он не будет отправлен.")
        return _error("SGN-6", "blank", f"{self._name(page)} пустой. Положите страницу лицом к стеклу и отсканируйте.")

    def nothing(self) -> Finding:
        return _error("SGN-6", "no-pages", "Скана нет. Приложите подписанную заявку в PDF или JPG.")
