"""Writes python.json: what Python's re module answers for patterns and texts.

Run it with Python 3.11 or later in this folder: python3 generate.py
"""
import json
import platform
import re
import sys
import unicodedata
import warnings

warnings.simplefilter("ignore")

TEXTS = [
    "", " ", "\n", "a", "A", "b", "B", "_", "-", "9", "hi", "Hi", "HI", "hi\n", "hi!", "hi there", "oh hi", "hippo", "hello", "hello world",
    "你好", "你好!", "您也好", "é", "É", "café", "CAFÉ", "un café noir", "cafe\u0301", "naïve", "straße", "STRASSE", "ß", "ẞ", "İ", "ı", "i", "I",
    "K", "\u212a", "ſ", "s", "σ", "ς", "Σ", "٣", "३४", "order 4711", "order ४७११", "order #4711", "Order 12 now", "foo_bar", "foo-bar",
    "a_b", "_é_", "é_", "_", "__", "___", "a\nb", "a\r\nb", "a\tb", "a b", "a\u00a0b", "a\u2003b", "a\u200bb", "a\x1cb", "a\x85b", "a b c", "😀", "hi 😀",
    "½", "²", "Ⅷ", "１２", "ab", "aab", "abab", "aaaa", "abc", "ABC", "aBc", "a.b", "a|b", "a{2}", "{}", "a{,}", "[", "]", "a]b", "^", "$", "a^b", "\\", "\\d", "\b", "\x00",
    "#x", "a#b", "x y", "2026-11-27", "+49 30 1234", "user@example.com", "http://example.com/?q=1", "привет", "ПРИВЕТ", "สวัสดี", "שלום", "مرحبا", "안녕",
    "a" * 30, "x\n", "x\n\n", "\nx", "ab\ncd", "ab\ncd\n", "\u0660", "ǅ", "ǆ", "Ǆ", "µ", "μ", "\u0345", "ͅ", "\U00010400", "\U00010428", "Ꭰ", "ꭰ",
]

