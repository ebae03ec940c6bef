"""Words for the yearly review."""

from __future__ import annotations

from models.review import ReviewAnswer

ANSWERS = {
    ReviewAnswer.KEEP: "нужна",
    ReviewAnswer.DROP: "больше не нужна",
    ReviewAnswer.ENDED: "прекратилась до ответа",
    None: "нет ответа",
}
