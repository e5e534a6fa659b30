package dev.sharegpt4v.server.command;

import dev.sharegpt4v.models.catalog.Device;
import dev.sharegpt4v.models.catalog.LoadedModel;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.server.BareDecoder;
import dev.sharegpt4v.server.DeviceChoice;
import dev.sharegpt4v.server.Devices;
import dev.sharegpt4v.server.KvBudget;
import dev.sharegpt4v.server.bench.engine.Ceilings;
import dev.sharegpt4v.server.bench.engine.DecodeTraffic;
import dev.sharegpt4v.server.bench.engine.DecoderWork;
import dev.sharegpt4v.server.bench.engine.MemoryBandwidth;
import dev.sharegpt4v.server.bench.engine.OperatorShares;
import dev.sharegpt4v.server.bench.engine.StepBench;
import dev.sharegpt4v.server.bench.engine.StepCase;
import dev.sharegpt4v.server.bench.engine.StepReport;
import dev.sharegpt4v.server.bench.engine.StepResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench engine}: decoder steps alone, beside the machine's memory bandwidth. */
@Command(
        name = "engine",
        description = "Measures prefill and decode steps of a model without HTTP, scheduling and sampling.",
        mixinStandardHelpOptions = true)
final class EngineBenchCommand implements Callable<Integer> {

    private static final int BANDWIDTH_PASSES = 10;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Mixin
    ModelOptions model = new ModelOptions();

    @Option(names = "--prefill", paramLabel = "N", description = "Tokens to prefill; 0: none (${DEFAULT-VALUE}).")
    int prefill = 512;

    @Option(names = "--decode", paramLabel = "N", description = "Tokens to decode; 0: none (${DEFAULT-VALUE}).")
    int decode = 32;

    @Option(
            names = "--batch",
            paramLabel = "N",
            split = ",",
            description = "Sequences side by side (${DEFAULT-VALUE}).")
    List<Integer> batches = List.of(1);

    @Option(
            names = "--context",
            paramLabel = "N",
            split = ",",
            description = "Tokens that each sequence has before (${DEFAULT-VALUE}).")
    List<Integer> contexts = List.of(0);

    @Option(names = "--repetitions", paramLabel = "N", description = "Of each test (${DEFAULT-VALUE}).")
    int repetitions = 3;

    @Option(names = "--seed", paramLabel = "N", description = "Of the random tokens (${DEFAULT-VALUE}).")
    long seed = 1;

    @Option(
            names = "--bandwidth-mb",
            paramLabel = "MB",
            description = "Memory to read for the bandwidth; many times the caches (${DEFAULT-VALUE}).")
    int bandwidthMegabytes = 1024;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write all figures and settings as JSON.")
    @Nullable
    Path json;

    @Option(
            names = "--ort-profile",
            paramLabel = "FILE",
            description =
                    "Also write ONNX Runtime's trace of all steps (chrome://tracing reads it), and show the share of"
                            + " each operator; steps are a little slower then.")
    @Nullable
    Path profile;

    @Override
    public Integer call() throws InterruptedException {
        List<StepCase> cases = cases();
        ModelOptions.Chosen chosen = model.choose();
        DeviceChoice device = chosen.device();
        if (profile != null && device.kind() == Device.CUDA) {
            throw usage("--ort-profile is for the CPU");
        }
        // Before the model is there: both may not fit at once.
        Ceilings ceilings = ceilings(device);
        try (LoadedModel loaded = LoadedModel.open(chosen.folder())) {
            KvBudget kv = model.kv.budget(device.kind(), loaded.shape());
            StepReport report = new StepReport(
                    settings(loaded, device, kv),
                    ceilings,
                    traffic(loaded, kv),
                    new DecoderWork(loaded.manifest().model().decoder()),
                    measure(loaded, device, kv, cases));
            report.print(spec.commandLine().getOut());
            if (profile != null) {
                OperatorShares.read(profile).print(spec.commandLine().getOut());
            }
            if (json != null) {
                OutputFile.write(json, report.json());
            }
        }
        return 0;
    }

    private Ceilings ceilings(DeviceChoice device) throws InterruptedException {
        return device.kind() == Device.CUDA
                ? Devices.ceilings(device)
                : MemoryBandwidth.measure(model.threads, (long) bandwidthMegabytes << 20, BANDWIDTH_PASSES)
                        .ceilings();
    }

    private static DecodeTraffic traffic(LoadedModel loaded, KvBudget kv) {
        return DecodeTraffic.of(loaded.manifest(), Devices.kvBlockBytes(loaded, kv) / kv.blockSize());
    }

    private List<StepResult> measure(LoadedModel loaded, DeviceChoice device, KvBudget kv, List<StepCase> cases) {
        int context = loaded.shape().contextLength();
        int longest = cases.stream().mapToInt(StepCase::length).max().orElseThrow();
        if (longest > context) {
            throw usage("sequences of " + longest + " tokens do not fit into the model's context of " + context);
        }
        int blocks =
                cases.stream().mapToInt(one -> one.blocks(kv.blockSize())).max().orElseThrow();
        KvGeometry geometry = new KvGeometry(blocks, kv.blockSize());
        List<StepResult> results = new ArrayList<>();
        try (BareDecoder decoder = BareDecoder.open(
                        loaded,
                        device,
                        model.threads,
                        geometry,
                        kv.format(),
                        model.batchInvariance,
                        Optional.ofNullable(profile));
                Progress progress = Progress.counting("cases")) {
            StepBench bench =
                    new StepBench(decoder.executor(), model.engine.stepTokens(device.kind()), repetitions, seed);
            for (int i = 0; i < cases.size(); i++) {
                progress.progressed("measuring", i, cases.size());
                results.addAll(bench.run(cases.get(i)));
            }
        }
        return results;
    }

    private List<StepCase> cases() {
        if (prefill + decode < 1 || repetitions < 1 || bandwidthMegabytes < 1) {
            throw usage("give tokens to --prefill or --decode; --repetitions and --bandwidth-mb are positive");
        }
        try {
            return StepCase.all(batches, contexts, prefill, decode);
        } catch (IllegalArgumentException e) {
            throw usage("batches are positive; no number of tokens is negative");
        }
    }

    private Map<String, Object> settings(LoadedModel loaded, DeviceChoice device, KvBudget kv) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("model", loaded.name());
        settings.put("device", device.label());
        settings.put("weights", loaded.manifest().weights().decoder());
        settings.put("weight_block", loaded.manifest().weights().blockSize());
        settings.put("threads", model.threads);
        settings.put("batch_invariance", model.batchInvariance);
        settings.put("kv_dtype", kv.format().name().toLowerCase(Locale.ROOT));
        settings.put("kv_block", kv.blockSize());
        settings.put("step_tokens", model.engine.stepTokens(device.kind()));
        settings.put("repetitions", repetitions);
        settings.put("seed", seed);
        return settings;
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
