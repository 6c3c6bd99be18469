"""Makes bert.onnx, bert-16-int32.onnx, tokenizer.json and expected.json: a small BERT for reviews.csv, as Hugging Face's libraries export one.

usage: python make_bert.py OUT_FOLDER
needs: torch, onnxscript, transformers, tokenizers, onnx, onnxruntime, numpy

It classifies the topic of a review by its text and its city, as a pair of texts. bert.onnx comes out of torch's exporter with open batch and sequence and has two outputs, logits
and last_hidden_state; bert-16-int32.onnx is the same with 16 tokens in each text and ids of 32 bits. expected.json has, for some texts and pairs, the ids, token types, logits
and the mean of last_hidden_state over the tokens, all of one text at a time, in Python's tokenizers and onnxruntime.
"""
import csv
import json
import os
import sys

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import BertConfig, BertForSequenceClassification

HERE = os.path.dirname(os.path.abspath(__file__))
TOPICS = ["books", "films", "meals", "trips"]
MAX_LENGTH = 16
TEXTS = [
    "novel chapter page",
    "",
    "   ",
    "A Story with SOME good camera and a very long cast, a scene and an actor; a sequel, a trailer and more of the same score",
    "生日快乐 soup",
    "œuvre ☃ \U0001f600 naïve",
    "unbelievably breadless",
    "director",
]
PAIRS = [("soup bread menu", "Porto"), ("soup bread menu", "Ghent"),
         ("story cover reader and very quite print a the with of some more less good bad", "Turin"), ("", "Lyon")]


def reviews(name):
    with open(os.path.join(HERE, "..", name), newline="") as file:
        return list(csv.DictReader(file))


def tokenizer(table):
    made = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.decoder = decoders.WordPiece()
    # [PAD] is not 0, so that a reader who takes 0 for it is found out
    trainer = trainers.WordPieceTrainer(vocab_size=400, min_frequency=1, show_progress=False,
                                        special_tokens=["[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"])
    made.train_from_iterator([row["text"] for row in table] + [row["city"] for row in table] + ["生日 unbelief able naive"], trainer)
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", made.token_to_id("[CLS]")), ("[SEP]", made.token_to_id("[SEP]"))])
    return made


def batch(encodings):
    return tuple(torch.tensor([getattr(e, part) for e in encodings]) for part in ("ids", "attention_mask", "type_ids"))


class Both(torch.nn.Module):
    def __init__(self, bert):
        super().__init__()
        self.bert = bert

    def forward(self, input_ids, attention_mask, token_type_ids):
        out = self.bert(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids, output_hidden_states=True)
        return out.logits, out.hidden_states[-1]


def trained(made, table):
    torch.manual_seed(1)
    config = BertConfig(vocab_size=made.get_vocab_size(), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
                        max_position_embeddings=32, num_labels=len(TOPICS), pad_token_id=made.token_to_id("[PAD]"), attn_implementation="eager")
    bert = BertForSequenceClassification(config)
    made.enable_padding(pad_id=made.token_to_id("[PAD]"), pad_token="[PAD]")
    made.enable_truncation(MAX_LENGTH)
    inputs = batch(made.encode_batch([(row["text"], row["city"]) for row in table]))
    labels = torch.tensor([TOPICS.index(row["topic"]) for row in table])
    optimizer = torch.optim.Adam(bert.parameters(), 2e-3)
    for epoch in range(60):
        for part in torch.randperm(len(table)).split(32):
            loss = torch.nn.functional.cross_entropy(Both(bert)(*(tensor[part] for tensor in inputs))[0], labels[part])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    made.no_padding()
    return bert.eval()


def fixed(model):
    """The same with 16 tokens a text and ids of 32 bits."""
    for value in model.graph.input:
        value.type.tensor_type.shape.dim[1].ClearField("dim_param")
        value.type.tensor_type.shape.dim[1].dim_value = MAX_LENGTH
        value.type.tensor_type.elem_type = TensorProto.INT32
        for node in model.graph.node:
            node.input[:] = [name + "_64" if name == value.name else name for name in node.input]
        model.graph.node.insert(0, helper.make_node("Cast", [value.name], [value.name + "_64"], to=TensorProto.INT64))
    del model.graph.value_info[:]
    onnx.checker.check_model(model)
    return model


def answers(session, made, texts):
    for text in texts:
        encoding = made.encode(*text) if isinstance(text, tuple) else made.encode(text)
        inputs = {name: np.array([values], np.int64) for name, values in zip(
            ("input_ids", "attention_mask", "token_type_ids"), (encoding.ids, encoding.attention_mask, encoding.type_ids))}
        logits, hidden = session.run(["logits", "last_hidden_state"], inputs)
        yield {"text": text[0] if isinstance(text, tuple) else text, "pair": text[1] if isinstance(text, tuple) else None,
               "ids": encoding.ids, "types": encoding.type_ids, "truncated": bool(encoding.overflowing),
               "logits": [round(float(x), 6) for x in logits[0]], "mean": [round(float(x), 6) for x in hidden[0].mean(0)]}


def main(out):
    made = tokenizer(reviews("reviews.csv"))
    plain = made.to_str()
    bert = trained(made, reviews("reviews.csv"))
    with open(os.path.join(out, "tokenizer.json"), "w") as file:
        file.write(plain)
    path = os.path.join(out, "bert.onnx")
    size, length = torch.export.Dim("batch"), torch.export.Dim("sequence", max=32)
    example = batch([made.encode("novel page", "Turin"), made.encode("novel page", "Turin")])
    torch.onnx.export(Both(bert), example, path, dynamo=True, external_data=False,
                      input_names=["input_ids", "attention_mask", "token_type_ids"], output_names=["logits", "last_hidden_state"],
                      dynamic_shapes=[{0: size, 1: length}] * 3)
    model = onnx.load(path)
    for node in model.graph.node:
        node.ClearField("doc_string")
        del node.metadata_props[:]  # the exporter's notes, which are larger than the weights
    for value in model.graph.value_info:
        del value.metadata_props[:]
    onnx.save(model, path)
    session = onnxruntime.InferenceSession(path)
    test = reviews("reviews-test.csv")
    said = [np.argmax(answer["logits"]) for answer in answers(session, made, [(row["text"], row["city"]) for row in test])]
    accuracy = np.mean([TOPICS[i] == row["topic"] for i, row in zip(said, test)])
    print("accuracy", accuracy, "bytes", os.path.getsize(path), "tokens", made.get_vocab_size())
    with open(os.path.join(out, "expected.json"), "w") as file:
        json.dump({"maxLength": MAX_LENGTH, "accuracy": accuracy, "texts": list(answers(session, made, TEXTS + PAIRS))}, file, indent=1, ensure_ascii=False)
    onnx.save(fixed(onnx.load(path)), os.path.join(out, "bert-16-int32.onnx"))


if __name__ == "__main__":
    main(sys.argv[1])
