package dev.sharegpt4v.models.langchain4j;

import dev.sharegpt4v.models.chat.ChatTemplate;
import dev.sharegpt4v.models.chat.PromptBuilder;
import dev.sharegpt4v.models.checkpoint.GenerationDefaults;
import dev.sharegpt4v.models.image.ImageLimits;
import dev.sharegpt4v.models.image.ImageProcessor;
import dev.sharegpt4v.models.image.Preprocessing;
import dev.sharegpt4v.models.testing.Tokenizers;
import dev.sharegpt4v.models.text.Tokenizer;
import dev.sharegpt4v.runtime.engine.Engine;
import dev.sharegpt4v.runtime.engine.EngineListener;
import dev.sharegpt4v.runtime.engine.EngineOptions;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.ModelShape;
import dev.sharegpt4v.runtime.testing.ScriptedEncoder;
import dev.sharegpt4v.runtime.testing.ScriptedExecutor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/** An engine whose model knows the answers to the questions of LangChain4j's tests, if it gets all that they need. */
final class SpokenEngine implements AutoCloseable {

    static final String MODEL = "spoken";
    private static final String STORY = "Once upon a time there were a hen, a cat and a dog. ".repeat(4);
    private static final String CITY = "{\"city\": \"Berlin\"}";
    private static final int CONTEXT = 1024;
    private static final int IMAGE_ROWS = 81;
    private static final int END = 2;
    private static final int FIRST_BYTE = 3;

    private final Tokenizer tokenizer = Tokenizers.demo();
    private final Semaphore steps;
    private final Engine engine;
    private final ScriptedExecutor executor;
    private final int[] asked = tokenizer.encode("? ASSISTANT:");

    /** Steps run as they are allowed; all of them when {@code steps} is large. */
    SpokenEngine(int steps) {
        this.steps = new Semaphore(steps);
        ModelShape shape = ScriptedExecutor.shape(tokenizer.vocabularySize(), CONTEXT);
        this.executor = new ScriptedExecutor(
                shape, new KvGeometry(256, 16), (prefix, _) -> next(prefix), this.steps::acquireUninterruptibly);
        this.engine = Engine.start(
                executor,
                new ScriptedEncoder(4, shape.hiddenSize(), () -> {}),
                new EngineOptions(4, 4, 256),
                EngineListener.NONE);
    }

    static SpokenEngine free() {
        return new SpokenEngine(1_000_000);
    }

    EngineParts parts() {
        return new EngineParts(
                MODEL,
                tokenizer,
                new PromptBuilder(tokenizer, ChatTemplate.VICUNA_V1, 1, END),
                new ImageProcessor(new Preprocessing(true, 126, 126, Preprocessing.CLIP_MEAN, Preprocessing.CLIP_STD)),
                ImageLimits.DEFAULT,
                IMAGE_ROWS,
                new GenerationDefaults(
                        Optional.of(0.0), Optional.empty(), Optional.empty(), Optional.empty(), List.of(END)),
                CONTEXT,
                engine);
    }

    Engine engine() {
        return engine;
    }

    ScriptedExecutor executor() {
        return executor;
    }

    void allowSteps(int count) {
        steps.release(count);
    }

    private int next(long[] prefix) {
        long last = asked[asked.length - 1];
        int at = prefix.length - 1;
        while (prefix[at] != last) {
            at--;
        }
        long[] prompt = Arrays.copyOf(prefix, at);
        int pictures = (int) Arrays.stream(prompt).filter(entry -> entry < 0).count() / IMAGE_ROWS;
        String text = tokenizer.decode(Arrays.stream(prompt)
                .filter(entry -> entry > END)
                .mapToInt(entry -> (int) entry)
                .toArray());
        int[] said = tokenizer.encode(answer(text, pictures));
        int place = prefix.length - 1 - at;
        String begun = tokenizer.decode(Arrays.stream(prefix, at + 1, prefix.length)
                .mapToInt(entry -> (int) entry)
                .toArray());
        if (begun.stripLeading().startsWith("{") && text.contains("capital of Germany")) {
            return json(begun.stripLeading());
        }
        return place < said.length ? said[place] : END;
    }

    /** Where the words must be JSON, it says the same as JSON, in single bytes. */
    private static int json(String begun) {
        return begun.length() < CITY.length() && CITY.startsWith(begun)
                ? FIRST_BYTE + CITY.charAt(begun.length())
                : END;
    }

    private static String answer(String prompt, int pictures) {
        String question = prompt.substring(prompt.lastIndexOf("USER:"));
        if (question.contains("JSON object containing a single 'city' field")) {
            return CITY;
        } else if (question.contains("capital of Germany")) {
            return "Berlin is the capital of Germany.";
        } else if (question.contains("I love you") && prompt.startsWith("Translate messages from user into German")) {
            return "Ich liebe dich.";
        } else if (question.contains("my favorite color?")
                && prompt.contains("is green")
                && prompt.contains("Hi, nice")) {
            return "It is green.";
        } else if (question.contains("Hello World")) {
            return "Hello World";
        } else if (question.contains("What do you see") && pictures > 0) {
            return pictures == 2 ? "I see a cat and dice." : "I see a cat.";
        } else if (question.contains("long story")) {
            return STORY;
        }
        return "I do not know.";
    }

    @Override
    public void close() {
        steps.release(1_000_000);
        engine.close();
        tokenizer.close();
    }
}
