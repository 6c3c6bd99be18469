package io.retort.distill.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.retort.spark.LocalSpark;
import java.lang.reflect.Proxy;
import org.deeplearning4j.nn.api.Model;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

class LossSumTest {
    @Test
    void eachRowWeighsTheSameAndAnEpochBeginsAnew() {
        LossSum losses = new LossSum(LocalSpark.context());
        losses.postUpdate(rows(3), scoring(1));
        losses.postUpdate(rows(1).toMultiDataSet(), scoring(5));
        assertThat(losses.takeMean()).isEqualTo((3 * 1 + 1 * 5) / 4.0);
        losses.postUpdate(rows(7), scoring(0.25));
        assertThat(losses.takeMean()).isEqualTo(0.25);
        assertThat(losses.takeMean()).isNaN();
    }

    private static DataSet rows(int count) {
        return new DataSet(Nd4j.zeros(count, 2), Nd4j.zeros(count, 2));
    }

    private static Model scoring(double score) {
        return (Model) Proxy.newProxyInstance(
                Model.class.getClassLoader(), new Class<?>[] {Model.class}, (proxy, method, arguments) -> score);
    }
}
