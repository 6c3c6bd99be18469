package io.retort.engine.dl4j.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.engine.dl4j.NativeBackend;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class FloatsTest {
    @BeforeAll
    static void configure() {
        NativeBackend.configure();
    }

    @Test
    void transposesEachImage() {
        INDArray in =
                Nd4j.createFromArray(1f, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60).reshape('c', 2, 2, 3);
        INDArray out = Nd4j.create(DataType.FLOAT, 2, 3, 2);
        Floats.transpose(in, out, 2, 3);
        assertThat(Floats.values(out)).containsExactly(1, 4, 2, 5, 3, 6, 10, 40, 20, 50, 30, 60);
    }

    @Test
    void copiesOnlyWhatHasGaps() {
        INDArray whole = Nd4j.createFromArray(1f, 2, 3, 4, 5, 6).reshape('c', 2, 3);
        assertThat(Floats.contiguous(whole)).isSameAs(whole);
        assertThat(Floats.values(Floats.contiguous(whole.transpose()))).containsExactly(1, 4, 2, 5, 3, 6);
    }
}
