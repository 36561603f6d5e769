"""`/v1/rules/check`: whether a rule pack could be adopted, and if not, what is wrong and where."""

from fastapi import APIRouter, Security
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from domain.rule_pack_form import LARGEST
from domain.rule_packs import RulePack
from services.api.body import read_body
from services.api.described import refusals
from services.api.looking import tells_nothing
from services.api.problems import json_response, language_of
from services.api.security import BEARER, may_decide
from services.api.state import Api
from services.api.threads import in_thread
from services.edge.problems import Language
from services.rules import checked, doubtful, example_text, left_out
from services.words import Words


class FlawOfPack(BaseModel):
    """One thing that is wrong: its line (from 1) where it can be told, its place, what is right."""

    line: int | None = None
    place: str
    detail: str


class CheckedPack(BaseModel):
    """A pack without flaws is named, with the rules that it leaves out and what is doubtful."""

    ok: bool
    flaws: list[FlawOfPack]
    pack: str | None = None
    edition: str | None = None
    left_out: list[str] | None = None
    warnings: list[str] | None = None


def router(api: Api) -> APIRouter:
    """The route."""
    routes = APIRouter(tags=["commands"], dependencies=[Security(BEARER)])

    @routes.post(
        "/v1/rules/check",
        summary="Check a rule pack (se, om et regelsæt kan vedtages)",
        response_model=CheckedPack,
        responses=refusals(400, 401, 403, 503),
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {
                    "application/toml": {"schema": {"type": "string"}, "example": example_text()}
                },
            }
        },
    )
    async def check(request: Request) -> Response:
        """The body is the pack's text, TOML in UTF-8. Nothing is kept."""
        may_decide(await api.gate.enter(request))
        tells_nothing(request)
        body = await read_body(request, LARGEST)
        # Of a larger one enough is read to say that it is too large.
        content = body if body is not None else b"#" * (LARGEST + 1)
        found = await in_thread(lambda: _told(content, language_of(request)))
        return json_response(found.model_dump(exclude_none=True))

    return routes


def _told(content: bytes, language: Language) -> CheckedPack:
    pack = checked(content)
    if isinstance(pack, RulePack):
        return CheckedPack(
            ok=True,
            flaws=[],
            pack=pack.pack,
            edition=pack.edition,
            left_out=left_out(pack),
            warnings=[words.say(language) for words in doubtful(pack)],
        )
    flaws = [
        FlawOfPack(line=f.line, place=f.place, detail=Words(f.danish, f.english).say(language))
        for f in pack
    ]
    return CheckedPack(ok=False, flaws=flaws)
