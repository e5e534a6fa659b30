package dev.sharegpt4v.server.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.Application;
import dev.sharegpt4v.server.http.HttpLimits;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import javax.imageio.ImageIO;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code rehearse}: a start with a few requests and an end, whose classes the JVM keeps for the next starts (JEP 350,
 * {@code -XX:ArchiveClassesAtExit}). Run by whoever builds, not by users.
 */
@Command(name = "rehearse", description = "Starts, answers a few requests, and ends.", hidden = true)
final class RehearseCommand implements Callable<Integer> {

    private static final int SIDE = 64;

    @Mixin
    ModelOptions model = new ModelOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        // The command whose starts this is about has more options than this one.
        CommandLine.populateCommand(new ServeCommand());
        try (Application application =
                        Application.start(model.server("127.0.0.1", 0, HttpLimits.DEFAULT, Duration.ofSeconds(30)));
                HttpClient client = HttpClient.newHttpClient()) {
            String url = "http://127.0.0.1:" + application.port();
            for (String path : List.of("/health/ready", "/v1/models", "/metrics")) {
                require(client.send(request(url + path).build(), BodyHandlers.ofString()));
            }
            for (boolean stream : new boolean[] {false, true}) {
                HttpRequest chat = request(url + "/v1/chat/completions")
                        .header("content-type", "application/json")
                        .POST(BodyPublishers.ofString(
                                chat(application.modelName(), stream).toString()))
                        .build();
                require(client.send(chat, BodyHandlers.ofString()));
            }
        }
        return 0;
    }

    private static HttpRequest.Builder request(String url) {
        return HttpRequest.newBuilder(URI.create(url));
    }

    private static ObjectNode chat(String name, boolean stream) throws IOException {
        ObjectNode chat = JsonNodeFactory.instance.objectNode();
        chat.put("model", name).put("stream", stream).put("max_tokens", 24);
        ObjectNode message = chat.putArray("messages").addObject().put("role", "user");
        var parts = message.putArray("content");
        parts.addObject().put("type", "image_url").putObject("image_url").put("url", picture());
        parts.addObject().put("type", "text").put("text", "What is it?");
        return chat;
    }

    private static String picture() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB), "png", bytes);
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    private static void require(HttpResponse<String> answer) {
        if (answer.statusCode() != 200) {
            throw new IllegalStateException("the rehearsal got " + answer.statusCode() + ": " + answer.body());
        }
    }
}
