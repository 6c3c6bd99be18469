package io.retort.data;

/** What stands in a column of labels as a value of {@link Labels}. */
public interface LabelValues {
    /** Those of labels of this target. */
    static LabelValues of(Target target) {
        return target.accept(new Target.Visitor<LabelValues>() {
            @Override
            public LabelValues none(Target.NoTarget none) {
                return new ClassNames(none.names());
            }

            @Override
            public LabelValues oneClass(Target.ClassTarget classes) {
                return new ClassNames(classes.names());
            }

            @Override
            public LabelValues severalClasses(Target.MultiLabelTarget classes) {
                return number -> number == 0 || number == 1 ? (float) number : Float.NaN;
            }

            @Override
            public LabelValues numbers(Target.NumberTarget numbers) {
                return new Amounts();
            }

            @Override
            public LabelValues embedding(Target.EmbeddingTarget embedding) {
                return new ClassNames(embedding.classes());
            }
        });
    }

    /** The value that a number stands for; not-a-number if none. */
    float value(double number);

    /** The value that a text stands for; not-a-number if none. */
    default float value(String text) {
        return value(Numbers.parse(text));
    }

    /** Whether a text stands for no label at all. */
    default boolean isAbsent(String text) {
        return text.isBlank();
    }

    /** What is allowed, in words. */
    default String allowed() {
        return "0 or 1";
    }

    /** What to do about a text that stands for no value, to follow the message about it. */
    default String remedy(String text) {
        return "";
    }

    /** Any finite ones. */
    record Amounts() implements LabelValues {
        @Override
        public float value(double number) {
            return Float.isFinite((float) number) ? (float) number : Float.NaN;
        }

        @Override
        public String allowed() {
            return "a finite number";
        }
    }
}
