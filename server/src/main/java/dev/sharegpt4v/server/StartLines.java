package dev.sharegpt4v.server;

import dev.sharegpt4v.runtime.engine.EngineOptions;
import dev.sharegpt4v.server.http.AdmissionLimits;
import dev.sharegpt4v.server.http.HttpLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a server will do, for its log: one line for each matter, with the options that change it. No line holds a secret. */
final class StartLines {

    private StartLines() {}

    /** @param processors that there are */
    static List<String> of(ServerConfig config, List<String> names, int processors) {
        List<String> lines = new ArrayList<>();
        ModelConfig first = config.models().getFirst();
        lines.add("models: " + String.join(", ", names) + "; " + rules(config.rules()));
        lines.add("threads: %d a step, %d for pictures, %d pictures decoded at one time, on %d processors (--threads,"
                        .formatted(
                                first.threads(),
                                first.encoderThreads(),
                                config.limits().maxDecoding(),
                                processors)
                + " --encoder-threads, --image-threads)");
        lines.add(engine(first.engine()) + (names.size() > 1 ? ", for each model" : ""));
        lines.add(limits(config.limits()));
        lines.add(access(config.security()));
        lines.add(config.data()
                .map(data -> "files and batches: in %s, %d MB of uploads at most, %d lines at one time"
                        .formatted(data.folder(), data.maxBytes() >> 20, data.lines(first.engine())))
                .orElse("files and batches: none (--data-dir)"));
        return List.copyOf(lines);
    }

    private static String rules(ModelRules rules) {
        List<String> said = new ArrayList<>();
        said.add(rules.onDemand() ? "loaded when they are asked for" : "loaded now");
        if (rules.idle().isPositive()) {
            said.add("unloaded after " + text(rules.idle()) + " without a request");
        }
        if (rules.administered()) {
            said.add("loaded and unloaded by requests");
        }
        return String.join(", ", said);
    }

    private static String engine(EngineOptions engine) {
        return ("engine: %d requests share a step of %d tokens, %d wait (--max-running, --max-step-tokens, --max-queued); picture"
                        + " features %d MB, prepared pictures %d MB, prompts %s (--encoder-cache-mb, --prepared-images-mb,"
                        + " --prefix-cache)")
                .formatted(
                        engine.maxRunning(),
                        engine.maxStepTokens(),
                        engine.maxQueued(),
                        engine.featureBytes() >> 20,
                        engine.imageBytes() >> 20,
                        engine.prefixCaching() ? "kept" : "not kept");
    }

    private static String limits(HttpLimits limits) {
        AdmissionLimits admission = limits.admission();
        return ("limits: %d requests under way with %d tokens and %d pixels, bodies of %d MB, %d pictures of %d pixels in one,"
                        + " %s in the queue, %s in all (docs/settings.md)")
                .formatted(
                        limits.maxConcurrent(),
                        admission.tokens(),
                        admission.pixels(),
                        limits.maxBodyBytes() >> 20,
                        limits.maxImages(),
                        limits.image().maxPixels(),
                        within(limits.deadlines().queue()),
                        within(limits.deadlines().total()));
    }

    private static String access(SecurityConfig security) {
        boolean keys = !security.apiKeys().isEmpty() || security.apiKeyFile().isPresent();
        String who = keys
                ? "for those who have a key"
                        + security.apiKeyFile().map(file -> " of " + file).orElse("")
                : "for all who reach it (--api-key-file)";
        return "access: %s, %s; metrics %s; images by URL from %s, files from %s"
                .formatted(
                        security.tls().isPresent() ? "https" : "plain http (--tls-certificate)",
                        who,
                        !keys || security.openMetrics() ? "for all" : "with a key",
                        security.fetch().isPresent() ? "allowed hosts" : "nowhere (--allow-image-hosts)",
                        security.imageFolder().map(Object::toString).orElse("nowhere (--image-folder)"));
    }

    private static String within(Optional<Duration> limit) {
        return limit.map(StartLines::text).orElse("any time");
    }

    /** Such as 90s or 1h30m. */
    private static String text(Duration time) {
        return time.toString().substring(2).toLowerCase(Locale.ROOT);
    }
}
