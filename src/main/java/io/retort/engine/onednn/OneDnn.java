package io.retort.engine.onednn;

import io.retort.engine.TrainableNetwork.Precision;
import io.retort.engine.dl4j.NativeBackend;
import java.util.Locale;
import java.util.Optional;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive_attr;

/** oneDNN's library, as this process has it. */
final class OneDnn {
    private OneDnn() {}

    /** Why it cannot be used here; empty where it can. */
    static Optional<String> obstacle() {
        NativeBackend.configure(); // JavaCPP reads its properties when it is first touched
        try {
            instructions();
            return Optional.empty();
        } catch (LinkageError e) {
            return Optional.of("oneDNN's library does not load here: " + e);
        }
    }

    /** The instructions that it uses, such as {@code avx512_core_bf16}. */
    static String instructions() {
        NativeBackend.configure();
        return dnnl.get_effective_cpu_isa().toString();
    }

    /** Its version and instructions, such as {@code oneDNN 3.11, AVX2}. */
    static String title() {
        String instructions = instructions().toUpperCase(Locale.ROOT);
        dnnl_version_t version = dnnl.dnnl_version();
        return "oneDNN " + version.major() + "." + version.minor() + ", " + instructions;
    }

    /** Why the processor should not compute in these numbers; empty where it has instructions for them. */
    static Optional<String> obstacle(Precision precision) {
        NativeBackend.configure();
        int least = dnnl.dnnl_cpu_isa_avx512_core_bf16;
        boolean has = (dnnl.dnnl_get_effective_cpu_isa() & least) == least;
        return precision == Precision.FLOAT32 || has
                ? Optional.empty()
                : Optional.of("oneDNN uses no bfloat16 instructions here, only "
                        + instructions().toUpperCase(Locale.ROOT));
    }

    static engine engine() {
        NativeBackend.configure();
        return new engine(engine.kind.cpu, 0);
    }

    /** Of all operations: memory that they need while they run is given to them. */
    static primitive_attr attributes() {
        primitive_attr attributes = new primitive_attr();
        attributes.set_scratchpad_mode(dnnl.dnnl_scratchpad_mode_user);
        return attributes;
    }

    /** The layout of floats of these sizes, whose axes lie in the order of the tag. */
    static memory.desc floats(memory.format_tag tag, long... sizes) {
        return layout(Precision.FLOAT32, tag, sizes);
    }

    /** The layout of numbers of these sizes, whose axes lie in the order of the tag. */
    static memory.desc layout(Precision precision, memory.format_tag tag, long... sizes) {
        memory.data_type type = precision == Precision.BFLOAT16 ? memory.data_type.bf16 : memory.data_type.f32;
        return new memory.desc(sizes, type, tag);
    }
}
