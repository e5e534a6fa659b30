package dev.sharegpt4v.server.command;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.models.catalog.Device;
import dev.sharegpt4v.models.catalog.LoadedModel;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.server.BareModel;
import dev.sharegpt4v.server.DeviceChoice;
import dev.sharegpt4v.server.bench.parity.Continued;
import dev.sharegpt4v.server.bench.parity.ForcedDecoding;
import dev.sharegpt4v.server.bench.parity.Parity;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench parity}: whether two packages of one checkpoint, each on its device, compute the same. */
@Command(
        name = "parity",
        description = {
            "Compares features, logits and greedy texts of --model with those of --reference, a package of the same",
            "checkpoint for the CPU, over pictures and questions. Exit code 1 where they differ by more than rounding."
        },
        mixinStandardHelpOptions = true)
final class ParityCommand implements Callable<Integer> {

    private static final List<String> QUESTIONS = List.of(
            "Describe this image.",
            "How many shapes are there?\nAnswer the question using a single word or phrase.",
            "Analyze the image in a comprehensive and detailed manner.");

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Mixin
    ModelOptions model = new ModelOptions();

    @Option(
            names = "--reference",
            paramLabel = "DIR",
            description = "Package for the CPU; the demo's when neither this nor --model is given.")
    @Nullable
    Path reference;

    @Option(names = "--image", paramLabel = "FILE", description = "Picture to ask about; may be given several times.")
    List<Path> images = List.of();

    @Option(names = "--tokens", paramLabel = "N", description = "After each prompt (${DEFAULT-VALUE}).")
    int tokens = 48;

    @Option(names = "--chunk", paramLabel = "N", description = "Tokens of a prompt in a step (${DEFAULT-VALUE}).")
    int chunk = 100;

    @Option(
            names = "--max-divergence",
            paramLabel = "NATS",
            description = "Mean divergence at most (${DEFAULT-VALUE}).")
    double maxDivergence = 1e-3;

    @Option(
            names = "--max-margin",
            paramLabel = "LOGITS",
            description = "Where best tokens differ, how much the reference may prefer its own (${DEFAULT-VALUE}).")
    double maxMargin = 0.25;

    @Option(
            names = "--max-feature-error",
            paramLabel = "SHARE",
            description = "Error of image features at most (${DEFAULT-VALUE}).")
    double maxFeatureError = 0.02;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write all figures and texts as JSON.")
    @Nullable
    Path json;

    @Override
    public Integer call() throws IOException {
        if (tokens < 1 || chunk < 1) {
            throw new ParameterException(spec.commandLine(), "--tokens and --chunk are positive");
        }
        ModelOptions.Chosen candidate = model.choose();
        DeviceChoice choice = candidate.device();
        Path referenceFolder = reference == null ? DemoModel.packageFolder(Device.CPU) : reference;
        ObjectNode report = new JsonMapper().createObjectNode();
        try (LoadedModel first = LoadedModel.open(referenceFolder);
                LoadedModel second = LoadedModel.open(candidate.folder())) {
            List<Prompt> prompts = prompts(first);
            List<Continued> expected = greedy(first, DeviceChoice.CPU, 64, prompts);
            int block = model.kv.budget(choice.kind(), second.shape()).blockSize();
            report.put("device", choice.label());
            report.put("weights", second.manifest().weights().decoder());
            boolean same = compare(second, choice, block, prompts, expected, report);
            texts(first, expected, report, "reference_texts");
            if (json != null) {
                OutputFile.write(json, report);
            }
            return same ? 0 : 1;
        }
    }

    private List<Prompt> prompts(LoadedModel loaded) throws IOException {
        List<Prompt> prompts = new ArrayList<>();
        for (String question : QUESTIONS) {
            prompts.add(loaded.prompt(question));
            for (Path image : images) {
                prompts.add(loaded.prompt(question, Files.readAllBytes(image)));
            }
        }
        int context = loaded.shape().contextLength();
        prompts.removeIf(prompt -> prompt.length() + tokens > context);
        if (prompts.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "no prompt with --tokens fits into the model's context of " + context);
        }
        return prompts;
    }

    private List<Continued> greedy(LoadedModel loaded, DeviceChoice choice, int block, List<Prompt> prompts) {
        try (BareModel bare = open(loaded, choice, block, prompts)) {
            return decoding(bare).greedy(prompts, tokens);
        }
    }

    private BareModel open(LoadedModel loaded, DeviceChoice choice, int block, List<Prompt> prompts) {
        int blocks = ForcedDecoding.blocks(prompts, tokens, block);
        return BareModel.open(loaded, choice, model.threads, 1, new KvGeometry(blocks, block));
    }

    private ForcedDecoding decoding(BareModel bare) {
        return new ForcedDecoding(bare.executor(), bare.encoder(), chunk);
    }

    private boolean compare(
            LoadedModel loaded,
            DeviceChoice choice,
            int block,
            List<Prompt> prompts,
            List<Continued> expected,
            ObjectNode report) {
        try (BareModel bare = open(loaded, choice, block, prompts)) {
            ForcedDecoding decoding = decoding(bare);
            List<int[]> forced = expected.stream().map(Continued::tokens).toList();
            List<Continued> found = decoding.forced(prompts, forced);
            Parity parity = Parity.of(expected, found, loaded.shape().sampledVocabularySize());
            boolean repeats = Parity.isEqual(found, decoding.forced(prompts, forced));
            List<Continued> own = decoding.greedy(prompts, tokens);
            boolean sameTexts = Parity.isEqual(own, decoding.greedy(prompts, tokens));
            boolean within = parity.isWithin(maxDivergence, maxMargin, maxFeatureError);
            parity.addTo(report);
            report.put("equal_bits_when_repeated", repeats);
            report.put("equal_texts_when_repeated", sameTexts);
            report.put("within_limits", within);
            texts(loaded, own, report, "texts");
            print(parity, repeats && sameTexts, within);
            return within && repeats && sameTexts;
        }
    }

    private static void texts(LoadedModel loaded, List<Continued> answers, ObjectNode report, String name) {
        ArrayNode texts = report.putArray(name);
        answers.forEach(answer -> texts.add(loaded.tokenizer().decode(answer.tokens())));
    }

    private void print(Parity parity, boolean repeats, boolean within) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(String.format(
                Locale.ROOT,
                "%d positions: divergence %.2e nats in the mean and %.2e at most, logits apart by %.3f at most,",
                parity.positions(),
                parity.meanDivergence(),
                parity.largestDivergence(),
                parity.largestDifference()));
        out.println(String.format(
                Locale.ROOT,
                "another best token at %d, preferred by %.3f at most; features apart by %.2e",
                parity.otherBest(),
                parity.largestMargin(),
                parity.featureError()));
        out.println(within ? "only rounding differs" : "MORE THAN ROUNDING DIFFERS");
        out.println(repeats ? "repeated runs give equal bits" : "REPEATED RUNS GIVE OTHER BITS");
    }
}
