package dev.sharegpt4v.server.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.models.checkpoint.Checkpoint;
import dev.sharegpt4v.models.checkpoint.Checkpoints;
import dev.sharegpt4v.models.convert.ConversionOptions;
import dev.sharegpt4v.models.convert.ConversionProgress;
import dev.sharegpt4v.models.convert.Converter;
import dev.sharegpt4v.models.convert.TokenizerSource;
import dev.sharegpt4v.models.convert.WeightFormat;
import dev.sharegpt4v.runtime.engine.EngineOptions;
import dev.sharegpt4v.runtime.execution.KvFormat;
import dev.sharegpt4v.server.Application;
import dev.sharegpt4v.server.DeviceChoice;
import dev.sharegpt4v.server.KvBudget;
import dev.sharegpt4v.server.ServerConfig;
import dev.sharegpt4v.server.http.HttpLimits;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;

/** The demo checkpoint of this repository, converted and served as a fresh clone does it. */
final class DemoServer implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Path CHECKPOINT = Path.of("..", "models", "demo", "sharegpt4v-demo");

    private final HttpClient client = HttpClient.newHttpClient();
    private final Application application;

    /** Makes the package of the checkpoint. */
    static void convert(Path packageFolder) {
        try (Checkpoint checkpoint = Checkpoints.open(CHECKPOINT, Optional.empty())) {
            Converter.convert(
                    checkpoint,
                    TokenizerSource.of(CHECKPOINT),
                    packageFolder,
                    ConversionOptions.of(WeightFormat.FP32),
                    ConversionProgress.NONE);
        }
    }

    DemoServer(Path packageFolder) {
        convert(packageFolder);
        this.application = Application.start(new ServerConfig(
                packageFolder,
                Optional.empty(),
                "127.0.0.1",
                0,
                DeviceChoice.CPU,
                2,
                2,
                4,
                new KvBudget(64, KvFormat.FP16, new KvBudget.Bytes(256L << 20)),
                true,
                new EngineOptions(32, 256, 256),
                HttpLimits.DEFAULT,
                Duration.ZERO));
    }

    /** The greedy caption of a picture, by the standard prompt. */
    String caption(byte[] picture) throws IOException, InterruptedException {
        ObjectNode body = JSON.createObjectNode();
        body.put("image", uri(picture));
        body.put("temperature", 0);
        return post("/v1/captions", body).at("/data/0/caption").asText();
    }

    /** The greedy answer to a question about a picture. */
    String answer(byte[] picture, String question) throws IOException, InterruptedException {
        ObjectNode body = JSON.createObjectNode();
        body.put("model", application.modelName());
        body.put("temperature", 0);
        ObjectNode message = body.putArray("messages").addObject();
        message.put("role", "user");
        var content = message.putArray("content");
        content.addObject().put("type", "image_url").putObject("image_url").put("url", uri(picture));
        content.addObject().put("type", "text").put("text", question);
        return post("/v1/chat/completions", body)
                .at("/choices/0/message/content")
                .asText();
    }

    /** The answer to a chat request, whatever its status; the model's name is put in. */
    JsonNode chat(ObjectNode body) throws IOException, InterruptedException {
        body.put("model", application.modelName());
        return JSON.readTree(send("/v1/chat/completions", body).body());
    }

    /** A sample of a metric. */
    double metric(String sample) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri("/metrics")).build();
        return client.send(request, HttpResponse.BodyHandlers.ofString())
                .body()
                .lines()
                .filter(line -> line.startsWith(sample + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(sample.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    private JsonNode post(String path, JsonNode body) throws IOException, InterruptedException {
        HttpResponse<String> response = send(path, body);
        if (response.statusCode() != 200) {
            throw new IOException(response.statusCode() + " " + response.body());
        }
        return JSON.readTree(response.body());
    }

    private HttpResponse<String> send(String path, JsonNode body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + application.port() + path);
    }

    private static String uri(byte[] picture) {
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(picture);
    }

    @Override
    public void close() {
        application.close();
        client.close();
    }
}
