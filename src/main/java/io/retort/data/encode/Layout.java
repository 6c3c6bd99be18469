package io.retort.data.encode;

/** In what order an image's values lie in a tensor. */
public enum Layout {
    /** As the sizes of the model's input show. */
    AUTO,
    /** {@code [batch, channels, height, width]}: PyTorch's. */
    NCHW,
    /** {@code [batch, height, width, channels]}: TensorFlow's. */
    NHWC
}
