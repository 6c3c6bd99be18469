package io.retort.engine.onednn;

import io.retort.engine.TrainableNetwork.Precision;
import io.retort.engine.TrainableNetwork.TapHead;
import io.retort.engine.onednn.ProgramWriter.Written;
import io.retort.engine.onednn.Slot.Block;
import io.retort.network.Structure;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_desc_base;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.Pointer;

/**
 * A network's operations for one size of batch, in the order in which they run: some that lay out weights, which are
 * needed where parameters have changed, then those forward and those backward.
 *
 * <p>It is written operation by operation, then laid out, and then bound to a block of memory, which it may share with
 * programs that do not run at the same time. Nothing is allocated when it runs.
 */
final class Program implements AutoCloseable {
    /** When operations run. */
    enum Phase {
        WEIGHTS,
        FORWARD,
        BACKWARD
    }

    /** A tensor that an operation reads or writes: oneDNN's number of the argument, where it lies, and its layout. */
    record Argument(int index, Slot slot, memory.desc layout) {}

    /** Something that runs, over slots that it reads and writes. */
    private interface Operation {
        List<Slot> slots();

        /** Called once, when all slots have their places. */
        void bind();

        void run();
    }

    private final engine cpu;
    private final dnnl_stream stream;
    /** In the order in which they run. */
    private final Map<Phase, List<Operation>> phases = new EnumMap<>(Phase.class);

    private final List<Pointer> owned = new ArrayList<>();
    private final Set<String> slow = new TreeSet<>();
    private final Set<Slot> slots = new LinkedHashSet<>();

    Program(engine cpu, dnnl_stream stream) {
        this.cpu = cpu;
        this.stream = stream;
        for (Phase phase : Phase.values()) {
            phases.put(phase, new ArrayList<>());
        }
    }

    engine engine() {
        return cpu;
    }

    /** Frees a native object with this program; until then it is reachable. */
    <P extends Pointer> P own(P pointer) {
        owned.add(pointer);
        return pointer;
    }

    /**
     * Adds an operation of oneDNN. Its scratchpad is not among the arguments.
     *
     * @param maker generates its code, which takes most of the time that a program needs to come about; called by
     *     {@link #bind}
     */
    <D extends primitive_desc_base> void add(
            Phase phase, D description, Function<D, ? extends primitive> maker, List<Argument> arguments) {
        own(description);
        String implementation = own(description.impl_info_str()).getString();
        if (implementation.startsWith("ref")) {
            slow.add(description.get_kind() + " (" + implementation + ")");
        }
        List<Argument> all = new ArrayList<>(arguments);
        memory.desc scratchpad = own(description.scratchpad_desc());
        if (scratchpad.get_size() > 0) {
            all.add(new Argument(dnnl.DNNL_ARG_SCRATCHPAD, Slot.ofBytes(scratchpad.get_size()), scratchpad));
        }
        phases.get(phase).add(new Native(() -> maker.apply(description), all));
    }

    /** Adds an operation in Java, which is given the floats of the slots in their order. */
    void add(Phase phase, List<Slot> of, Consumer<List<FloatBuffer>> kernel) {
        if (of.stream().anyMatch(slot -> slot.precision() != Precision.FLOAT32)) {
            throw new IllegalArgumentException("operations in Java compute with floats only");
        }
        phases.get(phase).add(new InJava(of, kernel));
    }

    /** Sets a slot to 0. */
    void clear(Phase phase, Slot slot) {
        phases.get(phase).add(new InPlace(List.of(slot), () -> Pointer.memset(slot.address(), 0, slot.bytes())));
    }

    /** Keeps slots in use at this point, where something else than an operation reads or writes them. */
    void touch(Phase phase, List<Slot> of) {
        phases.get(phase).add(new InPlace(of, () -> {}));
    }

    /** Operations for which oneDNN has nothing but a reference implementation on this processor. */
    Set<String> slowOperations() {
        return slow;
    }

