"""What is wrong with a command as it was given, in Danish first: not in the frame's own English.

What was given isn't repeated but for the name of an option, as it is known or nearly.
"""

from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from typer.exceptions import TyperException

from services.cli.show import err

_FAULTS = {
    "string_too_long": "må højst have {max_length} tegn (at most {max_length} characters)",
    "greater_than_equal": "skal være mindst {ge} (must be at least {ge})",
    "greater_than": "skal være mere end {gt} (must be more than {gt})",
    "less_than_equal": "må højst være {le} (must be at most {le})",
    "less_than": "skal være mindre end {lt} (must be less than {lt})",
    "int_parsing": "skal være et helt tal (must be a whole number)",
    "float_parsing": "skal være et tal (must be a number)",
    "uuid_parsing": "skal være et id, en UUID (must be an id, a UUID)",
    "literal_error": "skal være en af (must be one of) {expected}",
}
"""Of pydantic's errors those that settings and options can have."""
_BY_BEGINNING = {
    "No such command": "Kommandoen findes ikke (there is no such command).",
    "Missing command": "Kommandoen mangler (the command is missing).",
    "Got unexpected extra argument": "Der er for mange argumenter (too many arguments).",
    "Argument ": "Der er for få argumenter (too few arguments).",
}
_CANT = "kan ikke bruges (can't be used)"


def told(error: TyperException) -> int:
    """Tell what is wrong, how the command is used and where there is help; the exit code."""
    kind, context = type(error).__name__, getattr(error, "ctx", None)
    if kind == "NoArgsIsHelpError":
        err.print(error.format_message())
        return error.exit_code
    if context is not None:
        usage = context.get_usage().removeprefix("Usage: ")
        err.print(f"Brug (usage): {usage}", soft_wrap=True)
        err.print(f"Hjælp (help): {context.command_path} --help\n", soft_wrap=True)
    err.print(f"Fejl (error): {_said(error, kind)}", soft_wrap=True)
    return error.exit_code


def _said(error: Any, kind: str) -> str:
    match kind:
        case "BadParameter":
            return f"{_name(error)}: {_fault(error)}"
        case "MissingParameter":
            choices = _choices(error.param)
            more = f": en af (one of) {choices}" if choices else ""
            return f"{_name(error)} mangler (is missing){more}."
        case "NoSuchOption":
            near = ", ".join(sorted(error.possibilities or ()))
            more = f" Mente du (did you mean) {near}?" if near else ""
            return f"Valget findes ikke (there is no such option).{more}"
        case "BadOptionUsage":
            if "requires" in error.message:
                return f"{error.option_name} skal have en værdi (needs a value)."
            return f"{error.option_name} kan ikke have en værdi (takes no value)."
        case _:
            return _other(error.format_message())


def _other(message: str) -> str:
    for beginning, words in _BY_BEGINNING.items():
        if message.startswith(beginning):
            return words
    return message


def _name(error: Any) -> str:
    """The option or argument that it is about."""
    hint = error.param_hint
    if hint is None and error.param is not None:
        hint = error.param.get_error_hint()
    several = [hint] if isinstance(hint, str) else hint or ["?"]
    return " / ".join(one.strip("'") for one in several)


def _fault(error: Any) -> str:
    """Why a value can't be taken; what isn't the frame's is ours already."""
    if not isinstance(error.__cause__, ValidationError):
        return str(error.message)
    if choices := _choices(error.param):
        return f"skal være en af (must be one of) {choices}"
    return wrong(error.__cause__.errors(include_input=False, include_url=False)[0])


def _choices(param: Any) -> str:
    """What may be given, where that is one of a few."""
    descriptor = getattr(param, "type_descriptor", None)
    choices = descriptor.choices if descriptor is not None else None
    return ", ".join(str(getattr(one, "value", one)) for one in choices or ())


def wrong(found: ErrorDetails) -> str:
    """What is wrong with a setting or an option, in our words."""
    values, kind = found.get("ctx") or {}, found["type"]
    if kind == "value_error":
        return str(values["error"])
    if kind in _FAULTS:
        return _FAULTS[kind].format(**values)
    return _CANT
