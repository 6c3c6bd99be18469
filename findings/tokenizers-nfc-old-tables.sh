#!/usr/bin/env bash
# tokenizers 0.23.2 (Hugging Face): its NFC, NFD, NFKC and NFKD do not know the combining classes of marks that Unicode has since version 9, in 2016.
#
# Canonically equivalent texts are to be the same after any of these normalizers. Of 51 marks, the nukta of Telugu, the Pali virama of Lao and the dantayalan of NKo
# among them, the order of typing stays instead, so one spelling of a word is in the vocabulary and the other is unknown. Python 3.11 (Unicode 14) puts them in one
# order. The same library's regular expressions know these characters as marks (\p{M}), so it has two versions of Unicode in it.
#
# For users: a tokenizer.json with a normalizer does not make texts of newer marks equal; normalize them before, in training and in serving alike, by a library of one
# known version of Unicode.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check tokenizers==0.23.2

cat > look.py <<'PY'
import sys
import unicodedata

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

FORMS = {"NFC": normalizers.NFC(), "NFD": normalizers.NFD(), "NFKC": normalizers.NFKC(), "NFKD": normalizers.NFKD()}
WORDS = {
    "Telugu": ("\u0c15\u0c4d\u0c3c", "\u0c15\u0c3c\u0c4d"),  # ka with virama and nukta, typed in either order
    "Lao": ("\u0e81\u0ec8\u0eba", "\u0e81\u0eba\u0ec8"),  # ko with tone mark and Pali virama
    "NKo": ("\u07d0\u07eb\u07fd", "\u07d0\u07fd\u07eb"),  # with tone mark and dantayalan
}
as_told = True

for form, normalizer in FORMS.items():
    for name, (typed, other) in WORDS.items():
        python = unicodedata.normalize(form, typed) == unicodedata.normalize(form, other)
        library = normalizer.normalize_str(typed) == normalizer.normalize_str(other)
        as_told &= python and not library
        print(f"{form} of two equivalent spellings of {name}: the same in Python {python}, in tokenizers {library}")

tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0, **{WORDS[name][1]: i + 1 for i, name in enumerate(WORDS)}}, unk_token="[UNK]"))
tokenizer.normalizer = normalizers.NFC()
tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
for name, (typed, other) in WORDS.items():
    ids = tokenizer.encode(other).ids, tokenizer.encode(typed).ids
    as_told &= ids[0] != [0] and ids[1] == [0]
    print(f"{name}: ids of the two spellings {ids[0]} and {ids[1]}")

marks = pre_tokenizers.Split(Regex(r"\p{M}"), "removed")
for name, (typed, other) in WORDS.items():
    left = [piece for piece, _ in marks.pre_tokenize_str(typed)]
    as_told &= left == [typed[0]]
    print(f"{name}: without what its regular expressions take for marks: {ascii(left)}")

wrong = []
for code in range(0x300, 0x1F000):
    own = unicodedata.combining(chr(code))
    if own not in (0, 230):
        beside = "\u0305" if own < 230 else "\u0316"
        text = "x" + (beside + chr(code) if own < unicodedata.combining(beside) else chr(code) + beside)
        if FORMS["NFC"].normalize_str(text) != unicodedata.normalize("NFC", text):
            wrong.append(chr(code))
as_told &= len(wrong) == 51
print(f"Unicode {unicodedata.unidata_version} has {len(wrong)} marks that it does not put in order, from {unicodedata.name(wrong[0])} to {unicodedata.name(wrong[-1])}")
sys.exit(0 if as_told and unicodedata.unidata_version == "14.0.0" else 1)
PY
venv/bin/python look.py
