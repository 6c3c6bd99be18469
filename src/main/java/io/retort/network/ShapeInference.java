package io.retort.network;

import java.util.List;

/** The shape of a layer's output, from those of its inputs. */
record ShapeInference(List<Shape> inputs) implements Layer.Visitor<Shape> {
    @Override
    public Shape conv(Layer.Conv layer) {
        return layer.window().output(layer.outputs(), image("conv"));
    }

    @Override
    public Shape depthwiseConv(Layer.DepthwiseConv layer) {
        Shape input = image("depthwise-conv");
        return layer.window().output(input.channels(), input);
    }

    @Override
    public Shape dense(Layer.Dense layer) {
        Shape input = only("dense");
        if (input.isImage()) {
            throw new ShapeException(
                    "dense needs a vector, but its input is " + input + "; put a flatten or a global pool before it");
        }
        return Shape.vector(layer.outputs());
    }

    @Override
    public Shape batchNorm(Layer.BatchNorm layer) {
        return only("batch-norm");
    }

    @Override
    public Shape activate(Layer.Activate layer) {
        return only("activate");
    }

    @Override
    public Shape pool(Layer.Pool layer) {
        Shape input = image("pool");
        return layer.window().output(input.channels(), input);
    }

    @Override
    public Shape globalAveragePool(Layer.GlobalAveragePool layer) {
        return Shape.vector(image("global-average-pool").channels());
    }

    @Override
    public Shape flatten(Layer.Flatten layer) {
        return Shape.vector(only("flatten").elements());
    }

    @Override
    public Shape add(Layer.Add layer) {
        if (inputs.size() < 2) {
            throw new ShapeException("add needs at least two inputs, has " + inputs.size());
        }
        for (Shape input : inputs) {
            if (!input.equals(inputs.get(0))) {
                throw new ShapeException("add needs inputs of one shape, has " + inputs);
            }
        }
        return inputs.get(0);
    }

    @Override
    public Shape groupedConv(Layer.GroupedConv layer) {
        Shape input = image("grouped-conv");
        if (input.channels() % layer.groups() != 0 || layer.outputs() % layer.groups() != 0) {
            throw new ShapeException("grouped-conv of " + layer.groups() + " groups needs numbers of channels that "
                    + layer.groups() + " divides, but has " + input.channels() + " inputs and " + layer.outputs()
                    + " outputs");
        }
        return layer.window().output(layer.outputs(), input);
    }

    @Override
    public Shape concat(Layer.Concat layer) {
        if (inputs.size() < 2) {
            throw new ShapeException("concat needs at least two inputs, has " + inputs.size());
        }
        Shape first = inputs.get(0);
        int channels = 0;
        for (Shape input : inputs) {
            if (input.isImage() != first.isImage()
                    || input.height() != first.height()
                    || input.width() != first.width()) {
                throw new ShapeException("concat needs inputs of one height and width, or vectors, has " + inputs);
            }
            channels = Math.addExact(channels, input.channels());
        }
        return withChannels(first, channels);
    }

    @Override
    public Shape gate(Layer.Gate layer) {
        if (inputs.size() != 2
                || !inputs.get(0).isImage()
                || inputs.get(1).elements() != inputs.get(0).channels()
                || inputs.get(1).channels() != inputs.get(0).channels()) {
            throw new ShapeException("gate needs an image [channels, height, width] and its gates [channels] or"
                    + " [channels, 1, 1], has " + inputs);
        }
        return inputs.get(0);
    }

    @Override
    public Shape slice(Layer.Slice layer) {
        Shape input = only("slice");
        if ((long) layer.first() + layer.channels() > input.channels()) {
            throw new ShapeException("slice of " + layer.channels() + " channels from " + layer.first()
                    + " on does not fit an input of " + input);
        }
        return withChannels(input, layer.channels());
    }

    @Override
    public Shape fakeQuantize(Layer.FakeQuantize layer) {
        return only("fake-quantize");
    }

    @Override
    public Shape channelShuffle(MovingLayer.ChannelShuffle layer) {
        Shape input = only("channel-shuffle");
        if (input.channels() % layer.groups() != 0) {
            throw new ShapeException("channel-shuffle of " + layer.groups() + " groups needs a number of channels that "
                    + layer.groups() + " divides, but its input is " + input);
        }
        return input;
    }

    @Override
    public Shape channelShift(MovingLayer.ChannelShift layer) {
        return only("channel-shift");
    }

    @Override
    public Shape shift(MovingLayer.Shift layer) {
        Shape input = image("shift");
        if (input.channels() < layer.parts()) {
            throw new ShapeException("shift in " + layer.parts() + " directions needs at least " + layer.parts()
                    + " channels, but its input is " + input);
        }
        return input;
    }

    @Override
    public Shape activeShift(MovingLayer.ActiveShift layer) {
        return image("active-shift");
    }

    @Override
    public Shape embedding(TokenLayer.Embedding layer) {
        return Shape.image(layer.dimension(), 1, ids("embedding"));
    }

    @Override
    public Shape embeddingBag(TokenLayer.EmbeddingBag layer) {
        ids("embedding-bag");
        return Shape.vector(layer.dimension());
    }

    /** The length of the texts. */
    private int ids(String kind) {
        Shape input = only(kind);
        if (input.isImage()) {
            throw new ShapeException(kind + " needs token ids [length], but its input is " + input);
        }
        return input.elements();
    }

    private static Shape withChannels(Shape shape, int channels) {
        return shape.isImage() ? Shape.image(channels, shape.height(), shape.width()) : Shape.vector(channels);
    }

    private Shape image(String kind) {
        Shape input = only(kind);
        if (!input.isImage()) {
            throw new ShapeException(kind + " needs an image [channels, height, width], but its input is " + input);
        }
        return input;
    }

    private Shape only(String kind) {
        if (inputs.size() != 1) {
            throw new ShapeException(kind + " needs one input, has " + inputs.size());
        }
        return inputs.get(0);
    }
}
