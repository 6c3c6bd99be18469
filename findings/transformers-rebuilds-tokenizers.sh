#!/usr/bin/env bash
# transformers 5.18.0 (tokenizers 0.23.2): AutoTokenizer takes the vocabulary of a tokenizer.json and leaves its normalizer, and mostly its pre-tokenizer and template, without a word.
#
# For the classes of models (BertTokenizer, GPT2Tokenizer, XLMRobertaTokenizer, ...) version 5 builds the pipeline anew from what the class prescribes. A BERT's own tokenizer that
# keeps case and cuts at blanks comes back as one that lowers, strips accents, cuts at punctuation and adds the tokens of a template that the file does not have: of the words
# "Paris", "Caf\u00e9" and "New-York" no id is the file's. What the library saved itself comes back otherwise, too: a GPT2Tokenizer that was given NFKC as normalizer, saved and loaded, has none,
# while the tokenizer.json in between has. Only the class PreTrainedTokenizerFast (TokenizersBackend) takes the file as it is; a folder whose config.json names a known model and whose
# tokenizer_config.json names no class gets the model's class. So a model that is trained in Python and served by a library that reads tokenizer.json (Rust, Java, JavaScript) sees other ids there.
#
# For users: read such a file by Tokenizer.from_file or PreTrainedTokenizerFast(tokenizer_file=...); or serve the tokenizer.json that save_pretrained wrote after AutoTokenizer had loaded
# it, for that one is what training saw; and compare the ids of some texts.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check transformers==5.18.0 tokenizers==0.23.2

cat > look.py <<'PY'
import json
import os
import sys

import transformers
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer, PreTrainedTokenizerFast

TEXTS = ["Paris is in France .", "The Caf\u00e9 in New-York serves \ufb01sh .", "na\u00efve caf\u00e9 owners paint Paris"] * 5
as_told = True


def folder(name, tokenizer, config, tokenizer_config=None):
    os.makedirs(name)
    tokenizer.save(f"{name}/tokenizer.json")
    for file, content in (("config.json", config), ("tokenizer_config.json", tokenizer_config)):
        if content is not None:
            with open(f"{name}/{file}", "w") as out:
                json.dump(content, out)


def compare(title, file, loaded, text, same):
    global as_told
    own = Tokenizer.from_file(file).encode(text).tokens
    found = loaded.convert_ids_to_tokens(loaded(text)["input_ids"])
    as_told &= (own == found) == same
    print(f"{title}: the file itself {own}, by {type(loaded).__name__} {found}")


print(f"transformers {transformers.__version__}")
words = Tokenizer(models.WordPiece(unk_token="[UNK]"))
words.normalizer = normalizers.NFC()
words.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
words.train_from_iterator(TEXTS, trainers.WordPieceTrainer(
    vocab_size=200, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], show_progress=False))
words.post_processor = processors.TemplateProcessing(single="$A [SEP]", special_tokens=[("[SEP]", 3)])
folder("words", words, {"model_type": "bert"})
text = "Paris Caf\u00e9 New-York"
compare("BERT's", "words/tokenizer.json", AutoTokenizer.from_pretrained("words"), text, same=False)
compare("the same file", "words/tokenizer.json", PreTrainedTokenizerFast(tokenizer_file="words/tokenizer.json"), text, same=True)

bytes_ = Tokenizer(models.BPE())
bytes_.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
bytes_.train_from_iterator(TEXTS, trainers.BpeTrainer(
    vocab_size=300, special_tokens=["<|endoftext|>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
folder("bytes", bytes_, {"model_type": "gpt2"}, {"tokenizer_class": "GPT2Tokenizer"})
changed = AutoTokenizer.from_pretrained("bytes")
changed.backend_tokenizer.normalizer = normalizers.NFKC()
compare("GPT-2's", "bytes/tokenizer.json", AutoTokenizer.from_pretrained("bytes"), "\ufb01sh", same=True)
changed.save_pretrained("saved")
compare("with NFKC, before it is saved", "saved/tokenizer.json", changed, "\ufb01sh", same=True)
compare("saved and loaded", "saved/tokenizer.json", AutoTokenizer.from_pretrained("saved"), "\ufb01sh", same=False)
print("AS DESCRIBED" if as_told else "IT HAS CHANGED")
sys.exit(0 if as_told else 1)
PY
HF_HUB_OFFLINE=1 TRANSFORMERS_VERBOSITY=error venv/bin/python look.py
