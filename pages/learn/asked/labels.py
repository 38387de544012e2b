"""The eight questions by the names that addresses and links use."""

LABELS: dict[str, str] = {
    "max-val": "What is `max_val`?",
    "half": "Why (y − ŷ)² / 2 and not (y − ŷ)²?",
    "every-step": "With one output at the end, can the loss be sent back to every step?",
    "several": "How do I predict from several series, temperature and humidity say, and predict both at once?",
    "static": "How do I add static data, such as a place or a customer’s age?",
    "audio": "Does it work on audio?",
    "dna": "Does it work on DNA sequences?",
    "code": "Where can I read and run the whole code?",
}
