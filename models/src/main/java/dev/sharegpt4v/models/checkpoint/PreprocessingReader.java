package dev.sharegpt4v.models.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sharegpt4v.models.image.Preprocessing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads how images are prepared: the processor's file of the tower or the checkpoint, and the flat config's pad. */
final class PreprocessingReader {

    private static final int BICUBIC = 3;
    private static final int LARGEST_SIDE = 1 << 14;

    private final Path folder;
    private final ConfigNumbers config;
    private final CheckpointConfig.Layout layout;

    PreprocessingReader(Path folder, ConfigNumbers config, CheckpointConfig.Layout layout) {
        this.folder = folder;
        this.config = config;
        this.layout = layout;
    }

    Preprocessing read(Optional<Path> tower, int imageSize) {
        ConfigNumbers processor = tower.flatMap(PreprocessingReader::processor)
                .or(() -> processor(folder))
                .orElseGet(() -> new ConfigNumbers(config.file(), JsonNodeFactory.instance.objectNode()));
        refuseOtherSteps(processor);
        boolean pad = pads(processor);
        int shortest = side(processor, "size", "shortest_edge", imageSize);
        int crop = side(processor, "crop_size", "height", imageSize);
        requireSquare(processor, pad);
        if (!processor.flag("do_center_crop", true)) {
            crop = shortest;
        }
        if (crop != imageSize || shortest < crop) {
            throw processor.refusal(
                    "a crop of " + crop + " from " + shortest + " does not fit a tower for images of " + imageSize);
        }
        return new Preprocessing(
                pad,
                shortest,
                crop,
                channels(processor, "image_mean", Preprocessing.CLIP_MEAN, false),
                channels(processor, "image_std", Preprocessing.CLIP_STD, true));
    }

    /** Newer versions of transformers keep the image processor inside processor_config.json. */
    private static Optional<ConfigNumbers> processor(Path folder) {
        Path own = folder.resolve("preprocessor_config.json");
        if (Files.isRegularFile(own)) {
            return Optional.of(new ConfigNumbers(own, Json.read(own)));
        }
        Path whole = folder.resolve("processor_config.json");
        return Optional.of(whole)
                .filter(Files::isRegularFile)
                .map(path -> new ConfigNumbers(path, Json.read(path)).child("image_processor"))
                .filter(processor -> processor.node().isObject());
    }

    private boolean pads(ConfigNumbers processor) {
        if (layout == CheckpointConfig.Layout.TRANSFORMERS) {
            return processor.flag("do_pad", false);
        }
        String ratio = config.text("image_aspect_ratio", "square");
        return switch (ratio) {
            case "pad" -> true;
            case "square" -> false;
            default -> throw config.refusal("image_aspect_ratio " + ratio + " is not supported");
        };
    }

    private static void refuseOtherSteps(ConfigNumbers processor) {
        for (String step : new String[] {"do_resize", "do_rescale", "do_normalize"}) {
            if (!processor.flag(step, true)) {
                throw processor.refusal("an image processor without " + step + " is not supported");
            }
        }
        if (processor.integer("resample", BICUBIC) != BICUBIC) {
            throw processor.refusal("images can only be resampled bicubically");
        }
        if (Math.abs(processor.positive("rescale_factor", 1 / 255.0) * 255 - 1) > 1e-6) {
            throw processor.refusal("pixels can only be scaled by 1/255");
        }
    }

    /** The tower takes squares: from a padded image, or cropped after a resize that keeps the proportions. */
    private static void requireSquare(ConfigNumbers processor, boolean pad) {
        ConfigNumbers size = processor.child("size");
        boolean distorts = size.has("height") && !size.has("shortest_edge");
        if (!pad && (distorts || !processor.flag("do_center_crop", true))) {
            throw processor.refusal("an image processor that neither pads nor crops is not supported");
        }
    }

    /** Older processors give a number, newer ones an object. */
    private static int side(ConfigNumbers processor, String key, String inner, int missing) {
        if (!processor.node().path(key).isObject()) {
            return processor.size(key, missing, LARGEST_SIDE);
        }
        ConfigNumbers size = processor.child(key);
        int height = size.size("height", missing, LARGEST_SIDE);
        if (size.size("width", height, LARGEST_SIDE) != height) {
            throw processor.refusal(key + " is not a square");
        }
        return size.size(inner, height, LARGEST_SIDE);
    }

    private static List<Double> channels(ConfigNumbers processor, String key, List<Double> missing, boolean divides) {
        if (!processor.has(key)) {
            return missing;
        }
        JsonNode node = processor.node().path(key);
        List<Double> values = new ArrayList<>();
        for (JsonNode value : node) {
            boolean fits = value.isNumber() && Math.abs(value.doubleValue()) <= 255;
            if (!fits || (divides && !(value.doubleValue() > 1e-6))) {
                throw processor.refusal(key + " of " + node + " holds an impossible value");
            }
            values.add(value.doubleValue());
        }
        if (!node.isArray() || values.size() != 3) {
            throw processor.refusal(key + " of " + node + " is not three numbers");
        }
        return values;
    }
}
