package io.retort.engine.onnx.write;

import io.retort.engine.onnx.run.OnnxSession;
import io.retort.engine.onnx.run.OnnxSession.Optimisation;
import io.retort.predict.Model;
import io.retort.predict.Model.ModelHandle;
import io.retort.predict.ModelFiles;
import io.retort.predict.ModelStore;
import io.retort.storage.Digest;

/** A network of ours as the ONNX file that it exports to: for logits, or for what its taps give. */
public final class ExportedNetwork implements ModelHandle {
    private static final long serialVersionUID = 1L;

    private final byte[] onnx;
    private final String fingerprint;
    private final Optimisation optimisation;

    /** Takes over the bytes of an ONNX file without a copy. */
    public ExportedNetwork(byte[] onnx) {
        this(onnx, Optimisation.ALL);
    }

    private ExportedNetwork(byte[] onnx, Optimisation optimisation) {
        this.onnx = onnx;
        this.fingerprint = new Digest()
                .add(optimisation == Optimisation.ALL ? "onnx/1" : "onnx-taps/1")
                .add(onnx)
                .key();
        this.optimisation = optimisation;
    }

    /**
     * A network as {@link OnnxModel#taps} writes it, whose values are those of its taps, side by side. It is run as it
     * stands, so that a tap's values have the same bits whatever other taps there are.
     */
    public static ExportedNetwork ofTaps(byte[] onnx) {
        return new ExportedNetwork(onnx, Optimisation.NONE);
    }

    /** The digest of the ONNX file and of what is read of it. */
    @Override
    public String fingerprint() {
        return fingerprint;
    }

    @Override
    public Model open(int threads) {
        return OnnxSession.open(onnx, threads, optimisation);
    }

    @Override
    public ModelHandle travelling(ModelStore store) {
        return onnx.length > ModelStore.MAX_TRAVELLING_BYTES
                ? new Stored(store.put(onnx), fingerprint, optimisation)
                : this;
    }

    /** The same, as a file of the store. */
    private record Stored(ModelFiles files, String fingerprint, Optimisation optimisation) implements ModelHandle {
        @Override
        public Model open(int threads) {
            return OnnxSession.open(files.onThisMachine(), threads, optimisation);
        }
    }
}
