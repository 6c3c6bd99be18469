package io.retort.engine.dl4j.fused;

import io.retort.network.Window;

/** Windows as arrays, which every JSON library reads: kernel, stride, padding, dilation, each as height and width. */
final class Windows {
    private Windows() {}

    static int[] toArray(Window window) {
        return new int[] {
            window.kernelHeight(),
            window.kernelWidth(),
            window.strideHeight(),
            window.strideWidth(),
            window.paddingHeight(),
            window.paddingWidth(),
            window.dilationHeight(),
            window.dilationWidth()
        };
    }

    static Window of(int[] array) {
        return new Window(array[0], array[1], array[2], array[3], array[4], array[5], array[6], array[7]);
    }

    static int outputHeight(Window window, long height) {
        return (int) (height + 2L * window.paddingHeight() - window.extentHeight()) / window.strideHeight() + 1;
    }

    static int outputWidth(Window window, long width) {
        return (int) (width + 2L * window.paddingWidth() - window.extentWidth()) / window.strideWidth() + 1;
    }
}
