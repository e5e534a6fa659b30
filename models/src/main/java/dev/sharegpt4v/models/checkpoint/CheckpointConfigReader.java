package dev.sharegpt4v.models.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads config.json, generation_config.json and preprocessor_config.json of both layouts. */
final class CheckpointConfigReader {

    private static final Set<String> ORIGINAL_TYPES = Set.of("share4v", "llava", "llava_llama");
    private static final Pattern GELU_PROJECTOR = Pattern.compile("mlp(\\d{1,2})x_gelu");

    private final String name;
    private final Path folder;
    private final ConfigNumbers config;

    /** Reads the configuration of a checkpoint folder, which gives the model its name. */
    CheckpointConfigReader(Path folder) {
        Path file = folder.resolve("config.json");
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(folder + ": holds no config.json, so it is no checkpoint");
        }
        this(folder.toAbsolutePath().normalize().getFileName().toString(), folder, file);
    }

    /** Reads a configuration file of any name; files beside it count as if it were called config.json. */
    CheckpointConfigReader(String name, Path folder, Path file) {
        this.name = name;
        this.folder = folder;
        this.config = new ConfigNumbers(file, Json.read(file));
    }

    CheckpointConfig.Layout layout() {
        String type = config.text("model_type", "");
        if (config.node().path("text_config").isObject()
                || config.node().path("vision_config").isObject()) {
            if (!type.equals("llava")) {
                throw new CheckpointException(
                        config.file() + ": model type " + type + " is not of the LLaVA-1.5 family");
            }
            return CheckpointConfig.Layout.TRANSFORMERS;
        }
        if (!ORIGINAL_TYPES.contains(type)) {
            throw new CheckpointException(config.file() + ": model type " + type + " is not of the LLaVA-1.5 family");
        }
        return CheckpointConfig.Layout.ORIGINAL;
    }

    /** What {@code mm_vision_tower} names: the repository or folder of the tower; empty in the transformers layout. */
    Optional<String> towerName() {
        return Optional.ofNullable(config.node().path("mm_vision_tower").textValue());
    }

    /** The whole configuration; the tower's own folder, where it has one, says what the tower is. */
    CheckpointConfig read(Optional<Path> tower) {
        CheckpointConfig.Layout layout = layout();
        ConfigNumbers text = switch (layout) {
            case ORIGINAL -> config;
            case TRANSFORMERS -> config.child("text_config");
        };
        DecoderConfig decoder = decoder(text);
        VisionConfig vision = vision(layout, tower);
        return new CheckpointConfig(
                name,
                layout,
                decoder,
                vision,
                projectorLayers(layout),
                new PreprocessingReader(folder, config).read(layout, tower, vision.imageSize()),
                generation(text),
                text.id("bos_token_id", 1),
                text.id("eos_token_id", 2),
                sampledVocabulary(layout, decoder.vocabularySize()));
    }

    private static DecoderConfig decoder(ConfigNumbers text) {
        int hidden = text.size("hidden_size", 4096);
        int heads = text.size("num_attention_heads", 32);
        int headSize = text.size("head_dim", hidden / heads);
        int kvHeads = text.size("num_key_value_heads", heads);
        if (headSize < 16 || headSize % 16 != 0 || heads % kvHeads != 0) {
            throw new CheckpointException(text.file() + ": " + heads + " heads of " + headSize + " channels over "
                    + kvHeads + " key/value heads are not supported; a head has a multiple of 16 channels");
        }
        JsonNode scaling = text.node().path("rope_scaling");
        JsonNode parameters = text.node().path("rope_parameters");
        String ropeType = parameters
                .path("rope_type")
                .asText(scaling.path("rope_type").asText(scaling.path("type").asText("default")));
        if (!ropeType.equals("default")) {
            throw new CheckpointException(text.file() + ": rotary scaling " + ropeType + " is not supported");
        }
        double theta =
                new ConfigNumbers(text.file(), parameters).positive("rope_theta", text.positive("rope_theta", 10_000));
        return new DecoderConfig(
                hidden,
                text.size("intermediate_size", 11_008),
                text.size("num_hidden_layers", 32),
                heads,
                kvHeads,
                headSize,
                text.size("vocab_size", 32_000),
                text.size("max_position_embeddings", 2_048),
                text.positive("rms_norm_eps", 1e-6),
                theta);
    }

    private VisionConfig vision(CheckpointConfig.Layout layout, Optional<Path> tower) {
        ConfigNumbers vision = switch (layout) {
            case TRANSFORMERS -> config.child("vision_config");
            case ORIGINAL -> tower.map(CheckpointConfigReader::towerConfig).orElseGet(this::embeddedTower);
        };
        int imageSize = vision.size("image_size", 336);
        int patchSize = vision.size("patch_size", 14);
        int hidden = vision.size("hidden_size", 1024);
        int heads = vision.size("num_attention_heads", 16);
        int layers = vision.size("num_hidden_layers", 24);
        if (imageSize < patchSize || hidden % heads != 0) {
            throw new CheckpointException(vision.file() + ": images of " + imageSize + " in patches of " + patchSize
                    + ", and " + hidden + " channels in " + heads + " heads, do not fit");
        }
        String select = config.text("mm_vision_select_feature", config.text("vision_feature_select_strategy", "patch"));
        int layer = config.id("mm_vision_select_layer", config.id("vision_feature_layer", -2));
        if (layer < -layers - 1 || layer > layers) {
            throw new CheckpointException(config.file() + ": a tower of " + layers + " layers has no layer " + layer);
        }
        return new VisionConfig(
                hidden,
                vision.size("intermediate_size", 4096),
                layers,
                heads,
                imageSize,
                patchSize,
                vision.positive("layer_norm_eps", 1e-5),
                activation(vision),
                layer,
                select.equals("cls_patch") || select.equals("full"));
    }

    private static String activation(ConfigNumbers vision) {
        String activation = vision.text("hidden_act", "quick_gelu");
        if (!Set.of("quick_gelu", "gelu").contains(activation)) {
            throw new CheckpointException(vision.file() + ": activation " + activation + " is not supported");
        }
        return activation;
    }

    private static ConfigNumbers towerConfig(Path tower) {
        Path file = tower.resolve("config.json");
        ConfigNumbers whole = new ConfigNumbers(file, Json.read(file));
        return whole.node().path("vision_config").isObject() ? whole.child("vision_config") : whole;
    }

    /** A tower embedded in the checkpoint has no configuration of its own beyond what a flat config may carry. */
    private ConfigNumbers embeddedTower() {
        JsonNode own = config.node().path("vision_config");
        return new ConfigNumbers(
                config.file(), own.isObject() ? own : config.node().path("mm_vision_config"));
    }

    private int projectorLayers(CheckpointConfig.Layout layout) {
        if (layout == CheckpointConfig.Layout.TRANSFORMERS) {
            String activation = config.text("projector_hidden_act", "gelu");
            if (!activation.equals("gelu")) {
                throw new CheckpointException(
                        config.file() + ": projector activation " + activation + " is not supported");
            }
            return 2;
        }
        String type = config.text("mm_projector_type", "linear");
        Matcher matcher = GELU_PROJECTOR.matcher(type);
        if (matcher.matches() && Integer.parseInt(matcher.group(1)) > 0) {
            return Integer.parseInt(matcher.group(1));
        }
        return switch (type) {
            case "linear" -> 1;
            case "identity" -> 0;
            default -> throw new CheckpointException(config.file() + ": projector type " + type + " is not supported");
        };
    }

    private GenerationDefaults generation(ConfigNumbers text) {
        Path file = folder.resolve("generation_config.json");
        JsonNode node = Files.isRegularFile(file)
                ? Json.read(file)
                : Json.parse("{}".getBytes(java.nio.charset.StandardCharsets.UTF_8), file);
        List<Integer> ends = new ArrayList<>();
        JsonNode end = node.path("eos_token_id");
        if (end.isArray()) {
            end.forEach(id -> ends.add(id.asInt()));
        } else {
            ends.add(end.asInt(text.id("eos_token_id", 2)));
        }
        return new GenerationDefaults(
                number(node, "temperature"),
                number(node, "top_p"),
                number(node, "top_k").map(Double::intValue),
                number(node, "repetition_penalty"),
                ends);
    }

    private static Optional<Double> number(JsonNode node, String key) {
        JsonNode value = node.path(key);
        return value.isNumber() ? Optional.of(value.doubleValue()) : Optional.empty();
    }

    /** Converted checkpoints carry an image token, a pad token and filler rows that are never meant to be sampled. */
    private int sampledVocabulary(CheckpointConfig.Layout layout, int vocabulary) {
        if (layout == CheckpointConfig.Layout.ORIGINAL) {
            return vocabulary;
        }
        int imageToken = config.id("image_token_index", config.id("image_token_id", vocabulary));
        return imageToken > 0 && imageToken < vocabulary ? imageToken : vocabulary;
    }
}
