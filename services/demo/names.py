"""Names, addresses and numbers of people who cannot exist, made to be told from all other text."""

from datetime import date
from random import Random

from msgspec import Struct

from services.demo.words import words

_WOMEN = words(
    "Alvilda Bjørgmunde Dagrun Eskelil Fennike Gyrithe Hjørdia Ingelore Jorunde Kerlaug Lyngvi "
    "Malfrida Norhild Ølgerd Pernelil Ragnlin Signhild Thyrelil Ulvhild Vibborg Ylvatine Åslaugen"
)
_MEN = words(
    "Asgerik Bjarkolf Dagfind Eskolf Frodemund Gnupar Hjalmund Ivarik Joakmund Kjartolf Ljotar "
    "Mortolf Njalgard Oddkjær Palnulf Regnarik Snorulf Thorkind Ubbolf Vagnulf Ymerik Ærlend"
)
_LAST = words(
    "Påfundsen Tænkesen Opdigtgaard Fabelholm Prøvestrup Eventyrsen Skrønebæk Digterlund "
    "Sagnkjær Luftborgsen Rimtorp Drømmegaard Tågeskov Månekær Spøgelund Krøniksen Historsen "
    "Fantasborg Legendal Gådemark Vrøvlesen Huldremose Nisseby Troldeng Elverhus Havfruesen "
    "Kvækkemose Sneglerup Pindsvinsen Mosefugl"
)
_STREETS = words(
    "Digtervænget Tænkestien Opspindsgade Fabelvej Påfundsallé Rimsmedegyden Skrønestræde "
    "Drømmebakken Gådestien Æventyrhaven"
)
_TOWNS = ("Tænkeby", "Fabelrup", "Skrønehavn", "Opdigtslev", "Drømmekøbing")
_ASCII = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "Æ": "Ae", "Ø": "Oe", "Å": "Aa"})


class Somebody(Struct, frozen=True):
    """A person with everything that must never be seen in clear."""

    first: str
    name: str
    gender: str
    born: date
    cpr: str
    address: str
    phone: str
    email: str


def somebody(rng: Random, *, born_from: int, born_to: int, host: str = "") -> Somebody:
    """Invent a person; with a `host` the e-mail address is one at work."""
    woman = rng.random() < 0.5
    first = rng.choice(_WOMEN if woman else _MEN)
    name = f"{first} {rng.choice(_LAST)}-{rng.choice(_LAST)}"
    born = date(rng.randint(born_from, born_to), rng.randint(2, 12), rng.randint(2, 28))
    digits = f"{rng.randrange(10_000):04}"
    mailbox = name.translate(_ASCII).lower().replace(" ", ".")
    return Somebody(
        first=first,
        name=name,
        gender="woman" if woman else "man",
        born=born,
        cpr=_cpr(born, rng),
        address=f"{rng.choice(_STREETS)} {rng.randint(1, 180)}, {rng.choice(_FLOORS)}, "
        f"00{rng.randint(10, 99)} {rng.choice(_TOWNS)}",
        phone=f"+45 00 {rng.randint(10, 99)} {digits[:2]} {digits[2:]}",
        email=f"{mailbox}{rng.randint(2, 99)}@{host or 'borgerpost'}.example",
    )


_FLOORS = ("st. tv.", "st. th.", "1. tv.", "1. th.", "2. tv.", "2. mf.", "3. th.", "4. tv.")


def _cpr(born: date, rng: Random) -> str:
    """A number that nobody has: day + 60, as test numbers are written."""
    century = rng.choice("456789" if born.year >= 2000 else "0123")
    return f"{born.day + 60}{born:%m%y}-{century}{rng.randint(100, 999)}"
