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

    /** The exported network, as it travels to the executors. */
    public static final class Source implements TeacherSource {
        private static final long serialVersionUID = 1L;

        private final byte[] model;
        private final String fingerprint;

        /** Takes over the bytes of an ONNX file without a copy. */
        public Source(byte[] model) {
            this.model = model;
            this.fingerprint = new Digest().add("onnx/1").add(model).key();
        }

        /** The digest of the ONNX file. */
        @Override
        public String fingerprint() {
            return fingerprint;
        }

        @Override
        public Teacher open(int threads) {
            return new NetworkTeacher(OnnxSession.open(model, threads));
        }
    }
}
