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
