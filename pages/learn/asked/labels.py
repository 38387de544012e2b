"""The eight questions by the names that addresses and buttons use."""

import streamlit as st

SECTION_KEY, QUESTIONS = "learn_section", "Questions"

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


def box_key(slug: str) -> str:
    """Where the session keeps whether a question is open."""
    return f"question_{slug}"


def open_question(slug: str) -> None:
    """Go to the questions with this one open. For callbacks."""
    st.session_state[SECTION_KEY] = QUESTIONS
    for other in LABELS:
        st.session_state[box_key(other)] = other == slug
