"""Makes the teachers of this folder: one small CNN for Fashion-MNIST, in the forms in which people bring such files.

usage: python make.py FASHION_MNIST_FOLDER OUT_FOLDER
needs: torch 2.13, onnx, onnxscript, onnxruntime, numpy

Tests read the files that were made once; a newer PyTorch makes others.
"""
import gzip
import os
import sys

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import nn

EPOCHS, BATCH = 4, 128
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # ImageNet's
SAMPLES = 16  # held-out images in images.bin, whose logits are in logits.csv


class Net(nn.Module):
    """Pixels in [0, 1], [batch, 1, 28, 28], to logits."""

    def __init__(self):
        super().__init__()

        def block(inputs, outputs):
            return nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()

        self.features = nn.Sequential(
            *block(1, 24), nn.MaxPool2d(2), *block(24, 48), nn.MaxPool2d(2), *block(48, 64))
        self.head = nn.Linear(64, 10)

    def forward(self, pixels):
        return self.head(self.features(pixels).mean((2, 3)))


class Bytes(nn.Module):
    """uint8 [batch, 28, 28, 1] to probabilities."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, image):
        return F.softmax(self.net(image.permute(0, 3, 1, 2).float() / 255), 1)


class Large(nn.Module):
    """[batch, 3, 56, 56], standardised as for ImageNet, to logits, as a script of transfer learning would leave it."""

    def __init__(self, net):
        super().__init__()
        self.net = net
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1))
        self.register_buffer("deviation", torch.tensor(DEVIATION).view(1, 3, 1, 1))

    def forward(self, pixel_values):
        grey = (pixel_values * self.deviation + self.mean).mean(1, keepdim=True)
        return self.net(F.avg_pool2d(grey, 2))


def read(folder, name):
    """Images [n, 28, 28] and labels [n]."""
    def content(kind, offset):
        with gzip.open(os.path.join(folder, f"{name}-{kind}-ubyte.gz")) as file:
            return np.frombuffer(file.read(), np.uint8, offset=offset)
    return content("images-idx3", 16).reshape(-1, 28, 28), content("labels-idx1", 8).astype(np.int64)


def trained(images, labels):
    torch.manual_seed(1)
    net = Net().to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(net.parameters())
    steps = len(images) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 6e-3, EPOCHS * steps)
    x = torch.from_numpy(images.astype(np.float32) / 255)[:, None]
    y = torch.from_numpy(labels)
    for _ in range(EPOCHS):
        order = torch.randperm(len(x))
        for step in range(steps):
            rows = order[step * BATCH:(step + 1) * BATCH]
            optimizer.zero_grad()
            F.cross_entropy(net(x[rows].contiguous(memory_format=torch.channels_last)), y[rows]).backward()
            optimizer.step()
            schedule.step()
    return net.to(memory_format=torch.contiguous_format).eval()


def without_metadata(path):
    """The exporter writes the paths of its machine's source files into each node."""
    model = onnx.load(path, load_external_data=False)
    for node in list(model.graph.node) + [node for function in model.functions for node in function.node]:
        del node.metadata_props[:]
    onnx.save(model, path)


def main(data, out):
    os.makedirs(out, exist_ok=True)
    net = trained(*read(data, "train"))
    images, labels = read(data, "t10k")
    pixels = torch.from_numpy(images.astype(np.float32) / 255)[:, None]
    batch = torch.export.Dim("batch")

    def export(model, example, name, open_batch=None, **options):
        if open_batch:
            options["dynamic_shapes"] = {open_batch: {0: batch}}
        path = os.path.join(out, name)
        torch.onnx.export(model, (example,), path, dynamo=True, verbose=False, **options)
        without_metadata(path)

    export(net, pixels[:4], "two-files.onnx", "pixels")  # the default: two-files.onnx.data beside it
    export(net, pixels[:4], "one-file.onnx", "pixels", external_data=False)
    export(net, pixels[:4], "batch-of-4.onnx", external_data=False)  # the default: a fixed batch
    export(Bytes(net).eval(), torch.from_numpy(images[:4, :, :, None].copy()), "uint8-nhwc-probabilities.onnx",
           "image", external_data=False)
    export(Large(net).eval(), torch.zeros(4, 3, 56, 56), "large-three-channels.onnx", "pixel_values",
           external_data=False)
    half = Net()
    half.load_state_dict(net.state_dict())
    export(half.half().eval(), pixels[:4].half(), "float16.onnx", "pixels", external_data=False)
    prepared = os.path.join(out, "prepared.onnx")
    quant_pre_process(os.path.join(out, "one-file.onnx"), prepared)
    quantize_dynamic(prepared, os.path.join(out, "dynamic-int8.onnx"), weight_type=QuantType.QUInt8)
    os.remove(prepared)
    without_metadata(os.path.join(out, "dynamic-int8.onnx"))

    session = onnxruntime.InferenceSession(os.path.join(out, "one-file.onnx"))
    logits = session.run(None, {"pixels": pixels.numpy()})[0]
    print("accuracy of one-file.onnx:", (logits.argmax(1) == labels).mean())
    images[:SAMPLES].tofile(os.path.join(out, "images.bin"))
    rows = np.column_stack([labels[:SAMPLES], logits[:SAMPLES]])
    np.savetxt(os.path.join(out, "logits.csv"), rows, fmt=["%d"] + ["%.9g"] * 10, delimiter=",")


if __name__ == "__main__":
    main(*sys.argv[1:])
