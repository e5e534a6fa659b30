package dev.sharegpt4v.server.command;

import dev.sharegpt4v.server.ModelRules;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of loading and unloading models while the server runs. */
final class ModelFlags {

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Option(
            names = "--load-on-demand",
            description =
                    "Models are loaded by the first request for them, not at the start, and again after an unload.")
    boolean onDemand;

    @Option(
            names = "--model-idle-timeout",
            paramLabel = "DURATION",
            converter = OptionReaders.OfDurationsOrNone.class,
            description =
                    "Time without a request, such as 90s, 10m or 1h, after which a model is unloaded; the next request"
                            + " loads it again; 0 for never (0).")
    Duration idle = Duration.ZERO;

    @Option(
            names = "--model-admin",
            description =
                    "Lets models be loaded and unloaded by POST /v1/models/{id}/load and /unload; where there are API"
                            + " keys, by those of --api-key-file that are marked admin.")
    boolean administered;

    ModelRules rules(List<NamedFolder> models) {
        if (idle.compareTo(Duration.ofDays(365)) > 0) {
            throw new ParameterException(spec.commandLine(), "--model-idle-timeout is more than a year");
        }
        boolean named = models.stream().anyMatch(model -> model.name().isPresent());
        return new ModelRules(named, onDemand, idle, administered);
    }
}
