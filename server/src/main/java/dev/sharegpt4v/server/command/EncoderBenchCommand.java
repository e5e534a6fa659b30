package dev.sharegpt4v.server.command;

import dev.sharegpt4v.models.catalog.LoadedModel;
import dev.sharegpt4v.models.checkpoint.VisionConfig;
import dev.sharegpt4v.server.BareEncoder;
import dev.sharegpt4v.server.DeviceChoice;
import dev.sharegpt4v.server.bench.engine.EncodeBench;
import dev.sharegpt4v.server.bench.engine.EncodeReport;
import dev.sharegpt4v.server.bench.engine.EncodeResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench encoder}: the vision tower alone. */
@Command(
        name = "encoder",
        description = "Measures encodes of a model's vision tower, images at once, without HTTP and preprocessing.",
        mixinStandardHelpOptions = true)
final class EncoderBenchCommand implements Callable<Integer> {

    private static final int MOST_AT_ONCE = 1024;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Mixin
    ModelOptions model = new ModelOptions();

    @Option(
            names = "--batch",
            paramLabel = "N",
            split = ",",
            description = "Images encoded at once (${DEFAULT-VALUE}).")
    List<Integer> batches = List.of(1, 4);

    @Option(names = "--repetitions", paramLabel = "N", description = "Of each batch (${DEFAULT-VALUE}).")
    int repetitions = 3;

    @Option(names = "--seed", paramLabel = "N", description = "Of the random images (${DEFAULT-VALUE}).")
    long seed = 1;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write all figures and settings as JSON.")
    @Nullable
    Path json;

    @Override
    public Integer call() {
        int most = batches.stream().mapToInt(Integer::intValue).max().orElse(0);
        if (repetitions < 1 || most > MOST_AT_ONCE || batches.stream().anyMatch(batch -> batch < 1)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--repetitions and --batch are positive, and no batch has more than " + MOST_AT_ONCE + " images");
        }
        ModelOptions.Chosen chosen = model.choose();
        DeviceChoice device = chosen.device();
        try (LoadedModel loaded = LoadedModel.open(chosen.folder());
                BareEncoder encoder = BareEncoder.open(loaded, device, model.encoderThreads, most)) {
            EncodeReport report = new EncodeReport(settings(loaded, device), measure(loaded, encoder));
            report.print(spec.commandLine().getOut());
            if (json != null) {
                OutputFile.write(json, report.json());
            }
        }
        return 0;
    }

    private List<EncodeResult> measure(LoadedModel loaded, BareEncoder encoder) {
        VisionConfig tower = loaded.manifest().model().vision();
        EncodeBench bench =
                new EncodeBench(encoder.encoder(), tower.imageSize(), loaded.imageFeatureRows(), repetitions, seed);
        List<EncodeResult> results = new ArrayList<>();
        try (Progress progress = Progress.counting("batches")) {
            for (int i = 0; i < batches.size(); i++) {
                progress.progressed("measuring", i, batches.size());
                results.add(bench.run(batches.get(i)));
            }
        }
        return results;
    }

    private Map<String, Object> settings(LoadedModel loaded, DeviceChoice device) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("model", loaded.name());
        settings.put("device", device.label());
        settings.put("vision_weights", loaded.manifest().weights().vision());
        settings.put("image_size", loaded.manifest().model().vision().imageSize());
        settings.put("threads", model.encoderThreads);
        settings.put("repetitions", repetitions);
        settings.put("seed", seed);
        return settings;
    }
}