PATTERNS = [
    # As policies have them.
    r"^hi$", r"^你好$", r"hi", r"hi|hello", r"(?i)hi", r"^(?i:hi|hello)\W*$", r"\bhi\b", r".*\bhi\b.*", r"hi\b.*", r"(?i).*\bHI\b.*", r".*hi.*", r"^h", r"i$",
    r"order (?P<number>\d+)", r"order #?(?P<number>\d+)\b.*", r"(?i)order\s+(?P<number>\d+)(?P<rest>.*)", r"(?P<what>\w+) (?P<number>\d+)",
    r".*\b(?P<word>\w+)\b", r"(?P<first>\w+)\b.*", r".*\bcafé\b.*", r".*\bcafe\b.*", r"\b\w+\b", r"\B.*", r".*\B", r"\w\B\w+", r"\b_\b", r"_\b", r"\b_é_\b", r".\b.", r".\B.",
    r"(?:\b\w)+", r"(?:\b|a)*", r"\b\b\bhi\b\b", r"\b", r"\B", r"\B|hi", r"(?:\B|a)*", r"\b$", r"^\b.*", r"(\b)(hi)", r"(?P<all>.*\b.*)", r"(?P<left>\S*)\b\s+\b(?P<right>.*)",
    # Classes.
    r"\w", r"\W", r"\d", r"\D", r"\s", r"\S", r"\w+", r"\W+", r"\d+", r"\D+", r"\s+", r"\S+", r"[\w]+", r"[\W]+", r"[^\w]+", r"[^\W]+", r"[^\W\d_]+", r"[^\W\d]", r"[\d\s]+", r"[^\d\s]+",
    r"[\s\S]+", r"[^\s\S]", r"[\w.-]+", r"[\w.-]+@[\w.-]+\.\w+", r"[^\x00-\x7f]+", r"[^\n]+", r"a\sb", r"a[\s]b", r"a[^\S]b", r"a\Sb", r"a[^\s]b", r"[\w\s]+", r"[a-c]+", r"[^a-c]+", r"[]a]+", r"[^]a]+", r"[a\]]+",
    r"[-a]+", r"[a-]+", r"[a\-b]+", r"[a^]+", r"[\^]", r"[.]", r"[$]", r"[|]", r"[\b]", r"[\\]", r"[[]", r"[\d]", r"[é-ü]+", r"[你-您]+", r"[\u4e00-\u9fff]+", r"[😀-😎]", r"[\x00]", r"[\0]", r"[\101]", r"[+*?{}()]+",
    # Escapes.
    r"\.", r"\\", r"\\d", r"\[", r"\]", r"\^", r"\$", r"\|", r"\{\}", r"a\{2\}", r"\x61", r"\u0061", r"\U00000061", r"\u4f60\u597d", r"\U0001F600", r"\141", r"\0", r"\00", r"\000", r"\060", r"a\tb", r"a\nb", r"a\r\nb",
    r"\a", r"\f", r"\v", r"\-", r"\ ", r"\é", r"\你好", r"\_", r"\@", r"\#x", r"a\#b", r"\/", r"\x", r"\x6", r"\xg1", r"\u006", r"\U0011FFFF", r"\N{BULLET}", r"\q", r"\y", r"\z", r"\G", r"\K", r"\p{L}", r"\Q", r"\8", r"\1", r"(a)\1", r"(a)\2", r"\400", r"[\400]", r"[\8]", r"[\B]", r"[\Z]", "a\\",
    # Dot, ends and lines.
    r".", r".+", r"..", r"(?s).+", r"(?s)a.b", r"a.b", r"^", r"$", r"^$", r"\A", r"\Z", r"\A\Z", r"hi\Z", r"\Ahi", r"x$", r"x\Z", r"x$\n", r"x\n$", r"(?m)x$\n", r"(?m)x$\n^", r"(?m)^ab$\n^cd$", r"(?m)ab$\s^cd\n?", r"^ab$\n^cd$", r"(?m)\Aab\n\Acd", r"(?ms).*^cd$.*", r"a^b", r"a$b", r"a\^b", r"(?m)\nx", r"(?m)\n^x", r"\n^x", r"(^a|b)b", r"(a$|b)", r"(?:a$)+", r"(x$)(y?)",
    # Repetition.
    r"a*", r"a+", r"a?", r"a{2}", r"a{2,}", r"a{,2}", r"a{1,2}", r"a{0}", r"a{,}", r"a{}", r"a{", r"a{x}", r"a{1", r"a{1,", r"{", r"{}", r"{2}", r"a{2}{3}", r"(?:a{2}){2}", r"a**", r"a*?", r"a+?", r"a??", r"a{2}?", r"a{1,2}?b", r"a*+", r"a++", r"a?+", r"a{2}+", r"*", r"+a", r"?", r"|*", r"(*)", r"^*", r"$*", r"\b*", r"(?:\b)*hi", r"(?:^)*hi", r"a{2,1}", r"a{1000}", r"()*", r"(?:)*", r"(a*)*", r"(a|b)*", r"(a*)+", r"(?:a?){3}", r"(a|ab)(c|bcd)?", r"x{0,2}y?", r" {1}", r"\d{4}-\d\d-\d{2}", r".{2}",
    # Groups.
    r"(a)", r"(a)(b)", r"(?:a)(b)", r"(?P<x>a)(?P<y>b)?", r"(?P<x>a)|(?P<y>b)", r"(?:(?P<x>a)|(?P<y>b))*", r"(?P<x>a)(?P<x>b)", r"(?P<é>a)", r"(?P<a1>a)", r"(?P<1a>a)", r"(?P<a b>a)", r"(?P<>a)", r"(?P<x", r"(?P<x>", r"(?P<x>a", r"(?Px)", r"(?P>x)", r"(?<x>a)", r"(a", r"a)", r"()", r"(?:)", r"(|a)", r"a|", r"|a", r"a||b", r"", r"(?#comment)hi", r"hi(?#comment)", r"hi(?#comment", r"a(?#c)*", r"(?", r"(?:", r"((((a))))", r"(?'x'a)", r"(?|a)", r"(?R)", r"(?1)",
    # Refused by us.
    r"(?=a)a", r"a(?=b)b", r"(?!a)b", r"(?<=a)b", r"(?<!a)b", r"(?P<x>a)(?P=x)", r"(a)?(?(1)b|a)", r"(?>a)", r"a{1001}", r"(?P=x)",
    # Flags.
    r"(?i)abc", r"(?i)[a-c]+", r"(?i)[^a-c]+", r"(?i)É", r"(?i)café", r"(?i)ß", r"(?i)ẞ", r"(?i)i", r"(?i)I", r"(?i)ı", r"(?i)İ", r"(?i)k", r"(?i)\u212a", r"(?i)s", r"(?i)ſ", r"(?i)[ς]", r"(?i)Σ", r"(?i)[^k]", r"(?i)[h-j]+", r"(?i)[^h-j]+", r"(?i)привет", r"(?i)ǆ", r"(?i)µ", r"(?i)\u0345", r"(?i)ꭰ", r"(?i)\U00010400",
    r"(?ai)k", r"(?ai)\u212a", r"(?ai)É", r"(?ai)[a-z]+", r"(?ai)i", r"(?a)\w+", r"(?a)\W+", r"(?a)\d+", r"(?a)\s+", r"(?a)a\sb", r"(?a)\bhi\b.*", r"(?a).*\bcaf\b.*", r"(?a)[^\W]+", r"(?a:\w)+", r"(?a:\w)\w*", r"(?a:\d)|\d", r"(?u)\w+", r"(?u:\w)+", r"(?L)a", r"(?a)(?u:\w)+", r"(?au)a",
    r"(?x) h i ", "(?x) hi # a greeting\n !?", r"(?x)[ ]", r"(?x)\ ", r"(?x)a\#b", r"(?x)a#b", r"(?x:h i)", "(?x)a {2}", "(?x)a{ 2}", r"(?x: # )", r"(?s-i:a.b)", r"(?i)a(?-i:b)", r"(?-i:a)", r"(?i-:a)", r"(?-:a)", r"(?i-i:a)", r"(?im)abc", r"(?i)(?m)abc", r"hi(?i)", r"(hi)(?s)", r"(?i", r"(?i:a", r"(?z)a", r"(?i z)a", r"(?-i)a", r"(?-a:b)", r"(?m-s:a$)\s?",
]


