package dev.sharegpt4v.server.command;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sharegpt4v.models.catalog.LoadedModel;
import dev.sharegpt4v.models.image.ImageException;
import dev.sharegpt4v.runtime.engine.EngineException;
import dev.sharegpt4v.server.Captioner;
import dev.sharegpt4v.server.ModelConfig;
import dev.sharegpt4v.server.http.HttpLimits;
import dev.sharegpt4v.server.openai.CaptionRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code caption}: captions of files and folders, without a server; several share the engine's steps. */
@Command(name = "caption", description = "Captions image files.", mixinStandardHelpOptions = true)
final class CaptionCommand implements Callable<Integer> {

    private static final JsonMapper JSON = new JsonMapper();
    /** The engine's queue has so many places. */
    private static final int MOST_AT_ONCE = 256;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Mixin
    ModelOptions model = new ModelOptions();

    @Parameters(paramLabel = "IMAGE", arity = "1..*", description = "Image files, and folders of them.")
    List<Path> images = List.of();

    @Option(names = "--prompt", description = "What to ask about each image.")
    String prompt = CaptionRequest.DETAILED;

    @Option(names = "--max-tokens", description = "Tokens of a caption at most (${DEFAULT-VALUE}).")
    int maxTokens = 512;

    @Option(names = "--json", description = "One JSON object a line.")
    boolean json;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "Adds JSON lines to this file instead of printing, and leaves out images that have one there."
                    + " Images that cannot be captioned have an error there, and are no failure.")
    @Nullable
    Path output;

    @Option(
            names = "--shard",
            paramLabel = "INDEX/COUNT",
            converter = Shard.Reader.class,
            description = "One of COUNT equal parts of the images, from 0.")
    Shard shard = Shard.ALL;

    @Option(names = "--concurrency", paramLabel = "N", description = "Images under way at one time (${DEFAULT-VALUE}).")
    int concurrency = 16;

    @Override
    public Integer call() throws InterruptedException {
        model.require("--max-tokens", maxTokens, 1, 1 << 24);
        model.require("--concurrency", concurrency, 1, MOST_AT_ONCE);
        List<Path> all = PictureFiles.of(images);
        if (all.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "there are no images in " + images.getFirst());
        }
        List<Path> own = shard.of(all);
        return output == null ? print(own) : write(own, output);
    }

    private int print(List<Path> files) throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        return caption(files, line -> print(out, line)) == 0 ? 0 : 1;
    }

    private int write(List<Path> files, Path target) throws InterruptedException {
        try (CaptionLog log = CaptionLog.open(target);
                Progress progress = Progress.counting("images")) {
            List<Path> left = files.stream().filter(file -> !log.holds(file)).toList();
            int[] done = {files.size() - left.size()};
            int failed = left.isEmpty()
                    ? 0
                    : caption(left, line -> {
                        log.add(line);
                        progress.progressed("captioning", ++done[0], files.size());
                    });
            spec.commandLine()
                    .getOut()
                    .printf(
                            "%s: %d images, %d of them now, %d of those without a caption%n",
                            target, files.size(), left.size(), failed);
        }
        return 0;
    }

    /** Tells the lines of all files in their order; the number of those that failed. */
    private int caption(List<Path> files, Consumer<Map<String, String>> lines) throws InterruptedException {
        ModelConfig config = model.server("127.0.0.1", 0, HttpLimits.DEFAULT, Duration.ZERO)
                .models()
                .getFirst();
        int failed = 0;
        try (Captioner captioner = Captioner.open(LoadedModel.open(config.folder()), config);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Iterator<Path> waiting = files.iterator();
            ArrayDeque<Future<Map<String, String>>> underWay = new ArrayDeque<>();
            while (waiting.hasNext() || !underWay.isEmpty()) {
                while (waiting.hasNext() && underWay.size() < concurrency) {
                    Path file = waiting.next();
                    underWay.add(threads.submit(() -> line(captioner, file)));
                }
                Map<String, String> line = result(underWay.remove());
                failed += line.containsKey("error") ? 1 : 0;
                lines.accept(line);
            }
        }
        return failed;
    }

    private Map<String, String> line(Captioner captioner, Path image) throws InterruptedException {
        Map<String, String> line = new LinkedHashMap<>();
        line.put("image", image.toString());
        try {
            line.put("caption", captioner.caption(Files.readAllBytes(image), prompt, maxTokens));
        } catch (NoSuchFileException e) {
            line.put("error", "there is no such file");
        } catch (IOException | ImageException | EngineException.TooLong e) {
            // What is wrong with the engine or the model ends the run instead.
            line.put("error", String.valueOf(e.getMessage()));
        }
        return line;
    }

    private static Map<String, String> result(Future<Map<String, String>> line) throws InterruptedException {
        try {
            return line.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("captioning ended unexpectedly", e.getCause());
        }
    }

    private void print(PrintWriter out, Map<String, String> line) {
        if (json) {
            out.println(JSON.valueToTree(line).toString());
        } else if (line.containsKey("error")) {
            spec.commandLine().getErr().println(line.get("image") + ": " + line.get("error"));
        } else {
            out.println(
                    images.size() == 1 && !Files.isDirectory(images.getFirst())
                            ? line.get("caption")
                            : line.get("image") + ": " + line.get("caption"));
        }
    }
}
