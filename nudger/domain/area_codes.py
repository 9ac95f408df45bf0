"""Where a phone number is from: a guess, since people keep their number when they move.

Area codes as of November 2026, checked against the geographical data of Google's libphonenumber 9.0.43. It lacks the
newest overlays. 436, 457, 483, 621, 679, 861 and 924 come from announcements; 357, 465, 471, 624 and 837 from memory,
to be checked: a code too many makes the hours of its state count for nobody real.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

US_AREA_CODES: Mapping[str, str] = MappingProxyType(
    {
        "AK": "907",
        "AL": "205 251 256 334 483 659 938",
        "AR": "327 479 501 870",
        "AS": "684",
        "AZ": "480 520 602 623 928",
        "CA": "209 213 279 310 323 341 350 357 369 408 415 424 442 510 530 559 562 619 626 628 650 657 661 669 707 714 "
        "738 747 760 805 818 820 831 837 840 858 909 916 925 949 951",
        "CO": "303 719 720 748 970 983",
        "CT": "203 475 860 959",
        "DC": "202 771",
        "DE": "302",
        "FL": "239 305 321 324 352 386 407 448 561 645 656 689 727 728 754 772 786 813 850 863 904 941 954",
        "GA": "229 404 470 478 678 706 762 770 912 943",
        "GU": "671",
        "HI": "808",
        "IA": "319 515 563 641 712",
        "ID": "208 986",
        "IL": "217 224 309 312 331 447 464 618 630 708 730 773 779 815 847 861 872",
        "IN": "219 260 317 463 574 765 812 930",
        "KS": "316 620 785 913",
        "KY": "270 364 502 606 859",
        "LA": "225 318 337 457 504 985",
        "MA": "339 351 413 508 617 774 781 857 978",
        "MD": "227 240 301 410 443 667",
        "ME": "207",
        "MI": "231 248 269 313 517 586 616 679 734 810 906 947 989",
        "MN": "218 320 507 612 651 763 924 952",
        "MO": "235 314 417 557 573 636 660 816 975",
        "MP": "670",
        "MS": "228 471 601 662 769",
        "MT": "406",
        "NC": "252 336 472 704 743 828 910 919 980 984",
        "ND": "701",
        "NE": "308 402 531",
        "NH": "603",
        "NJ": "201 551 609 640 732 848 856 862 908 973",
        "NM": "505 575",
        "NV": "702 725 775",
        "NY": "212 315 329 332 347 363 465 516 518 585 607 624 631 646 680 716 718 838 845 914 917 929 934",
        "OH": "216 220 234 283 326 330 380 419 436 440 513 567 614 740 937",
        "OK": "405 539 572 580 918",
        "OR": "458 503 541 971",
        "PA": "215 223 267 272 412 445 484 570 582 610 717 724 814 835 878",
        "PR": "787 939",
        "RI": "401",
        "SC": "803 821 839 843 854 864",
        "SD": "605",
        "TN": "423 615 629 731 865 901 931",
        "TX": "210 214 254 281 325 346 361 409 430 432 469 512 621 682 713 726 737 806 817 830 832 903 915 936 940 945 "
        "956 972 979",
        "UT": "385 435 801",
        "VA": "276 434 540 571 686 703 757 804 826 948",
        "VI": "340",
        "VT": "802",
        "WA": "206 253 360 425 509 564",
        "WI": "262 274 353 414 534 608 715 920",
        "WV": "304 681",
        "WY": "307",
    }
)
"""The area codes of each state and territory (the second half of its ISO 3166-2 code)."""

_OTHER_AREA_CODES = {
    "AG": "268",
    "AI": "264",
    "BB": "246",
    "BM": "441",
    "BS": "242",
    "CA": "204 226 236 249 250 257 263 273 289 306 343 354 365 367 368 382 403 416 418 428 431 437 438 450 468 474 506 "
    "514 519 548 579 581 584 587 600 604 613 622 633 639 647 672 683 705 709 742 753 778 780 782 807 819 825 867 873 "
    "879 902 905 942",
    "DM": "767",
    "DO": "809 829 849",
    "GD": "473",
    "JM": "658 876",
    "KN": "869",
    "KY": "345",
    "LC": "758",
    "MS": "664",
    "SX": "721",
    "TC": "649",
    "TT": "868",
    "VC": "784",
    "VG": "284",
}
"""The countries that share +1 with the United States."""

_CALLING_CODES = """
RU:7 EG:20 ZA:27 GR:30 NL:31 BE:32 FR:33 ES:34 HU:36 IT:39 RO:40 CH:41 AT:43 GB:44 DK:45 SE:46 NO:47 PL:48 DE:49
PE:51 MX:52 CU:53 AR:54 BR:55 CL:56 CO:57 VE:58 MY:60 AU:61 ID:62 PH:63 NZ:64 SG:65 TH:66 JP:81 KR:82 VN:84
CN:86 TR:90 IN:91 PK:92 AF:93 LK:94 MM:95 IR:98 SS:211 MA:212 DZ:213 TN:216 LY:218 GM:220 SN:221 MR:222 ML:223
GN:224 CI:225 BF:226 NE:227 TG:228 BJ:229 MU:230 LR:231 SL:232 GH:233 NG:234 TD:235 CF:236 CM:237 CV:238 ST:239
GQ:240 GA:241 CG:242 CD:243 AO:244 GW:245 IO:246 AC:247 SC:248 SD:249 RW:250 ET:251 SO:252 DJ:253 KE:254 TZ:255
UG:256 BI:257 MZ:258 ZM:260 MG:261 RE:262 ZW:263 NA:264 MW:265 LS:266 BW:267 SZ:268 KM:269 SH:290 ER:291 AW:297
FO:298 GL:299 GI:350 PT:351 LU:352 IE:353 IS:354 AL:355 MT:356 CY:357 FI:358 BG:359 LT:370 LV:371 EE:372 MD:373
AM:374 BY:375 AD:376 MC:377 SM:378 UA:380 RS:381 ME:382 XK:383 HR:385 SI:386 BA:387 MK:389 CZ:420 SK:421 LI:423
FK:500 BZ:501 GT:502 SV:503 HN:504 NI:505 CR:506 PA:507 PM:508 HT:509 GP:590 BO:591 GY:592 EC:593 GF:594 PY:595
MQ:596 SR:597 UY:598 CW:599 TL:670 NF:672 BN:673 NR:674 PG:675 TO:676 SB:677 VU:678 FJ:679 PW:680 WF:681 CK:682
NU:683 WS:685 KI:686 NC:687 TV:688 PF:689 TK:690 FM:691 MH:692 KP:850 HK:852 MO:853 KH:855 LA:856 BD:880 TW:886
MV:960 LB:961 JO:962 SY:963 IQ:964 KW:965 SA:966 YE:967 OM:968 PS:970 AE:971 IL:972 BH:973 QA:974 BT:975 MN:976
NP:977 TJ:992 TM:993 AZ:994 GE:995 KG:996 UZ:998
"""
"""ITU-T E.164 country codes; where countries share one, the largest."""


def _by_code() -> dict[str, frozenset[str]]:
    states = {f"1{code}": {"US", f"US-{state}"} for state, codes in US_AREA_CODES.items() for code in codes.split()}
    neighbours = {f"1{code}": {country} for country, codes in _OTHER_AREA_CODES.items() for code in codes.split()}
    pairs = (pair.split(":") for pair in _CALLING_CODES.split())
    countries = {code: {country} for country, code in pairs}
    # Any other +1 number counts as from the United States: a code newer than this table, or a toll-free one.
    every = {"1": {"US"}} | countries | neighbours | states
    return {code: frozenset(regions) for code, regions in every.items()}


_PLACES_BY_CODE = _by_code()
_LONGEST_CODE = 4


def regions_of(phone: str) -> frozenset[str]:
    """Return the country of an E.164 number, and its state for one of the United States; empty if nobody has the code.

    ISO 3166 codes: `{"US", "US-FL"}` for +1 305…, `{"GB"}` for +44….
    """
    return _regions_of_code(phone.removeprefix("+")[:_LONGEST_CODE])


@lru_cache(maxsize=4096)
def _regions_of_code(digits: str) -> frozenset[str]:
    # By its first digits, of which there are few: nobody's number is kept.
    prefixes = (digits[:length] for length in range(len(digits), 0, -1))
    return next((_PLACES_BY_CODE[prefix] for prefix in prefixes if prefix in _PLACES_BY_CODE), frozenset())
