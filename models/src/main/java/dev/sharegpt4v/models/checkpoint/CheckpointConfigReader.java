package dev.sharegpt4v.models.checkpoint;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the configuration files of both layouts; what the family's code would do differently is refused. */
final class CheckpointConfigReader {

    private static final Set<String> ORIGINAL_TYPES = Set.of("share4v", "llava", "llava_llama");
    private static final Pattern GELU_PROJECTOR = Pattern.compile("mlp([1-9]\\d?)x_gelu");

    private final String name;
    private final Path folder;
    private final ConfigNumbers config;
    private final CheckpointConfig.Layout layout;

    /** Reads the configuration of a checkpoint folder, which gives the model its name. */
    CheckpointConfigReader(Path folder) {
        Path file = folder.resolve("config.json");
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(folder + ": holds no config.json, so it is no checkpoint");
        }
        this(nameOf(folder), folder, file);
    }

    /** Reads a configuration file of any name; files beside it count as if it were called config.json. */
    CheckpointConfigReader(String name, Path folder, Path file) {
        this.name = name;
        this.folder = folder;
        this.config = new ConfigNumbers(file, Json.read(file));
        this.layout = layout(config);
    }

    private static CheckpointConfig.Layout layout(ConfigNumbers config) {
        String type = config.text("model_type", "");
        if (config.has("quantization_config")) {
            throw config.refusal("the weights are quantised already; give the checkpoint as first published");
        }
        if (config.node().path("text_config").isObject()
                || config.node().path("vision_config").isObject()) {
            if (type.equals("llava")) {
                return CheckpointConfig.Layout.TRANSFORMERS;
            }
        } else if (ORIGINAL_TYPES.contains(type)) {
            return CheckpointConfig.Layout.ORIGINAL;
        }
        throw config.refusal("model type " + type + " is not of the LLaVA-1.5 family");
    }

    CheckpointConfig.Layout layout() {
        return layout;
    }

    /** What {@code mm_vision_tower} names: the repository or folder of the tower; empty in the transformers layout. */
    Optional<String> towerName() {
        return Optional.of(config.text("mm_vision_tower", "").strip()).filter(name -> !name.isEmpty());
    }

    /** Whether a checkpoint without a head uses the embedding table as its head. */
    boolean tiedHead() {
        boolean converted = layout == CheckpointConfig.Layout.TRANSFORMERS;
        // Old versions of transformers left the key out of a tied model's configuration, true being the default.
        boolean missing = converted && !text().has("tie_word_embeddings");
        return config.flag("tie_word_embeddings", missing) || text().flag("tie_word_embeddings", false);
    }

    /**
     * The whole configuration.
     *
     * @param tower the tower's own folder, where it has one
     * @param tensors by canonical name, whose shapes tell what an embedded tower without a configuration is
     */
    CheckpointConfig read(Optional<Path> tower, Map<String, MappedTensor> tensors) {
        DecoderConfig decoder = DecoderConfigReader.read(text());
        VisionConfig vision = new VisionConfigReader(config, layout).read(tower, tensors);
        int vocabulary = decoder.vocabularySize();
        return new CheckpointConfig(
                name,
                layout,
                decoder,
                vision,
                projectorLayers(),
                new PreprocessingReader(folder, config, layout).read(tower, vision.imageSize()),
                GenerationReader.read(folder, text(), vocabulary),
                text().id("bos_token_id", 1, vocabulary),
                GenerationReader.endTokens(text(), vocabulary).getFirst(),
                sampledVocabulary(vocabulary));
    }

    private ConfigNumbers text() {
        return switch (layout) {
            case ORIGINAL -> config;
            case TRANSFORMERS -> config.child("text_config");
        };
    }

    private static String nameOf(Path folder) {
        Path last = folder.toAbsolutePath().normalize().getFileName();
        return last == null ? "checkpoint" : last.toString();
    }

    private int projectorLayers() {
        if (layout == CheckpointConfig.Layout.TRANSFORMERS) {
            String activation = config.text("projector_hidden_act", "gelu");
            if (!activation.equals("gelu")) {
                throw config.refusal("projector activation " + activation + " is not supported");
            }
            return 2;
        }
        if (config.flag("mm_use_im_start_end", false)) {
            throw config.refusal("marks around images (mm_use_im_start_end) are of LLaVA before 1.5, not supported");
        }
        String type = config.text("mm_projector_type", "linear");
        Matcher matcher = GELU_PROJECTOR.matcher(type);
        if (matcher.matches()) {
            return Integer.parseInt(matcher.group(1));
        }
        return switch (type) {
            case "linear" -> 1;
            case "identity" -> 0;
            default -> throw config.refusal("projector type " + type + " is not supported");
        };
    }

    private int sampledVocabulary(int vocabulary) {
        return switch (layout) {
            case ORIGINAL -> vocabulary;
            case TRANSFORMERS -> SampledVocabulary.of(folder, config, vocabulary);
        };
    }
}
