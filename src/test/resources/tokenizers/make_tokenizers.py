"""Trains the three small tokenizers of this folder, and writes the ids that Python's library gives (tokenizers 0.23.2)."""

import json

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

TEXTS = [
    "A fast viewer for large pictures, and a library to read and write them.",
    "The server keeps the state of all services; clients read it over the network.",
    "Tools for the compiler: debugging symbols, headers and development files.",
    "waves and ships on the salt sea, clouds and wings in the blue sky, leaves and roots in the wood",
    "Der Betrachter für große Bilder zeigt auch Übersichten.",
    "Une bibliothèque légère pour lire et écrire des images.",
    "这个软件包包含开发文件和头文件。图片浏览器，支持网络服务。",
    "这是一个快速的图片查看器，可以读取和写入图片文件。",
    "大きな画像のための高速なビューア。",
    "Быстрый просмотрщик больших изображений и библиотека для их чтения.",
] * 4

ASKED = TEXTS[:10] + [
    "",
    "   \t ",
    "ships, SHIPS and Ships!",
    "unknowable qwxz ♞ 龘龘",
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen",
    "e\u0301cole école 😀 tail",
]
LENGTH = 16


def word_piece():
    """As BERT's: [PAD] is 0, and each text stands between [CLS] and [SEP]."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    tokenizer.train_from_iterator(TEXTS, trainers.WordPieceTrainer(vocab_size=300, special_tokens=special, show_progress=False))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[(token, tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]")]
    )
    tokenizer.enable_truncation(512)
    return tokenizer


def bytes_bpe():
    """As GPT-2's: nothing pads, nothing is unknown, and id 0 is a token like others."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(TEXTS, trainers.BpeTrainer(vocab_size=400, initial_alphabet=alphabet, show_progress=False))
    return tokenizer


def unigram():
    """As XLM-R's: <pad> is 1, and texts are padded and cut at the side that the file says, which a student does not heed."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.train_from_iterator(
        TEXTS,
        trainers.UnigramTrainer(
            vocab_size=250, special_tokens=["<s>", "<pad>", "</s>", "<unk>"], unk_token="<unk>", show_progress=False
        ),
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[(token, tokenizer.token_to_id(token)) for token in ("<s>", "</s>")]
    )
    tokenizer.enable_padding(direction="left", pad_id=1, pad_token="<pad>")
    tokenizer.enable_truncation(8, direction="left")
    return tokenizer


expected = {}
for name, tokenizer in {"word-piece": word_piece(), "bytes-bpe": bytes_bpe(), "unigram": unigram()}.items():
    tokenizer.save(f"{name}.json")
    padding = {"word-piece": (0, "[PAD]"), "bytes-bpe": (tokenizer.get_vocab_size(), "[PAD]"), "unigram": (1, "<pad>")}[name]
    tokenizer.enable_truncation(LENGTH)
    tokenizer.enable_padding(length=LENGTH, pad_id=padding[0], pad_token=padding[1])
    expected[name] = {
        "size": tokenizer.get_vocab_size() + (name == "bytes-bpe"),
        "padding": padding[0],
        "ids": {text: tokenizer.encode(text).ids for text in ASKED},
    }
with open("expected.json", "w", encoding="utf-8") as file:
    json.dump(expected, file, ensure_ascii=False)
