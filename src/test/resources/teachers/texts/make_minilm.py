"""Makes minilm.json: what all-MiniLM-L6-v2 gives for some texts in Python's tokenizers and onnxruntime.

usage: python make_minilm.py FOLDER_OF_FETCH_DATA_MINILM OUT_FOLDER
needs: tokenizers, onnxruntime, numpy
"""
import json
import os
import sys

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

TEXTS = ["command-line tool for the management of network interfaces", "", "real-time strategy game of ancient warfare", "strategy game",
         "生日快乐, 世界", "naïve Ünïcode \U0001f600 ☃", "word " * 30]


def main(source, out):
    tokenizer = Tokenizer.from_file(os.path.join(source, "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(16)
    session = onnxruntime.InferenceSession(os.path.join(source, "minilm.onnx"))
    answers = []
    for text in TEXTS:
        encoding = tokenizer.encode(text)
        inputs = {"input_ids": encoding.ids, "attention_mask": encoding.attention_mask, "token_type_ids": encoding.type_ids}
        hidden = session.run(None, {name: np.array([values], np.int64) for name, values in inputs.items()})[0][0]
        mean = hidden.mean(0)
        answers.append({"text": text, "ids": encoding.ids, "embedding": [round(float(x), 6) for x in mean / np.linalg.norm(mean)]})
    print([output.name for output in session.get_outputs()], [(i.name, i.type, i.shape) for i in session.get_inputs()])
    with open(os.path.join(out, "minilm.json"), "w") as file:
        json.dump(answers, file, ensure_ascii=False)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
