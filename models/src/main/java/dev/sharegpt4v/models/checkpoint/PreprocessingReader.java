package dev.sharegpt4v.models.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.models.image.Preprocessing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads how images are prepared: preprocessor_config.json of the tower or the checkpoint, and the flat config's pad. */
final class PreprocessingReader {

    private final Path folder;
    private final ConfigNumbers config;

    PreprocessingReader(Path folder, ConfigNumbers config) {
        this.folder = folder;
        this.config = config;
    }

    Preprocessing read(CheckpointConfig.Layout layout, Optional<Path> tower, int imageSize) {
        Optional<Path> file = tower.map(path -> path.resolve("preprocessor_config.json"))
                .filter(Files::isRegularFile)
                .or(() ->
                        Optional.of(folder.resolve("preprocessor_config.json")).filter(Files::isRegularFile));
        boolean pad = switch (layout) {
            case ORIGINAL -> config.text("image_aspect_ratio", "").equals("pad");
            case TRANSFORMERS ->
                file.map(path -> Json.read(path).path("do_pad").asBoolean(false))
                        .orElse(false);
        };
        if (file.isEmpty()) {
            return new Preprocessing(pad, imageSize, imageSize, Preprocessing.CLIP_MEAN, Preprocessing.CLIP_STD);
        }
        JsonNode node = Json.read(file.get());
        ConfigNumbers numbers = new ConfigNumbers(file.get(), node);
        int shortest = side(numbers, "size", "shortest_edge", imageSize);
        int crop = side(numbers, "crop_size", "height", imageSize);
        if (crop != imageSize || shortest < crop) {
            throw new CheckpointException(
                    file.get() + ": a crop of " + crop + " does not fit a tower for images of " + imageSize);
        }
        return new Preprocessing(
                pad,
                shortest,
                crop,
                channels(node, "image_mean", Preprocessing.CLIP_MEAN),
                channels(node, "image_std", Preprocessing.CLIP_STD));
    }

    /** Older processors give a number, newer ones an object. */
    private static int side(ConfigNumbers numbers, String key, String inner, int missing) {
        JsonNode value = numbers.node().path(key);
        if (value.isObject()) {
            return numbers.child(key).size(inner, numbers.child(key).size("height", missing));
        }
        return numbers.size(key, missing);
    }

    private static List<Double> channels(JsonNode node, String key, List<Double> missing) {
        if (node.path(key).size() != 3) {
            return missing;
        }
        List<Double> values = new ArrayList<>();
        node.path(key).forEach(value -> values.add(value.asDouble()));
        return values;
    }
}
