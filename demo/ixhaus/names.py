"""Invented German names and places. E-mail domains are reserved ones, telephone numbers those set aside for films."""

from typing import Final

WOMEN: Final = (
    "Anna", "Beate", "Carla", "Dörte", "Elif", "Frieda", "Greta", "Hannah", "Ines", "Jördis", "Käthe", "Lena",
    "Maria", "Nele", "Olga", "Paula", "Rosa", "Sofía", "Thea", "Ulrike", "Vera", "Wiebke", "Yasemin", "Zoë",
)  # fmt: skip
MEN: Final = (
    "Adam", "Björn", "Cem", "Detlef", "Emil", "Fritz", "Götz", "Hannes", "Ivan", "Jürgen", "Karl", "Lars",
    "Mehmet", "Nils", "Otto", "Paul", "Ralf", "Sönke", "Timo", "Uwe", "Veit", "Wanja", "Xaver", "Zeno",
)  # fmt: skip
_FIRST_HALVES: Final = (
    "Ahorn", "Birken", "Distel", "Eichel", "Farn", "Ginster", "Hasel", "Ilex", "Jasmin", "Klee", "Linden", "Mohn",
    "Nelken", "Olm", "Pappel", "Quendel", "Rüben", "Schleh", "Tannen", "Ulmen", "Veilchen", "Wicken", "Ysop", "Zirbel",
)  # fmt: skip
_SECOND_HALVES: Final = (
    "bach", "berger", "bröker", "dörfer", "felder", "gruber", "hauser", "hoff", "kamp", "loher", "mann", "meier",
    "müller", "rieder", "schmitz", "steiner", "straß", "thal", "ufer", "wälder",
)  # fmt: skip
LAST: Final = tuple(first + second for first in _FIRST_HALVES for second in _SECOND_HALVES)
TRADES: Final = ("Bäckerei", "Buchhandlung", "Elektro", "Friseur", "Gärtnerei", "Praxis", "Schreinerei", "Uhren")
STREETS: Final = (
    "Amselgrund", "Beispielweg", "Drosselstieg", "Eichenzeile", "Finkenkehre", "Grünspechtweg", "Häherallee",
    "Kiebitzufer", "Lerchenhof", "Meisenring", "Rotkehlchenstraße", "Sperlingsgasse", "Zaunkönigplatz",
)  # fmt: skip
CITIES: Final = (
    ("00110", "Musterstadt"), ("00220", "Beispielhausen"), ("00330", "Neu-Ahrenbek"), ("00440", "Oberlinningen"),
    ("00550", "Kirchwiesen a. d. Aue"), ("00660", "Großmühlenrode"),
)  # fmt: skip
LAND_LINES: Final = ("030 23125", "040 66969", "069 90009", "089 99998")
"""Followed by three free digits (numbers for media use, Bundesnetzagentur)."""
MOBILE: Final = "0171 39200"
"""Followed by two free digits."""
MAIL_DOMAINS: Final = ("example.org", "example.com", "example.net")
ASCII: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ë": "e", "í": "i"})
