package io.retort.teacher;

import io.retort.engine.onnx.OnnxSession;
import io.retort.storage.Digest;

/** A network of ours, run as the ONNX file that it exports to. */
public final class NetworkTeacher implements Teacher {
    private final OnnxSession session;

    private NetworkTeacher(OnnxSession session) {
        this.session = session;
    }

    @Override
    public float[] logits(float[] rawFeatures, int batch) {
        return session.logits(rawFeatures, batch);
    }

    @Override
    public void close() {
        session.close();
    }

    /** What is read of a network. */
    private enum Reads {
        LOGITS,
        TAPS
    }

    /** The exported network, as it travels to the executors. */
    public static final class Source implements TeacherSource {
        private static final long serialVersionUID = 1L;

        private final byte[] model;
        private final String fingerprint;
        private final Reads reads;

        /** Takes over the bytes of an ONNX file without a copy. */
        public Source(byte[] model) {
            this(model, Reads.LOGITS);
        }

        private Source(byte[] model, Reads reads) {
            this.model = model;
            this.fingerprint = new Digest().add("onnx/1").add(model).key();
            this.reads = reads;
        }

        /** A network as {@code OnnxModel.taps} writes it: what it says of a sample is not logits but what its taps give, side by side. */
        public static Source ofTaps(byte[] model) {
            return new Source(model, Reads.TAPS);
        }

        /** The digest of the ONNX file. */
        @Override
        public String fingerprint() {
            return fingerprint;
        }

        @Override
        public Teacher open(int threads) {
            return new NetworkTeacher(
                    reads == Reads.LOGITS
                            ? OnnxSession.open(model, threads)
                            : OnnxSession.openUnoptimised(model, threads));
        }
    }
}
