package dev.sharegpt4v.models.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads what the vision tower is, and which of its states are the features. */
final class VisionConfigReader {

    private static final int LARGEST_WIDTH = 1 << 16;
    private static final int LARGEST_IMAGE = 4_096;
    private static final int MOST_HEADS = 1_024;
    private static final int MOST_LAYERS = 1_000;

    private final ConfigNumbers config;
    private final CheckpointConfig.Layout layout;

    VisionConfigReader(ConfigNumbers config, CheckpointConfig.Layout layout) {
        this.config = config;
        this.layout = layout;
    }

    VisionConfig read(Optional<Path> tower, Map<String, MappedTensor> tensors) {
        TowerSizes missing;
        ConfigNumbers vision;
        Optional<Path> file = tower.map(folder -> folder.resolve("config.json")).filter(Files::isRegularFile);
        if (layout == CheckpointConfig.Layout.TRANSFORMERS) {
            vision = config.child("vision_config");
            missing = vision.node().isObject() ? TowerSizes.CLIP_DEFAULTS : TowerSizes.CLIP_LARGE_336;
        } else if (file.isPresent()) {
            vision = towerConfig(file.get());
            missing = TowerSizes.CLIP_DEFAULTS;
        } else {
            vision = config.child("mm_vision_config");
            missing = tensors.isEmpty() ? TowerSizes.CLIP_LARGE_336 : TowerSizes.ofTensors(config, tensors);
        }
        return read(vision, missing);
    }

    private VisionConfig read(ConfigNumbers vision, TowerSizes missing) {
        refuseOtherTowers(vision);
        int hidden = vision.size("hidden_size", missing.hidden(), LARGEST_WIDTH);
        int heads = vision.size("num_attention_heads", missing.heads(), MOST_HEADS);
        int layers = vision.size("num_hidden_layers", missing.layers(), MOST_LAYERS);
        int imageSize = vision.size("image_size", missing.imageSize(), LARGEST_IMAGE);
        int patchSize = vision.size("patch_size", missing.patchSize(), LARGEST_IMAGE);
        if (imageSize < patchSize || hidden % heads != 0) {
            throw vision.refusal("images of " + imageSize + " in patches of " + patchSize + ", and " + hidden
                    + " channels in " + heads + " heads, do not fit");
        }
        return new VisionConfig(
                hidden,
                vision.size("intermediate_size", missing.intermediate(), LARGEST_WIDTH),
                layers,
                heads,
                imageSize,
                patchSize,
                vision.positive("layer_norm_eps", 1e-5),
                activation(vision),
                featureLayer(layers),
                keepsClassToken());
    }

    private static void refuseOtherTowers(ConfigNumbers vision) {
        String type = vision.text("model_type", "clip_vision_model");
        if (!Set.of("clip_vision_model", "clip").contains(type)) {
            throw vision.refusal("a vision tower of type " + type + " is not supported");
        }
        if (vision.size("num_channels", 3, Integer.MAX_VALUE) != 3) {
            throw vision.refusal("a tower for images without three channels is not supported");
        }
    }

    private static ConfigNumbers towerConfig(Path file) {
        ConfigNumbers whole = new ConfigNumbers(file, Json.read(file));
        JsonNode nested = whole.node().path("vision_config");
        return nested.isObject() ? whole.child("vision_config") : whole;
    }

    private static String activation(ConfigNumbers vision) {
        String activation = vision.text("hidden_act", "quick_gelu");
        if (!Set.of("quick_gelu", "gelu").contains(activation)) {
            throw vision.refusal("activation " + activation + " is not supported");
        }
        return activation;
    }

    private int featureLayer(int layers) {
        int layer = switch (layout) {
            case ORIGINAL -> config.integer("mm_vision_select_layer", -2);
            case TRANSFORMERS -> config.integer("vision_feature_layer", -2);
        };
        if (layer < -layers - 1 || layer > layers) {
            throw config.refusal("a tower of " + layers + " layers has no layer " + layer);
        }
        return layer;
    }

    private boolean keepsClassToken() {
        String feature = switch (layout) {
            case ORIGINAL -> config.text("mm_vision_select_feature", "patch");
            case TRANSFORMERS -> config.text("vision_feature_select_strategy", "default");
        };
        return switch (feature) {
            case "patch", "default" -> false;
            case "cls_patch", "full" -> true;
            default -> throw config.refusal("vision features " + feature + " are not supported");
        };
    }
}
