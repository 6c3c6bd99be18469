#!/usr/bin/env bash
# @huggingface/tokenizers 0.2.0 (npm): the same tokenizer.json gives other ids in JavaScript than in tokenizers 0.23.2 (Python, Rust), without an error.
#
# The package reads tokenizer.json and refuses kinds that it does not know, so one takes what it accepts for what it does. But of the kinds that it accepts it leaves out settings:
# - Whitespace cuts words at each letter that is not ASCII: "café" is "caf" and "é".
# - Split ignores its behavior: "Removed" keeps a separator given as a string, "MergedWithPrevious", "MergedWithNext" and "Contiguous" are all "Isolated", and with
#   "invert" the rest is thrown away. Punctuation joins neighbours ("--" is one token), whatever its behavior.
# - Unigram ignores byte_fallback: letters outside of the vocabulary are unknown instead of bytes.
# - single_word of an added token is ignored: the added "cat" is cut out of "cats".
# - Lowercase makes a final sigma of the last letter of Greek capitals, the other library a plain one, so the same word has two spellings.
# A model served in a browser or in Node so reads other ids than it was trained with, and still answers. WordPiece behind BertPreTokenizer and Unigram
# behind Metaspace give the same ids.
#
# For users: keep some texts with their ids beside the model, and compare where it is served, with accents, punctuation and rare letters among them.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check tokenizers==0.23.2
npm init --yes > log
npm install --silent --ignore-scripts @huggingface/tokenizers@0.2.0 >> log

cat > ids.mjs <<'JAVASCRIPT'
import { readFileSync } from "node:fs";
import { Tokenizer } from "@huggingface/tokenizers";

const cases = JSON.parse(readFileSync("cases.json"));
console.log(JSON.stringify(cases.map(({ json, text }) => new Tokenizer(json, { unk_token: json.model.unk_token }).encode(text).ids)));
JAVASCRIPT
cat > look.py <<'PY'
import json
import subprocess
import sys

import tokenizers


def model(kind, vocabulary, **settings):
    return {"type": kind, "vocab": vocabulary, **settings}


def words(*known):
    return model("WordLevel", {word: i for i, word in enumerate(["[UNK]", *known])}, unk_token="[UNK]")


def tokenizer(of, normalizer=None, pre_tokenizer=None, added=()):
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": list(added), "normalizer": normalizer,
            "pre_tokenizer": pre_tokenizer, "post_processor": None, "decoder": None, "model": of}


def split(behavior, pattern="String", text="-", invert=False):
    return tokenizer(words("a", "-", "b", "a-", "-b", "--"), None,
                     {"type": "Split", "pattern": {pattern: text}, "behavior": behavior, "invert": invert})


spaces = {"type": "WhitespaceSplit"}
cat = {"id": 5, "content": "cat", "single_word": True, "lstrip": False, "rstrip": False, "normalized": False, "special": False}
byte_pieces = [[f"<0x{byte:02X}>", -5] for byte in range(256)]
cases = [  # name, whether ids are the same, tokenizer, text
    ("Whitespace, ASCII", True, tokenizer(words("caf", "cafe"), None, {"type": "Whitespace"}), "cafe"),
    ("Whitespace, accent", False, tokenizer(words("café"), None, {"type": "Whitespace"}), "café"),
    ("Split, Isolated", True, split("Isolated"), "a-b"),
    ("Split, Removed", False, split("Removed"), "a-b"),
    ("Split, MergedWithPrevious", False, split("MergedWithPrevious"), "a-b"),
    ("Split, MergedWithNext", False, split("MergedWithNext"), "a-b"),
    ("Split, Contiguous", False, split("Contiguous"), "a--b"),
    ("Split, Isolated, inverted", False, split("Isolated", "Regex", "[a-z]+", True), "a-b"),
    ("Punctuation, Isolated", False,
     tokenizer(words("a", "-", "b", "--"), None, {"type": "Punctuation", "behavior": "Isolated"}), "a--b"),
    ("Unigram with bytes, known", True,
     tokenizer(model("Unigram", [["<unk>", 0], ["a", -1], *byte_pieces], unk_id=0, byte_fallback=True)), "aa"),
    ("Unigram with bytes, unknown", False,
     tokenizer(model("Unigram", [["<unk>", 0], ["a", -1], *byte_pieces], unk_id=0, byte_fallback=True)), "aé"),
    ("added single word", False, tokenizer(words("the", "cats", "s"), None, spaces, [cat]), "the cats"),
    ("Lowercase, Greek", False, tokenizer(words("οδος", "οδοσ"), {"type": "Lowercase"}, spaces), "ΟΔΟΣ"),
    ("Metaspace", True, tokenizer(model("Unigram", [["<unk>", 0], ["▁a", -1], ["▁", -3], ["b", -2]], unk_id=0), None,
     {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}), "a b"),
    ("WordPiece", True, tokenizer(model("WordPiece", {"[UNK]": 0, "un": 1, "##aff": 2, "##able": 3}, unk_token="[UNK]",
     continuing_subword_prefix="##", max_input_chars_per_word=100), None, {"type": "BertPreTokenizer"}), "unaffable"),
]
with open("cases.json", "w") as file:
    json.dump([{"json": tokenizer, "text": text} for _, _, tokenizer, text in cases], file)
found = json.loads(subprocess.run(["node", "ids.mjs"], check=True, capture_output=True).stdout)
changed = False
for (name, same, tokenizer, text), in_javascript in zip(cases, found):
    in_python = tokenizers.Tokenizer.from_str(json.dumps(tokenizer)).encode(text).ids
    as_told = (in_python == in_javascript) == same
    changed |= not as_told
    print(f"{name:28} {text:10} Python {in_python}, JavaScript {in_javascript}" + ("" if as_told else ": IT HAS CHANGED"))
sys.exit(changed)
PY
venv/bin/python look.py
