package dev.sharegpt4v.server.command;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sharegpt4v.models.catalog.LoadedModel;
import dev.sharegpt4v.server.Captioner;
import dev.sharegpt4v.server.ServerConfig;
import dev.sharegpt4v.server.http.HttpLimits;
import dev.sharegpt4v.server.openai.CaptionRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code caption}: captions of files, without a server. */
@Command(name = "caption", description = "Captions image files.", mixinStandardHelpOptions = true)
final class CaptionCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Mixin
    ModelOptions model = new ModelOptions();

    @Parameters(paramLabel = "IMAGE", arity = "1..*", description = "Image files.")
    List<Path> images = List.of();

    @Option(names = "--prompt", description = "What to ask about each image.")
    String prompt = CaptionRequest.DETAILED;

    @Option(names = "--max-tokens", description = "Tokens of a caption at most (${DEFAULT-VALUE}).")
    int maxTokens = 512;

    @Option(names = "--json", description = "One JSON object a line.")
    boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        model.require("--max-tokens", maxTokens, 1, 1 << 24);
        ServerConfig config = model.server("127.0.0.1", 0, HttpLimits.DEFAULT, Duration.ZERO);
        int failed = 0;
        try (Captioner captioner = Captioner.open(LoadedModel.open(config.packageFolder()), config)) {
            for (Path image : images) {
                Map<String, String> line = new LinkedHashMap<>();
                line.put("image", image.toString());
                try {
                    line.put("caption", captioner.caption(Files.readAllBytes(image), prompt, maxTokens));
                } catch (NoSuchFileException e) {
                    failed++;
                    line.put("error", "there is no such file");
                } catch (IOException | RuntimeException e) {
                    failed++;
                    line.put("error", String.valueOf(e.getMessage()));
                }
                print(out, line);
            }
        }
        return failed == 0 ? 0 : 1;
    }

    private void print(PrintWriter out, Map<String, String> line) throws IOException {
        if (json) {
            out.println(new JsonMapper().writeValueAsString(line));
        } else if (line.containsKey("error")) {
            spec.commandLine().getErr().println(line.get("image") + ": " + line.get("error"));
        } else {
            out.println(images.size() == 1 ? line.get("caption") : line.get("image") + ": " + line.get("caption"));
        }
    }
}
