package dev.sharegpt4v.runtime.onnx;

import static java.lang.foreign.ValueLayout.ADDRESS;

import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An opened graph. Runs may come from one thread at a time. */
final class GraphSession implements AutoCloseable {

    private static final int TEXT_BYTES = 8192;

    private final Path path;
    private final MemorySegment session;
    private final List<String> inputs;
    private final List<String> outputs;
    private final Arena names = Arena.ofShared();
    private final Map<String, MemorySegment> nativeNames = new HashMap<>();

    private final Optional<Path> profile;

    private GraphSession(Path path, MemorySegment session, Optional<Path> profile) {
        this.path = path;
        this.session = session;
        this.profile = profile;
        this.inputs = names(OrtApi.SESSION_INPUT_COUNT, OrtApi.SESSION_INPUT_NAME);
        this.outputs = names(OrtApi.SESSION_OUTPUT_COUNT, OrtApi.SESSION_OUTPUT_NAME);
    }

    /**
     * Opens a graph.
     *
     * <p>The session's threads have the priority of the thread that opens it.
     *
     * @param provider what runs its operators
     * @param profile where the time of every operator is written when the session is closed, as a trace in JSON
     */
    static GraphSession open(Path path, Provider provider, Optional<Path> profile) {
        if (!Files.isRegularFile(path)) {
            throw new ExecutionFailure(ExecutionFailure.Kind.FATAL, "the graph " + path + " is not there");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment options =
                    Ort.result(arena, out -> (MemorySegment) OrtApi.CREATE_SESSION_OPTIONS.invokeExact(out));
            try {
                // Shapes change with every step: a plan per shape would be kept for ever.
                Ort.check(() -> (MemorySegment) OrtApi.DISABLE_MEM_PATTERN.invokeExact(options));
                Ort.check(() -> (MemorySegment) OrtApi.SET_INTER_OP_THREADS.invokeExact(options, 1));
                provider.configure(arena, options);
                profile.ifPresent(file -> profile(arena, options, file));
                MemorySegment file = arena.allocateFrom(path.toAbsolutePath().toString(), StandardCharsets.UTF_8);
                MemorySegment session = Ort.result(arena, out ->
                        (MemorySegment) OrtApi.CREATE_SESSION.invokeExact(Ort.environment(), file, options, out));
                return new GraphSession(path, session, profile);
            } finally {
                Ort.release(OrtApi.RELEASE_SESSION_OPTIONS, options);
            }
        }
    }

    private static void profile(Arena arena, MemorySegment options, Path file) {
        MemorySegment prefix = arena.allocateFrom(file.toAbsolutePath().toString());
        Ort.check(() -> (MemorySegment) OrtApi.ENABLE_PROFILING.invokeExact(options, prefix));
    }

    /** Fails with the missing names unless the graph has exactly these inputs and at least this output. */
    void require(List<String> expectedInputs, String expectedOutput) {
        if (!inputs.containsAll(expectedInputs) || !expectedInputs.containsAll(inputs)) {
            throw new ExecutionFailure(
                    ExecutionFailure.Kind.FATAL,
                    "the graph " + path + " has inputs " + inputs + " instead of " + expectedInputs);
        }
        if (!outputs.contains(expectedOutput)) {
            throw new ExecutionFailure(
                    ExecutionFailure.Kind.FATAL, "the graph " + path + " has no output " + expectedOutput);
        }
    }

    /** ONNX Runtime's handle. */
    MemorySegment handle() {
        return session;
    }

    /** Names of all inputs. */
    List<String> inputs() {
        return inputs;
    }

    /** Runs the graph; the output's memory receives the result. */
    void run(List<NativeTensor> feeds, NativeTensor output) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment inputNames = arena.allocate(ADDRESS, feeds.size());
            MemorySegment values = arena.allocate(ADDRESS, feeds.size());
            for (int i = 0; i < feeds.size(); i++) {
                inputNames.setAtIndex(ADDRESS, i, nativeName(feeds.get(i).name()));
                values.setAtIndex(ADDRESS, i, feeds.get(i).value());
            }
            MemorySegment outputNames = arena.allocate(ADDRESS);
            outputNames.set(ADDRESS, 0, nativeName(output.name()));
            MemorySegment results = arena.allocate(ADDRESS);
            results.set(ADDRESS, 0, output.value());
            Ort.check(() -> (MemorySegment) OrtApi.RUN.invokeExact(
                    session, MemorySegment.NULL, inputNames, values, (long) feeds.size(), outputNames, 1L, results));
        }
    }

    /** A name in native memory that lives as long as the session. */
    MemorySegment nativeName(String name) {
        return nativeNames.computeIfAbsent(name, names::allocateFrom);
    }

    private List<String> names(MethodHandle count, MethodHandle name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment allocator = allocator(arena);
            long total = Ort.result(arena, out -> (MemorySegment) count.invokeExact(session, out))
                    .address();
            List<String> found = new ArrayList<>();
            for (long i = 0; i < total; i++) {
                long index = i;
                found.add(text(allocator, Ort.result(arena, out ->
                        (MemorySegment) name.invokeExact(session, index, allocator, out))));
            }
            return List.copyOf(found);
        }
    }

    private static MemorySegment allocator(Arena arena) {
        return Ort.result(arena, out -> (MemorySegment) OrtApi.DEFAULT_ALLOCATOR.invokeExact(out));
    }

    /** Takes a text over from ONNX Runtime. */
    private static String text(MemorySegment allocator, MemorySegment text) {
        String copy = text.reinterpret(TEXT_BYTES).getString(0);
        Ort.check(() -> (MemorySegment) OrtApi.ALLOCATOR_FREE.invokeExact(allocator, text));
        return copy;
    }

    /** The runtime adds the time of day to a trace's name; it gets the name that was asked for. */
    private void endProfile(Path file) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment allocator = allocator(arena);
            String written = text(allocator, Ort.result(arena, out ->
                    (MemorySegment) OrtApi.END_PROFILING.invokeExact(session, allocator, out)));
            Files.move(Path.of(written), file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the profile " + file, e);
        }
    }

    @Override
    public void close() {
        profile.ifPresent(this::endProfile);
        Ort.release(OrtApi.RELEASE_SESSION, session);
        names.close();
    }
}
