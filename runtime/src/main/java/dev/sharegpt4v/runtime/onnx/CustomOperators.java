package dev.sharegpt4v.runtime.onnx;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * An operator domain with one attention operator whose kernel is Java; {@code dev.sharegpt4v} with {@code PagedAttention}
 * unless another signature is given.
 *
 * <p>Builds the C structure {@code OrtCustomOp} of API version 29 from upcall stubs. An exception never crosses a stub: it
 * becomes a status.
 */
final class CustomOperators implements AutoCloseable {

    private static final long STRUCT_BYTES = 208;
    private static final int FLOAT = 1;
    private static final int INT32 = 6;
    private static final int FAIL = 1;

    private static final Signature PAGED_ATTENTION = new Signature(
            "dev.sharegpt4v",
            "PagedAttention",
            IntStream.of(FLOAT, INT32, INT32, INT32, INT32, FLOAT, FLOAT)
                    .mapToObj(type -> new Input(type, false))
                    .toList(),
            FLOAT);

    /**
     * Name and types of an operator with one output; types are numbers of the C API.
     *
     * @param domain that the operator alone makes up
     * @param inputs in their order
     */
    record Signature(String domain, String operator, List<Input> inputs, int outputType) {}

    /** One input; one that is optional may be left out by a node. */
    record Input(int type, boolean optional) {}

    /** Attributes of one attention node. */
    record Attributes(int heads, int kvHeads, int headSize, int layer, float scale) {}

    /** A kernel of one node. */
    @FunctionalInterface
    interface Kernel {
        void compute(KernelContext context);
    }

    private final Arena arena = Arena.ofShared();
    private final Signature signature;
    private final Function<Attributes, Kernel> factory;
    private final List<Kernel> kernels = new ArrayList<>();
    private final MemorySegment operatorName;
    private final MemorySegment domain;

    /** Our operators; the factory makes their kernels, one per node. */
    CustomOperators(Function<Attributes, Kernel> factory) {
        this(PAGED_ATTENTION, factory);
    }

    /** An operator of another signature. */
    CustomOperators(Signature signature, Function<Attributes, Kernel> factory) {
        this.signature = signature;
        this.factory = factory;
        this.operatorName = arena.allocateFrom(signature.operator());
        MemorySegment name = arena.allocateFrom(signature.domain());
        this.domain = Ort.result(arena, out -> (MemorySegment) OrtApi.CREATE_CUSTOM_OP_DOMAIN.invokeExact(name, out));
        MemorySegment operator = operator();
        Ort.check(() -> (MemorySegment) OrtApi.CUSTOM_OP_DOMAIN_ADD.invokeExact(domain, operator));
    }

    MemorySegment domain() {
        return domain;
    }

