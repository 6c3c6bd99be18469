package io.retort.label;

import io.retort.config.Names;
import io.retort.config.SettingException;
import io.retort.data.LabelColumns;
import io.retort.data.Target;
import io.retort.label.Codec.CodecSettings;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The k greatest classes of each sample: {@code k · (2 + 4) + 4} bytes (with more than 65,536 classes
 * {@code k · (4 + 4) + 4}), however many classes there are.
 *
 * <p>Stored are, by falling probability, the class index and the log-probability {@code ln softmax(z)[i]} of each, and
 * the logarithm of the mass of the rest, {@code ln (1 − Σ top)}. Decoding gives log-probabilities, in nats, with the
 * rest's mass spread evenly over its classes: the softmax of what is decoded sums to 1, is exact (to float32) at the
 * top classes, and differs from the teacher's by at most the rest's mass in total variation. Equal logits are taken in
 * the order of their classes.
 *
 * <p>That holds at temperature 1. At others the top classes keep their ratios to each other, and the rest is only as
 * good as its being even.
 */
public final class TopCodec implements Codec {
    private static final long serialVersionUID = 1L;
    private static final int SHORT_INDICES = 1 << 16;

    /**
     * Kind {@code top-k}.
     *
     * @param keep k, less than the number of classes
     */
    public record Settings(int keep) implements CodecSettings {
        public Settings {
            if (keep < 1) {
                throw new SettingException("keep", "must be >= 1, was " + keep);
            }
        }

        @Override
        public Codec codec() {
            return new TopCodec(keep);
        }

        @Override
        public Codec codecFor(Target target) {
            if (target.kind() != LabelColumns.Kind.CLASS) {
                throw new SettingException(
                        "kind",
                        "must be float16 or float32, for top-k keeps the likeliest of several classes, and the data has"
                                + " target = " + Names.kebab(target.kind()));
            }
            return codec();
        }
    }

    private final int keep;

    TopCodec(int keep) {
        this.keep = keep;
    }

    @Override
    public String name() {
        return "top-" + keep;
    }

    @Override
    public byte[] encode(float[] logits, int classes) {
        if (keep >= classes) {
            throw new SettingException(
                    "keep",
                    "must be less than the number of classes, " + classes + ", was " + keep
                            + "; use codec float32 or float16 to keep all");
        }
        int samples = logits.length / classes;
        ByteBuffer out = ByteBuffer.allocate(samples * bytes(classes)).order(ByteOrder.LITTLE_ENDIAN);
        int[] top = new int[keep];
        for (int sample = 0; sample < samples; sample++) {
            encode(logits, sample * classes, classes, top, out);
        }
        return out.array();
    }

    private void encode(float[] logits, int from, int classes, int[] top, ByteBuffer out) {
        select(logits, from, classes, top);
        double largest = logits[from + top[0]];
        double topMass = 0;
        for (int index : top) {
            topMass += Math.exp(logits[from + index] - largest);
        }
        // The rest is measured from its own largest, so that its logarithm is finite however small it is.
        double last = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < classes; i++) {
            last = isIn(top, i) ? last : Math.max(last, logits[from + i]);
        }
        double restMass = 0;
        for (int i = 0; i < classes; i++) {
            restMass += isIn(top, i) ? 0 : Math.exp(logits[from + i] - last);
        }
        double rest = last + Math.log(restMass);
        double whole = largest + Math.log(topMass + Math.exp(rest - largest));
        for (int index : top) {
            if (classes <= SHORT_INDICES) {
                out.putShort((short) index);
            } else {
                out.putInt(index);
            }
            out.putFloat((float) (logits[from + index] - whole));
        }
        out.putFloat((float) (rest - whole));
    }

    /** Insertion into a sorted list of k, which is short. */
    private static void select(float[] logits, int from, int classes, int[] top) {
        int filled = 0;
        for (int i = 0; i < classes; i++) {
            float logit = logits[from + i];
            if (filled == top.length && !(logit > logits[from + top[filled - 1]])) {
                continue;
            }
            int place = filled < top.length ? filled++ : filled - 1;
            while (place > 0 && logit > logits[from + top[place - 1]]) {
                top[place] = top[place - 1];
                place--;
            }
            top[place] = i;
        }
    }

    private static boolean isIn(int[] top, int index) {
        for (int kept : top) {
            if (kept == index) {
                return true;
            }
        }
        return false;
    }

    @Override
    public float[] decode(byte[] stored, int classes) {
        int samples = stored.length / bytes(classes);
        ByteBuffer in = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN);
        float[] logits = new float[samples * classes];
        float others = (float) Math.log(classes - keep);
        for (int sample = 0; sample < samples; sample++) {
            int from = sample * classes;
            int start = sample * bytes(classes);
            float rest = in.getFloat(start + bytes(classes) - Float.BYTES) - others;
            Arrays.fill(logits, from, from + classes, rest);
            in.position(start);
            for (int i = 0; i < keep; i++) {
                int index = classes <= SHORT_INDICES ? in.getShort() & 0xFFFF : in.getInt();
                logits[from + index] = in.getFloat();
            }
        }
        return logits;
    }

    private int bytes(int classes) {
        int indexBytes = classes <= SHORT_INDICES ? Short.BYTES : Integer.BYTES;
        return keep * (indexBytes + Float.BYTES) + Float.BYTES;
    }
}