def answers(pattern):
    try:
        compiled = re.compile(pattern)
    except (re.error, OverflowError, Warning, ValueError) as error:
        return {"pattern": pattern, "error": str(error)}
    matches = {}
    for text in TEXTS:
        found = compiled.fullmatch(text)
        if found:
            matches[text] = {k: v for k, v in found.groupdict().items() if v is not None}
    return {"pattern": pattern, "matches": matches}


def ranges(holds):
    out, start = [], None
    for code in range(sys.maxunicode + 2):
        inside = code <= sys.maxunicode and not 0xD800 <= code <= 0xDFFF and holds(chr(code))
        if inside and start is None:
            start = code
        elif not inside and start is not None:
            out.append("%x-%x" % (start, code - 1) if code - 1 > start else "%x" % start)
            start = None
    return " ".join(out)


def orbits():
    cased = [c for c in map(chr, range(sys.maxunicode + 1)) if len({c.lower(), c.upper(), c.title(), c, c.casefold()}) > 1]
    of = {}
    for c in cased:
        compiled = re.compile(re.escape(c), re.IGNORECASE)
        of[c] = "".join(d for d in cased if compiled.fullmatch(d))
    for c, same in of.items():
        assert all(of[d] == same for d in same), c
    return sorted({same for same in of.values() if len(same) > 1})


def whole(pattern):
    return re.compile(pattern).fullmatch


with open("python.json", "w", encoding="utf-8") as out:
    table = {
        "python": platform.python_version(),
        "unicode": unicodedata.unidata_version,
        "texts": TEXTS,
        "patterns": [answers(p) for p in PATTERNS],
        "classes": {name: ranges(whole(name)) for name in (r"\w", r"\d", r"\s")},
        "unassigned": ranges(lambda c: unicodedata.category(c) == "Cn"),
        "orbits": orbits(),
    }
    json.dump(table, out, ensure_ascii=True, indent=0)
    out.write("\n")
