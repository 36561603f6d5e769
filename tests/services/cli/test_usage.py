"""At the terminal: a command that is given wrongly is answered in Danish first, and not echoed."""

import pytest

from tests.services.cli.terminal import Terminal

_GIVEN = "Åse-Testesen"  # what was meant for elsewhere isn't repeated


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("query", "caseload", "--limit", "0"), "--limit: skal være mindst 1"),
        (("query", "caseload", "--limit", _GIVEN), "--limit: skal være et helt tal"),
        (("query", "caseload", "--limit"), "--limit skal have en værdi"),
        (("query", "caseload", "--explain=x"), "--explain kan ikke have en værdi"),
        (("query", "caseload", "--format", _GIVEN), "--format: skal være en af"),
        (("query", _GIVEN), "view: skal være en af"),
        (("query",), "view mangler (is missing): en af (one of) matching, caseload"),
        (("query", "caseload", f"--{_GIVEN}"), "Valget findes ikke"),
        (("query", "caseload", "--municipalit"), "Mente du (did you mean) --municipality?"),
        (("course", "c-1", _GIVEN), "for mange argumenter"),
        (("rules", "list"), "--municipality mangler"),
        ((_GIVEN,), "Kommandoen findes ikke"),
        (("query", "caseload", "--as-of", _GIVEN), "--as-of: skriv 2026-03-31"),
        (("query", "caseload", "--by", _GIVEN), "--by: caseload kan ikke deles sådan"),
    ],
)
def test_a_command_that_is_given_wrongly_is_answered_in_danish(
    words: tuple[str, ...],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, answer, told = Terminal(monkeypatch, capsys).run(*words)
    assert (code, answer) == (2, "")
    assert said in " ".join(told.split())
    for english in ("Usage:", "Error:", "Invalid value", "Input should", "Traceback", _GIVEN):
        assert english not in told


def test_help_is_no_refusal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, answer, told = Terminal(monkeypatch, capsys).run("query", "--help")
    assert (code, told) == (0, "") and "--municipality" in answer