    /**
     * Gives each slot its place.
     *
     * @param kept slots whose values are read after the program has run
     * @return the bytes that all of them need
     */
    long layOut(List<Slot> kept) {
        int time = 0;
        for (List<Operation> phase : phases.values()) {
            for (Operation operation : phase) {
                for (Slot slot : operation.slots()) {
                    slot.usedAt(time);
                    slots.add(slot);
                }
                time++;
            }
        }
        int end = time;
        kept.forEach(slot -> slot.usedAt(end));
        // weights are laid out once for many steps
        phases.get(Phase.WEIGHTS).forEach(operation -> operation.slots().forEach(slot -> slot.usedAt(end)));
        List<Slot> placed = new ArrayList<>();
        slots.stream()
                .filter(slot -> !slot.isLasting())
                .sorted(Comparator.comparingLong(Slot::bytes).reversed())
                .forEach(slot -> {
                    slot.placeAt(lowest(slot, placed));
                    placed.add(slot);
                    placed.sort(Comparator.comparingLong(Slot::offset));
                });
        return placed.stream().mapToLong(Slot::end).max().orElse(0);
    }

    /** The lowest place where nothing lies that is in use at the same time. */
    private static long lowest(Slot slot, List<Slot> ascending) {
        long at = 0;
        for (Slot other : ascending) {
            if (other.isUsedWith(slot) && at < other.end() && other.offset() < at + slot.bytes()) {
                at = Block.aligned(other.end());
            }
        }
        return at;
    }

    /** Puts what was laid out into a block of memory. */
    void bind(Block memory) {
        slots.stream().filter(slot -> !slot.isLasting()).forEach(slot -> slot.bind(memory));
        phases.values().forEach(phase -> phase.forEach(Operation::bind));
    }

    void run(Phase phase) {
        for (Operation operation : phases.get(phase)) {
            operation.run();
        }
    }

    @Override
    public void close() {
        owned.forEach(Pointer::deallocate);
        owned.clear();
        phases.values().forEach(List::clear);
    }

    private final class Native implements Operation {
        private final Supplier<? extends primitive> maker;
        private final List<Argument> arguments;
        private final dnnl_exec_arg_t bound;
        private dnnl_primitive handle = new dnnl_primitive();

        Native(Supplier<? extends primitive> maker, List<Argument> arguments) {
            this.maker = maker;
            this.arguments = arguments;
            this.bound = own(new dnnl_exec_arg_t(arguments.size()));
        }

        @Override
        public List<Slot> slots() {
            return arguments.stream().map(Argument::slot).toList();
        }

        @Override
        public void bind() {
            handle = own(own(maker.get()).get());
            for (int i = 0; i < arguments.size(); i++) {
                Argument argument = arguments.get(i);
                memory tensor =
                        own(new memory(argument.layout(), cpu, argument.slot().address()));
                bound.position(i).arg(argument.index()).memory(own(tensor.get()));
            }
            bound.position(0);
        }

        @Override
        public void run() {
            int status = dnnl.dnnl_primitive_execute(handle, stream, arguments.size(), bound);
            if (status != dnnl.dnnl_success) {
                throw new IllegalStateException("oneDNN could not run an operation; its status is " + status);
            }
        }
    }

    private record InPlace(List<Slot> slots, Runnable work) implements Operation {
        @Override
        public void bind() {
            // slots know where they lie
        }

        @Override
        public void run() {
            work.run();
        }
    }

    private static final class InJava implements Operation {
        private final List<Slot> slots;
        private final Consumer<List<FloatBuffer>> kernel;
        private List<FloatBuffer> floats = List.of();

        InJava(List<Slot> slots, Consumer<List<FloatBuffer>> kernel) {
            this.slots = List.copyOf(slots);
            this.kernel = kernel;
        }

        @Override
        public List<Slot> slots() {
            return slots;
        }

        @Override
        public void bind() {
            floats = slots.stream().map(Slot::floats).toList();
        }

        @Override
        public void run() {
            kernel.accept(floats);
        }
    }

    /**
     * A program that is laid out and not built: no code is generated for its operations, which takes most of the time,
     * and it has no memory.
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
}
