"""Writes networks as Keras 2 does, with the inputs and answers of each in answers.json.

pip install tensorflow-cpu h5py    (2.21.0; TensorFlow keeps a copy of Keras 2.6 as tensorflow.python.keras, whose writer of HDF5 is used)

That copy has no BatchNormalization any more, so a layer of that name with its documented configuration and weights stands for it.
"""
import json
import numpy as np
import tensorflow as tf
from tensorflow.python import keras
from tensorflow.python.keras import layers

keras.__version__ = "2.6.0"  # which its writer asks for


class BatchNormalization(layers.Layer):
    def __init__(self, axis=-1, momentum=0.99, epsilon=1e-3, center=True, scale=True, **other):
        super().__init__(**other)
        self.settings = dict(axis=[axis], momentum=momentum, epsilon=epsilon, center=center, scale=scale)

    def build(self, shape):
        sizes = (shape[-1],)
        self.gamma = self.add_weight(name="gamma", shape=sizes)
        self.beta = self.add_weight(name="beta", shape=sizes)
        self.moving_mean = self.add_weight(name="moving_mean", shape=sizes, trainable=False)
        self.moving_variance = self.add_weight(name="moving_variance", shape=sizes, trainable=False)

    def call(self, rows):
        return (rows - self.moving_mean) / tf.sqrt(self.moving_variance + self.settings["epsilon"]) * self.gamma + self.beta

    def get_config(self):
        return {**super().get_config(), **self.settings}


def write(name, model, shape, answers):
    random = np.random.RandomState(0)
    for layer in model.layers:
        layer.set_weights([
            (random.uniform(0.2, 1, weights.shape) * (1 if weights.ndim == 1 else random.choice([-1, 1], weights.shape)) / (1 if weights.ndim == 1 else weights.size ** 0.3))
            .astype("float32") for weights in layer.get_weights()])
    model.save(name + ".h5", save_format="h5")
    rows = random.uniform(-1, 1, [3, *shape]).astype("float32")
    answers[name] = {"sizes": list(rows.shape), "rows": rows.ravel().tolist(), "answers": model(rows).numpy().ravel().tolist()}


answers = {}
write("mlp", keras.Sequential([
    keras.Input((4,)), layers.Dense(8, activation="relu"), BatchNormalization(), layers.Dropout(0.3),
    layers.Dense(3), layers.Activation("softmax")]), (4,), answers)

image = keras.Input((8, 6, 2))
left = layers.Conv2D(4, 3, strides=2, padding="same", activation="relu")(image)
left = BatchNormalization()(left)
right = layers.Conv2D(4, 3, strides=2, padding="same", use_bias=False)(image)
whole = layers.Add()([left, right])
whole = layers.LeakyReLU(0.2)(whole)
whole = layers.MaxPooling2D(2)(whole)
whole = layers.Flatten()(whole)
write("residual", keras.Model(image, layers.Dense(3, activation="softmax")(whole)), (8, 6, 2), answers)

image = keras.Input((8, 6, 1))
whole = layers.ReLU(6.0)(BatchNormalization()(layers.Conv2D(4, 3)(layers.ZeroPadding2D(1)(image))))
whole = layers.SeparableConv2D(5, 3, padding="same", activation="tanh")(layers.DepthwiseConv2D(3, padding="same")(whole))
write("mobile", keras.Model(image, layers.Dense(3)(layers.GlobalAveragePooling2D()(whole))), (8, 6, 1), answers)
keras.Sequential([keras.Input((8, 6, 1)), layers.DepthwiseConv2D(3), layers.GlobalAveragePooling2D()]).save("depthwise.h5", save_format="h5")

keras.Sequential([keras.Input((4,)), layers.Lambda(lambda rows: rows * 2), layers.Dense(3)]).save("lambda.h5", save_format="h5")
keras.Sequential([keras.Input((4, 2)), layers.Conv1D(3, 2), layers.GlobalMaxPooling1D()]).save("sequences.h5", save_format="h5")
keras.Sequential([keras.Input((4,)), layers.Dense(3)]).save_weights("weights.h5", save_format="h5")

with open("answers.json", "w") as file:
    json.dump(answers, file)
