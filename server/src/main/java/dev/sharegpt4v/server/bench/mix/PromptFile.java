package dev.sharegpt4v.server.bench.mix;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * Reads prompts: one a line, or JSON.
 *
 * <p>JSON is an array ({@code .json}) or one object a line ({@code .jsonl}). An object holds {@code prompt}, or
 * {@code conversations} as ShareGPT's files do, or {@code messages} as OpenAI's requests do, of which the first of the user
 * counts. It may hold {@code output_tokens}, and names of pictures beside the file in {@code image} or {@code image_files}.
 */
public final class PromptFile {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String PLACE = "<image>";

    private PromptFile() {}

    /**
     * Reads all prompts of a file.
     *
     * @throws IllegalArgumentException when it has none or something is not as it should be
     * @throws UncheckedIOException when it or a picture cannot be read
     */
    public static Prompts.Listed read(Path file) {
        try {
            String name = file.getFileName().toString();
            List<Prompts.Prompt> prompts = new ArrayList<>();
            if (name.endsWith(".json")) {
                JSON.readTree(file.toFile()).forEach(entry -> prompts.add(prompt(entry, file)));
            } else {
                for (String line : Files.readAllLines(file)) {
                    if (!line.isBlank()) {
                        prompts.add(
                                name.endsWith(".jsonl")
                                        ? prompt(JSON.readTree(line), file)
                                        : Prompts.Prompt.of(line.strip()));
                    }
                }
            }
            if (prompts.isEmpty()) {
                throw new IllegalArgumentException(file + " holds no prompts");
            }
            return new Prompts.Listed(prompts);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + " is not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the prompts " + file, e);
        }
    }

    private static Prompts.Prompt prompt(JsonNode entry, Path file) {
        String text = text(entry)
                .map(words -> words.replace(PLACE, "").strip())
                .filter(words -> !words.isEmpty())
                .orElseThrow(() -> new IllegalArgumentException(
                        file + ": an entry has no prompt, conversations or messages with the user's words"));
        JsonNode tokens = entry.path("output_tokens");
        List<byte[]> pictures = Stream.concat(names(entry.path("image")), names(entry.path("image_files")))
                .map(name -> picture(file, name))
                .toList();
        return new Prompts.Prompt(
                text,
                tokens.canConvertToInt() && tokens.asInt() > 0 ? OptionalInt.of(tokens.asInt()) : OptionalInt.empty(),
                pictures.isEmpty() ? Optional.empty() : Optional.of(pictures));
    }

    private static Optional<String> text(JsonNode entry) {
        if (entry.path("prompt").isTextual()) {
            return Optional.of(entry.path("prompt").asText());
        }
        for (JsonNode turn : entry.path("conversations")) {
            if (turn.path("from").asText().equals("human")
                    || turn.path("from").asText().equals("user")) {
                return Optional.of(turn.path("value").asText());
            }
        }
        for (JsonNode message : entry.path("messages")) {
            JsonNode content = message.path("content");
            if (message.path("role").asText().equals("user")) {
                return Optional.of(content.isTextual() ? content.asText() : firstText(content));
            }
        }
        return Optional.empty();
    }

    private static String firstText(JsonNode parts) {
        for (JsonNode part : parts) {
            if (part.path("text").isTextual()) {
                return part.path("text").asText();
            }
        }
        return "";
    }

    private static Stream<String> names(JsonNode node) {
        if (node.isTextual()) {
            return Stream.of(node.asText());
        }
        List<String> names = new ArrayList<>();
        node.forEach(name -> names.add(name.asText()));
        return names.stream();
    }

    private static byte[] picture(Path file, String name) {
        try {
            return Files.readAllBytes(file.resolveSibling(name));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the picture " + name + " of " + file, e);
        }
    }
}
