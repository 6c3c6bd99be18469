package io.retort.compress.quantize;

import io.retort.compress.Calibration;
import io.retort.data.DataType;
import io.retort.data.Labels;
import io.retort.data.Samples;
import io.retort.data.Schema;
import io.retort.data.shard.RowSample;
import io.retort.network.RandomNetworks;
import io.retort.network.Shape;
import java.io.ByteArrayOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Shards in memory, worked on by this thread. */
public record LocalCalibration(List<Samples> shards) implements Calibration {
    /** Shards of random pixels. */
    public static LocalCalibration pixels(Shape shape, int classes, int... counts) {
        Schema schema = new Schema(
                shape,
                DataType.UINT8,
                IntStream.range(0, classes).mapToObj(i -> "class" + i).toList());
        List<Samples> shards = new ArrayList<>();
        for (int count : counts) {
            float[] pixels = RandomNetworks.pixels(shape, count, 17 + shards.size());
            byte[] features = new byte[pixels.length];
            for (int i = 0; i < pixels.length; i++) {
                features[i] = (byte) pixels[i];
            }
            shards.add(new Samples(schema, new long[count], Labels.ofClasses(new int[count]), features));
        }
        return new LocalCalibration(shards);
    }

    @Override
    public <S extends Serializable, R extends Serializable> List<R> perPortion(S shared, int samples, Work<S, R> work) {
        List<RowSample.Row> rows = RowSample.of(
                        shards.stream().map(Samples::ids).toList(), samples)
                .rows();
        List<Samples> ordered = rows.stream()
                .map(row -> shards.get(row.shard()).rows(row.index()))
                .toList();
        return new RowSample(rows)
                .portions(BATCH).stream()
                        .map(portion -> work.on(shared, Samples.joined(ordered.subList(portion.from(), portion.to()))))
                        .toList();
    }

    @Override
    public long available() {
        return shards.stream().mapToLong(Samples::count).sum();
    }

    /** The same samples in one shard. */
    LocalCalibration joined() {
        int count = shards.stream().mapToInt(Samples::count).sum();
        ByteArrayOutputStream features = new ByteArrayOutputStream();
        shards.forEach(shard -> features.writeBytes(shard.features()));
        return new LocalCalibration(List.of(new Samples(
                shards.get(0).schema(), new long[count], Labels.ofClasses(new int[count]), features.toByteArray())));
    }
}
