package io.retort.engine.onednn;

import io.retort.engine.Precision;
import io.retort.engine.TapHead;
import io.retort.engine.onednn.ProgramWriter.Written;
import io.retort.network.Structure;
import java.util.List;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.stream;

/**
 * A program that is laid out and not built: no code is generated for its operations, which takes most of the time, and
 * it has no memory.
 *
 * @param bytes of the memory that it would have
 * @param slowOperations for which oneDNN has nothing but a reference implementation on this processor
 */
record ProgramPlan(long bytes, List<String> slowOperations) {
    ProgramPlan {
        slowOperations = List.copyOf(slowOperations);
    }

    static ProgramPlan of(Structure structure, List<TapHead> taps, Tape.Mode mode, Precision precision, int batch) {
        engine cpu = OneDnn.engine();
        stream queue = new stream(cpu);
        try (NativeParameters none = new NativeParameters(FlatParameters.of(structure, taps));
                Program program = new Program(cpu, queue.get())) {
            Written written = ProgramWriter.write(structure, new Tape(program, mode, precision, batch, none), taps);
            return new ProgramPlan(program.layOut(written.kept()), List.copyOf(program.slowOperations()));
        } finally {
            queue.deallocate();
            cpu.deallocate();
        }
    }
}
