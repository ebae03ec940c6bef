"""Words for the yearly review."""

from __future__ import annotations

from models.review import ReviewAnswer

ANSWERS = {
    ReviewAnswer.KEEP: "нужна",
    ReviewAnswer.DROP: "больше не нужна",
    ReviewAnswer.ENDED: "прекратилась до ответа",
    None: "нет ответа",
}

# Those who left, by `actions.reviews.leavers.Case`, in the order in which they are told: who they are, what to do with them.
LEFT = {
    "holds": ("Ушли, а роли действуют", "Отмеченные роли попадут в черновик заявки на прекращение доступа."),
    "question": (
        "Решаете вы",
        "Программа не уверена, что это тот самый человек, и сама не отмечает. Отметьте, если это он.",
    ),
    "open": ("Отзыв уже составлен", "Роли этих людей уже стоят в заявках на прекращение."),
    "idle": ("Ролей здесь нет", "Отзывать нечего."),
    "unknown": (
        "Не нашли",
        "Без верного СНИЛС человека не узнать, а ролей на такое имя нет. Исправьте СНИЛС и сверьте снова.",
    ),
}
# A row of a list of roles that were given earlier, by what becomes of it.
LISTED = {"new": "будет внесена", "known": "уже числится", "bad": "не будет внесена"}
