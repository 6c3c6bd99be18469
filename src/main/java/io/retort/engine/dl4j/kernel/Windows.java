package io.retort.engine.dl4j.kernel;

import io.retort.network.Window;

/** Sizes of what windows give. */
public final class Windows {
    private Windows() {}

    public static int outputHeight(Window window, long height) {
        return (int) (height + 2L * window.paddingHeight() - window.extentHeight()) / window.strideHeight() + 1;
    }

    public static int outputWidth(Window window, long width) {
        return (int) (width + 2L * window.paddingWidth() - window.extentWidth()) / window.strideWidth() + 1;
    }
}