    private MemorySegment operator() {
        MemorySegment struct = arena.allocate(STRUCT_BYTES, 8);
        struct.set(JAVA_INT, 0, OrtApi.VERSION);
        FunctionDescriptor text = FunctionDescriptor.of(ADDRESS, ADDRESS);
        FunctionDescriptor perInput = FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG);
        FunctionDescriptor count = FunctionDescriptor.of(JAVA_LONG, ADDRESS);
        FunctionDescriptor number = FunctionDescriptor.of(JAVA_INT, ADDRESS);
        stub(struct, 16, "name", text);
        stub(struct, 24, "executionProvider", text);
        stub(struct, 32, "inputType", perInput);
        stub(struct, 40, "inputCount", count);
        stub(struct, 48, "outputType", perInput);
        stub(struct, 56, "outputCount", count);
        stub(struct, 72, "destroyKernel", FunctionDescriptor.ofVoid(ADDRESS));
        stub(struct, 80, "inputCharacteristic", perInput);
        stub(struct, 88, "outputCharacteristic", perInput);
        stub(struct, 96, "memoryType", perInput);
        stub(struct, 136, "createKernel", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
        stub(struct, 144, "compute", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
        stub(struct, 160, "startVersion", number);
        stub(struct, 168, "endVersion", number);
        return struct;
    }

    private void stub(MemorySegment struct, long offset, String method, FunctionDescriptor descriptor) {
        try {
            MethodHandle target = MethodHandles.lookup()
                    .findVirtual(CustomOperators.class, method, descriptor.toMethodType())
                    .bindTo(this);
            struct.set(ADDRESS, offset, Linker.nativeLinker().upcallStub(target, descriptor, arena));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no callback " + method + ". This is a bug.", e);
        }
    }

    // Callbacks: called by ONNX Runtime through the stubs above.

    MemorySegment name(MemorySegment self) {
        return operatorName;
    }

    MemorySegment executionProvider(MemorySegment self) {
        return MemorySegment.NULL;
    }

    int inputType(MemorySegment self, long index) {
        return signature.inputs().get((int) index).type();
    }

    long inputCount(MemorySegment self) {
        return signature.inputs().size();
    }

    int outputType(MemorySegment self, long index) {
        return signature.outputType();
    }

    long outputCount(MemorySegment self) {
        return 1;
    }

    /** Required is 0, optional 1. */
    int inputCharacteristic(MemorySegment self, long index) {
        return signature.inputs().get((int) index).optional() ? 1 : 0;
    }

    int outputCharacteristic(MemorySegment self, long index) {
        return 0;
    }

    int memoryType(MemorySegment self, long index) {
        return 0;
    }

    int startVersion(MemorySegment self) {
        return 1;
    }

    int endVersion(MemorySegment self) {
        return Integer.MAX_VALUE;
    }

    MemorySegment createKernel(MemorySegment self, MemorySegment api, MemorySegment info, MemorySegment out) {
        try (Arena scratch = Arena.ofConfined()) {
            Attributes attributes = new Attributes(
                    integer(scratch, info, "num_heads"),
                    integer(scratch, info, "kv_num_heads"),
                    integer(scratch, info, "head_size"),
                    integer(scratch, info, "layer"),
                    real(scratch, info, "scale"));
            synchronized (kernels) {
                kernels.add(factory.apply(attributes));
                // The handle is the kernel's place plus one: null would mean that creation failed.
                out.reinterpret(ADDRESS.byteSize()).set(ADDRESS, 0, MemorySegment.ofAddress(kernels.size()));
            }
            return MemorySegment.NULL;
        } catch (Throwable e) {
            return status(e);
        }
    }

    void destroyKernel(MemorySegment kernel) {}

    MemorySegment compute(MemorySegment kernel, MemorySegment context) {
        try {
            kernels.get((int) kernel.address() - 1).compute(new KernelContext(context));
            return MemorySegment.NULL;
        } catch (Throwable e) {
            return status(e);
        }
    }

    private static int integer(Arena scratch, MemorySegment info, String name) {
        MemorySegment key = scratch.allocateFrom(name);
        MemorySegment value = scratch.allocate(JAVA_LONG);
        Ort.check(() -> (MemorySegment) OrtApi.ATTRIBUTE_INT.invokeExact(info, key, value));
        return Math.toIntExact(value.get(JAVA_LONG, 0));
    }

    private static float real(Arena scratch, MemorySegment info, String name) {
        MemorySegment key = scratch.allocateFrom(name);
        MemorySegment value = scratch.allocate(JAVA_FLOAT);
        Ort.check(() -> (MemorySegment) OrtApi.ATTRIBUTE_FLOAT.invokeExact(info, key, value));
        return value.get(JAVA_FLOAT, 0);
    }

    private static MemorySegment status(Throwable e) {
        try (Arena scratch = Arena.ofConfined()) {
            String message = e instanceof ExecutionFailure ? e.getMessage() : e.toString();
            return (MemorySegment)
                    OrtApi.CREATE_STATUS.invokeExact(FAIL, scratch.allocateFrom(String.valueOf(message)));
        } catch (Throwable second) {
            return MemorySegment.NULL;
        }
    }

    @Override
    public void close() {
        Ort.release(OrtApi.RELEASE_CUSTOM_OP_DOMAIN, domain);
        arena.close();
    }
}
