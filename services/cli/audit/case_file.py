"""`roedtraad audit case-file`: a course for its citizen, to be printed."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated

import typer

from services.audit.access.look_words import told
from services.audit.access.looked import looks_at
from services.audit.access.looking import Seen
from services.audit.exports.case_file.case import withheld
from services.audit.exports.case_file.gathering import Gathered, NothingToldError, Wish, gathered
from services.audit.exports.case_file.page import page
from services.audit.proof.entries import EVENTS
from services.audit.proof.incoming import NotGenuineError
from services.audit.proof.signer import log_of
from services.cli.audit.asked import Asked, SourceOption, course_of
from services.cli.audit.ocel import nothing_there
from services.cli.audit.whole import OutFile, whole_file
from services.cli.looking import PurposeOption, look
from services.cli.options import REFUSED, OneMunicipality, stores_of
from services.cli.show import counted, err
from services.municipalities import name_of
from services.root import App, open_app
from services.settings import Settings
from services.tokens import Tokens


def add_to(audit: typer.Typer) -> None:
    """Name the command."""
    audit.command()(case_file)


def case_file(
    course: Annotated[
        str, typer.Argument(metavar="COURSE", help="Forløbets id, fagsystemets eller vores.")
    ],
    file: OutFile,
    municipality: OneMunicipality,
    source: SourceOption = None,
    confidential: Annotated[
        bool,
        typer.Option("--with-confidential", help="Også fortrolige notater (also in confidence)."),
    ] = False,
    third_parties: Annotated[
        bool,
        typer.Option("--with-third-parties", help="Også navn og kontakt på andre (others' names)."),
    ] = False,
    staff_names: Annotated[
        bool, typer.Option(help="Medarbejderes navne; ellers kun funktion (names of staff).")
    ] = True,
    purpose: PurposeOption = None,
) -> None:
    """Skriv en sag til aktindsigt: HTML til print. (Write a case file, for an access request.)

    Uden fortrolige notater og andres navne, hvis ikke I beder om dem: læs sagen igennem først.
    Som PDF: åbn den i en browser, og udskriv til PDF. (As PDF: print it from a browser.)
    """
    settings = Settings()
    wish = Wish(confidential, third_parties, staff_names)
    with open_app(settings) as app:
        stores = stores_of(app, municipality) or nothing_there()
        asked = course_of(stores, course, source)
        with counted(f"{name_of(asked.store.code)}: {course}", 3) as tell:
            _sign(app, asked)
            tell(1)
            found = _case(app, asked, wish)
            tell(2)
            look([asked.store], {asked.store.code: Seen(len(found.case.said), found.whose)})
            with whole_file(file) as out:
                out.write(page(found.case).encode())
    notes, people = withheld(found.case)
    err.print(
        f"{file}: {len(found.case.said)} punkter (entries). Udeladt (left out): {notes} fortrolige"
        f" notater; andres navn og kontakt: {people}. Læs den igennem, før den udleveres"
        " (read it before you hand it out).",
        soft_wrap=True,
    )


def _sign(app: App, asked: Asked) -> None:
    """Have the log's end signed, so that all of the course can be proved."""
    # Of a strange event auditors are told where they verify; here, that this isn't signed.
    with suppress(NotGenuineError):
        log = log_of(app.server, asked.store, app.settings.log_name, EVENTS)
        while log.advance(datetime.now(UTC)):
            pass


def _case(app: App, asked: Asked, wish: Wish) -> Gathered:
    store, streams, course, _ = asked
    assert course is not None
    ids = streams.now().same_course(course)
    tokens = {token.id: token for token in Tokens(app.server).all()}
    looks = [told(one, tokens, "da") for one in looks_at(store, ids)]
    try:
        return gathered(store, course, datetime.now(UTC), looks, wish)
    except NothingToldError:
        look([store], {store.code: Seen(0, ids)})
        err.print("Intet er noteret om det forløb (nothing is recorded of that course).")
        raise typer.Exit(REFUSED) from None
