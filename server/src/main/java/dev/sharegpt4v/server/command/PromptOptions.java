package dev.sharegpt4v.server.command;

import dev.sharegpt4v.models.text.Tokenizer;
import dev.sharegpt4v.server.bench.mix.CommonWords;
import dev.sharegpt4v.server.bench.mix.PromptFile;
import dev.sharegpt4v.server.bench.mix.Prompts;
import dev.sharegpt4v.server.bench.mix.Range;
import dev.sharegpt4v.server.bench.mix.Weighted;
import dev.sharegpt4v.server.openai.CaptionRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say what requests ask and how long answers are. */
final class PromptOptions {

    @Option(names = "--prompt", paramLabel = "TEXT", description = "What to ask.")
    @Nullable
    String prompt;

    @Option(
            names = "--prompts",
            paramLabel = "FILE",
            description = "What to ask, in turn: one a line, or JSON as docs/bench.md says (.jsonl, .json).")
    @Nullable
    Path file;

    @Option(
            names = "--random-input-len",
            paramLabel = "TOKENS",
            converter = OptionReaders.OfRanges.class,
            description = "Ask random words: 128, 64-256, or a mix such as 16:0.8,3000:0.2.")
    @Nullable
    Weighted<Range> randomLength;

    @Option(
            names = "--random-range-ratio",
            paramLabel = "R",
            description = "Widens the lengths of random prompts and of answers: from 1 − R to 1 + R times as long"
                    + " (${DEFAULT-VALUE}).")
    double ratio;

    @Option(
            names = "--tokenizer",
            paramLabel = "DIR",
            description = "Folder with the tokenizer.json that random words are counted with.")
    @Nullable
    Path tokenizer;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            converter = OptionReaders.OfRanges.class,
            description = "Tokens of an answer: 128, 64-256, or a mix such as 32:0.8,512:0.2 (${DEFAULT-VALUE}).")
    Weighted<Range> maxTokens = Weighted.always(new Range(128, 128));

    @Nullable
    String problem() {
        if ((prompt == null ? 0 : 1) + (file == null ? 0 : 1) + (randomLength == null ? 0 : 1) > 1) {
            return "--prompt, --prompts and --random-input-len exclude each other";
        }
        if (!(ratio >= 0 && ratio < 1)) {
            return "--random-range-ratio is at least 0 and less than 1";
        }
        return maxTokens.choices().stream().anyMatch(choice -> choice.value().least() < 1)
                ? "--max-tokens is positive"
                : null;
    }

    String describe() {
        Weighted<Range> lengths = randomLength;
        if (lengths != null) {
            return "random, " + lengths.map(range -> range.widened(ratio)) + " tokens";
        }
        return file == null ? prompt == null ? CaptionRequest.DETAILED : prompt : "from " + file;
    }

    Weighted<Range> answers() {
        return maxTokens.map(range -> range.widened(ratio));
    }

    /**
     * Hands over the prompts, with a tokenizer open where one counts them.
     *
     * @param served folder of the model that is served here, where one is
     */
    <R> R with(Optional<Path> served, Function<Prompts, R> use) {
        if (file != null) {
            return use.apply(PromptFile.read(file));
        }
        Weighted<Range> lengths = randomLength;
        if (lengths == null) {
            return use.apply(new Prompts.Same(prompt == null ? CaptionRequest.DETAILED : prompt));
        }
        Weighted<Range> widened = lengths.map(range -> range.widened(ratio));
        Optional<Path> folder = tokenizer == null ? served : Optional.of(tokenizer);
        if (folder.isEmpty()) {
            return use.apply(new Prompts.Random(widened, new CommonWords()));
        }
        Path json = Files.isDirectory(folder.get()) ? folder.get().resolve("tokenizer.json") : folder.get();
        try (Tokenizer counting = Tokenizer.load(json)) {
            return use.apply(new Prompts.Random(widened, new TokenizerWords(counting)));
        }
    }
}
