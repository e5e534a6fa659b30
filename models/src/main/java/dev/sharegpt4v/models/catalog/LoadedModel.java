package dev.sharegpt4v.models.catalog;

import dev.sharegpt4v.models.chat.ChatTemplate;
import dev.sharegpt4v.models.chat.ContentPart;
import dev.sharegpt4v.models.chat.Conversation;
import dev.sharegpt4v.models.chat.Message;
import dev.sharegpt4v.models.chat.PromptBuilder;
import dev.sharegpt4v.models.chat.Role;
import dev.sharegpt4v.models.checkpoint.CheckpointConfig;
import dev.sharegpt4v.models.checkpoint.GenerationDefaults;
import dev.sharegpt4v.models.image.ImageLimits;
import dev.sharegpt4v.models.image.ImageProcessor;
import dev.sharegpt4v.models.image.Orientation;
import dev.sharegpt4v.models.text.Tokenizer;
import dev.sharegpt4v.runtime.engine.Generation;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.runtime.engine.StopRule;
import dev.sharegpt4v.runtime.execution.ModelShape;
import dev.sharegpt4v.runtime.onnx.GraphPaths;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A model package that is ready for prompts; its graphs are named here and opened by the runtime. Thread-safe. */
public final class LoadedModel implements AutoCloseable {

    private final Path folder;
    private final PackageManifest manifest;
    private final Tokenizer tokenizer;
    private final PromptBuilder prompts;
    private final ImageProcessor images;

    private LoadedModel(Path folder, PackageManifest manifest, ChatTemplate template, Tokenizer tokenizer) {
        CheckpointConfig model = manifest.model();
        this.folder = folder;
        this.manifest = manifest;
        this.tokenizer = tokenizer;
        this.prompts = new PromptBuilder(tokenizer, template, model.beginToken(), model.endToken());
        this.images = new ImageProcessor(model.preprocessing());
    }

    /**
     * Opens a package; checks that its files are there in their sizes.
     *
     * @throws PackageException when the folder is not a package that this version can use
     * @throws dev.sharegpt4v.models.text.TokenizerException when the tokenizer cannot be read
     */
    public static LoadedModel open(Path packageFolder) {
        PackageManifest manifest = ManifestJson.read(packageFolder);
        PackageFiles.checkSizes(packageFolder, manifest);
        ChatTemplate template = ChatTemplate.named(manifest.template())
                .orElseThrow(() -> new PackageException(
                        PackageException.Kind.MALFORMED_MANIFEST,
                        packageFolder + ": there is no chat template " + manifest.template()));
        Tokenizer tokenizer = Tokenizer.load(packageFolder.resolve(PackageManifest.TOKENIZER));
        int rows = manifest.model().decoder().vocabularySize();
        if (tokenizer.vocabularySize() > rows) {
            tokenizer.close();
            throw new PackageException(
                    PackageException.Kind.MALFORMED_MANIFEST,
                    "%s: its tokenizer has %d pieces and its decoder knows %d; one of them belongs to another model"
                            .formatted(packageFolder, tokenizer.vocabularySize(), rows));
        }
        return new LoadedModel(packageFolder, manifest, template, tokenizer);
    }

    public String name() {
        return manifest.name();
    }

    public PackageManifest manifest() {
        return manifest;
    }

    public ModelShape shape() {
        return manifest.shape();
    }

    public Tokenizer tokenizer() {
        return tokenizer;
    }

    public PromptBuilder prompts() {
        return prompts;
    }

    public ImageProcessor images() {
        return images;
    }

    /** Prompt positions that an image takes. */
    public int imageFeatureRows() {
        return manifest.model().vision().featureRows();
    }

    public GenerationDefaults generation() {
        return manifest.model().generation();
    }

    /**
     * A question about pictures in the model's own format, for programs without a server.
     *
     * @param images encoded files, such as JPEG or PNG
     * @throws dev.sharegpt4v.models.image.ImageException when one of them is no picture
     */
    public Prompt prompt(String question, byte[]... images) {
        List<ContentPart> parts = new ArrayList<>();
        for (byte[] image : images) {
            parts.add(new ContentPart.Image(
                    this.images.prepare(image, ImageLimits.DEFAULT, Orientation.APPLY, imageFeatureRows())));
        }
        parts.add(new ContentPart.Text(question));
        return prompts.build(new Conversation(List.of(new Message(Role.USER, parts))));
    }

    /** Ends an answer where the model ends it, and at the latest after so many tokens. */
    public StopRule stopAfter(int maxTokens) {
        return new StopRule(maxTokens, 0, Set.copyOf(generation().endTokens()));
    }

    /**
     * Waits for a whole answer.
     *
     * @throws dev.sharegpt4v.runtime.engine.EngineException when the engine could not go on with it
     */
    public String text(Generation generation) throws InterruptedException {
        return new AnswerText(
                        tokenizer,
                        prompts.template().stopStrings(),
                        generation().endTokens())
                .read(generation);
    }

    /**
     * The graphs, for the CPU.
     *
     * @throws PackageException as {@link #graphs(Device)} does
     */
    public GraphPaths graphs() {
        return graphs(Device.CPU);
    }

    /**
     * The graphs, for a device.
     *
     * @throws PackageException when they are written for another one; the message says what makes the right package
     */
    public GraphPaths graphs(Device device) {
        manifest.requireDevice(device, folder);
        return new GraphPaths(
                folder.resolve(PackageManifest.VISION_GRAPH),
                folder.resolve(PackageManifest.DECODER_GRAPH),
                device == Device.CPU && manifest.weights().padsSingleRows());
    }

    /** Frees the tokenizer; executors that were opened on the graphs live on. */
    @Override
    public void close() {
        tokenizer.close();
    }
}
