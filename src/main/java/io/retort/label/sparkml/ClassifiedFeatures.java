package io.retort.label.sparkml;

import io.retort.label.TeacherModel.FeatureModel;
import io.retort.predict.Model;
import io.retort.predict.Model.ModelHandle;
import io.retort.predict.ModelStore;
import io.retort.predict.RowBatch;
import io.retort.storage.Digest;

/**
 * A model that gives features and the classifier that reads them, as one: what is timed.
 *
 * @param classifier reads the column of features, and perhaps others
 */
record ClassifiedFeatures(ModelHandle features, ModelHandle classifier) implements ModelHandle {
    @Override
    public String fingerprint() {
        return new Digest()
                .add("classified-features/1")
                .add(features.fingerprint())
                .add(classifier.fingerprint())
                .key();
    }

    @Override
    public ModelHandle travelling(ModelStore store) {
        return new ClassifiedFeatures(features.travelling(store), classifier.travelling(store));
    }

    @Override
    public Model open(int threads) {
        Model given = features.open(threads);
        Model read = classifier.open(threads);
        return new Model() {
            @Override
            public float[] predict(RowBatch rows) {
                return read.predict(new WithFeatures(rows, given.predict(rows)));
            }

            @Override
            public boolean choosesBatches() {
                return given.choosesBatches();
            }

            @Override
            public void close() {
                given.close();
                read.close();
            }
        };
    }

    /** Rows with the column of features. */
    @SuppressWarnings("ArrayRecordComponent") // carried, never compared
    private record WithFeatures(RowBatch rows, float[] features) implements RowBatch {
        @Override
        public int size() {
            return rows.size();
        }

        @Override
        public long id(int row) {
            return rows.id(row);
        }

        @Override
        public boolean hasLabel(int row) {
            return rows.hasLabel(row);
        }

        @Override
        public float[] input() {
            return rows.input();
        }

        @Override
        public float[] numbers(String column) {
            return column.equals(FeatureModel.COLUMN) ? features : rows.numbers(column);
        }

        @Override
        public String text(String column, int row) {
            return rows.text(column, row);
        }
    }
}
