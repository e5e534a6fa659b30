package dev.sharegpt4v.server.testing;

import dev.sharegpt4v.models.chat.ChatTemplate;
import dev.sharegpt4v.models.chat.ContentPart;
import dev.sharegpt4v.models.chat.Conversation;
import dev.sharegpt4v.models.chat.Message;
import dev.sharegpt4v.models.chat.PromptBuilder;
import dev.sharegpt4v.models.chat.Role;
import dev.sharegpt4v.models.checkpoint.GenerationDefaults;
import dev.sharegpt4v.models.image.ImageProcessor;
import dev.sharegpt4v.models.image.Preprocessing;
import dev.sharegpt4v.models.testing.Tokenizers;
import dev.sharegpt4v.models.text.Tokenizer;
import dev.sharegpt4v.runtime.engine.Engine;
import dev.sharegpt4v.runtime.engine.EngineOptions;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.ModelShape;
import dev.sharegpt4v.runtime.testing.Continuation;
import dev.sharegpt4v.runtime.testing.ScriptedEncoder;
import dev.sharegpt4v.runtime.testing.ScriptedExecutor;
import dev.sharegpt4v.server.http.Constraints;
import dev.sharegpt4v.server.http.Identity;
import dev.sharegpt4v.server.http.OpenedModel;
import dev.sharegpt4v.server.http.ServedDevice;
import dev.sharegpt4v.server.http.ServedModel;
import dev.sharegpt4v.server.http.TemplateRules;
import dev.sharegpt4v.server.lifecycle.Loadable;
import dev.sharegpt4v.server.telemetry.ModelMetrics;
import dev.sharegpt4v.server.tracing.Tracing;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/** A model that says one text, whatever it is asked. */
public final class ScriptedModel implements Loadable {

    public static final EngineOptions ENGINE = new EngineOptions(4, 4, 256);
    static final int CONTEXT = 2048;
    static final long STARTED = 1_767_225_600;

    private static final ServedDevice DEVICE = new ServedDevice("script", "ScriptedExecutor", "no real device");
    private static final int IMAGE_ROWS = 81;
    private static final int END = 2;

    private final Tokenizer tokenizer = Tokenizers.demo();
    private final PromptBuilder prompts = new PromptBuilder(tokenizer, ChatTemplate.VICUNA_V1, 1, END);
    private final ScriptedExecutor executor;
    private final Engine engine;
    private final OpenedModel opened;

    /**
     * A model in memory.
     *
     * @param step waits before each step
     * @param encode waits before each batch of pictures
     */
    public ScriptedModel(
            String name,
            String text,
            TemplateRules templates,
            ModelMetrics metrics,
            Tracing tracing,
            Runnable step,
            Runnable encode) {
        ModelShape shape = ScriptedExecutor.shape(tokenizer.vocabularySize(), CONTEXT);
        this.executor = new ScriptedExecutor(shape, new KvGeometry(256, 16), script(text), step);
        this.engine = Engine.start(
                executor, new ScriptedEncoder(4, shape.hiddenSize(), encode), ENGINE, tracing.listen(metrics.engine()));
        metrics.watch(engine::snapshot);
        Preprocessing preprocessing =
                new Preprocessing(true, 126, 126, Preprocessing.CLIP_MEAN, Preprocessing.CLIP_STD);
        ServedModel served = new ServedModel(
                name,
                tokenizer,
                prompts,
                id -> embedding(id, shape.hiddenSize()),
                new ImageProcessor(preprocessing),
                IMAGE_ROWS,
                new GenerationDefaults(
                        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), List.of(END)),
                CONTEXT,
                engine,
                new Constraints(tokenizer),
                templates);
        Clock clock = Clock.fixed(Instant.ofEpochSecond(STARTED), ZoneOffset.UTC);
        Identity identity = new Identity(name, "0", "fp_test", STARTED, clock, DEVICE);
        this.opened = new OpenedModel(served, identity, metrics, this);
    }

    /** What stands for the embedding of a token: its id in one of the channels. */
    static float[] embedding(int id, int width) {
        float[] row = new float[width];
        row[id % width] = id;
        return row;
    }

    /** Says the text's tokens after the last "ASSISTANT:", then the end. */
    private Continuation script(String text) {
        int[] said = tokenizer.encode(text);
        int[] marker = tokenizer.encode("ASSISTANT:");
        return (prefix, vocabularySize) -> {
            int at = prefix.length - marker.length;
            while (at >= 0 && !isAt(prefix, at, marker)) {
                at--;
            }
            if (at < 0) {
                // Within the prompt.
                return said[0];
            }
            int place = prefix.length - marker.length - at;
            return place < said.length ? said[place] : END;
        };
    }

    private static boolean isAt(long[] prefix, int at, int[] marker) {
        for (int i = 0; i < marker.length; i++) {
            if (prefix[at + i] != marker[i]) {
                return false;
            }
        }
        return true;
    }

    /** As an opener gives it. */
    public OpenedModel opened() {
        return opened;
    }

    public Engine engine() {
        return engine;
    }

    public Tokenizer tokenizer() {
        return tokenizer;
    }

    public ScriptedExecutor executor() {
        return executor;
    }

    /** The prompt that a question without a picture becomes. */
    public Prompt prompt(String question) {
        return prompts.build(
                new Conversation(List.of(new Message(Role.USER, List.of(new ContentPart.Text(question))))));
    }

    @Override
    public boolean isHealthy() {
        return engine.snapshot().healthy();
    }

    @Override
    public void stop() {
        engine.close();
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
