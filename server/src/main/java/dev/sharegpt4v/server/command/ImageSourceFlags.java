package dev.sharegpt4v.server.command;

import dev.sharegpt4v.server.media.FetchRules;
import dev.sharegpt4v.server.media.HostPatterns;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of images that requests only name. */
final class ImageSourceFlags {

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Option(
            names = "--allow-image-hosts",
            paramLabel = "HOST",
            split = ",",
            description =
                    "Hosts that images may be fetched from by http and https: names, *.example.org for all below, *"
                            + " for all. Only public addresses are ever asked (none).")
    List<String> hosts = new ArrayList<>();

    @Option(
            names = "--image-ports",
            paramLabel = "PORT",
            split = ",",
            description = "Ports that images may be fetched from (80,443).")
    List<Integer> ports = new ArrayList<>();

    @Option(
            names = "--image-timeout",
            paramLabel = "SECONDS",
            description = "Seconds in which an image must be here, redirects included (${DEFAULT-VALUE}).")
    int timeout = (int) FetchRules.TIMEOUT.toSeconds();

    @Option(
            names = "--image-downloads",
            paramLabel = "N",
            description = "Images that are fetched at one time, half as many from one host (${DEFAULT-VALUE}).")
    int downloads = FetchRules.DOWNLOADS;

    @Option(
            names = "--image-folder",
            paramLabel = "DIR",
            description = "Folder whose files may be named by file:/// URLs (none).")
    @Nullable
    Path folder;

    Optional<FetchRules> fetch() {
        Ranges.require(spec, "--image-timeout", timeout, 1, 600);
        Ranges.require(spec, "--image-downloads", downloads, 1, 1 << 12);
        for (int port : ports) {
            Ranges.require(spec, "--image-ports", port, 1, 65_535);
        }
        if (hosts.isEmpty()) {
            return Optional.empty();
        }
        try {
            Set<Integer> allowed = ports.isEmpty() ? FetchRules.PORTS : new TreeSet<>(ports);
            return Optional.of(new FetchRules(
                    HostPatterns.of(hosts),
                    allowed,
                    Duration.ofSeconds(timeout),
                    downloads,
                    Math.max(1, downloads / 2)));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--allow-image-hosts: " + e.getMessage(), e);
        }
    }
}
