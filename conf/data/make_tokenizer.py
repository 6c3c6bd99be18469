"""Trains libreoffice-messages.tokenizer.json on the training texts of data/libreoffice-messages (tokenizers 0.23.2): make_tokenizer.py TRAIN.CSV"""

import csv
import pathlib
import sys

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

with open(sys.argv[1], encoding="utf-8", newline="") as file:
    texts = [row["message"] for row in csv.DictReader(file)]
tokenizer = Tokenizer(models.Unigram())
tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
    [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation(), pre_tokenizers.Digits(individual_digits=True)]
)
tokenizer.train_from_iterator(
    texts, trainers.UnigramTrainer(vocab_size=4000, special_tokens=["<pad>", "<unk>"], unk_token="<unk>", show_progress=False)
)
tokenizer.save(str(pathlib.Path(__file__).with_name("libreoffice-messages.tokenizer.json")), pretty=False)
