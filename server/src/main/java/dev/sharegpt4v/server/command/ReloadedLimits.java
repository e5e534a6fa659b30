package dev.sharegpt4v.server.command;

import dev.sharegpt4v.server.http.HttpLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Limits of the config file, read anew while a server runs: by the same command line, environment and rules as at its start. */
final class ReloadedLimits {

    /** Options that can change; all others hold from the start. */
    static final Set<String> NAMES = Set.of(
            "max-images",
            "max-image-pixels",
            "max-concurrent",
            "max-admitted-tokens",
            "max-admitted-pixels",
            "ping-seconds",
            "queue-timeout",
            "request-timeout");

    private static final System.Logger LOG = System.getLogger(ReloadedLimits.class.getName());

    private final ServeCommand started;
    private final String[] args;
    private final Map<String, String> environment;
    private ServeCommand last;

    /**
     * Limits of a server.
     *
     * @param started as it runs
     * @param args of the whole command line
     */
    ReloadedLimits(ServeCommand started, String[] args, Map<String, String> environment) {
        this.started = started;
        this.last = started;
        this.args = args.clone();
        this.environment = environment;
    }

    /** The file that is looked at, if one was named. */
    Optional<Path> file() {
        return Settings.configFile(args, environment).map(Path::of);
    }

    /**
     * What the file says now.
     *
     * @throws IllegalArgumentException when it cannot be read, or says what cannot be; then what was before holds
     */
    HttpLimits read() {
        ServeCommand next = parsed();
        HttpLimits limits = limits(next);
        tell(next);
        last = next;
        return limits;
    }

    private ServeCommand parsed() {
        Settings settings = new Settings(args, environment);
        Set<String> unknown = settings.unknown(started.spec.root().commandLine());
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("the configuration sets what is no option: " + unknown);
        }
        ServeCommand next = new ServeCommand();
        List<String> own = Arrays.asList(args);
        own = own.subList(own.indexOf("serve") + 1, own.size());
        try {
            new CommandLine(next).setDefaultValueProvider(settings).parseArgs(own.toArray(String[]::new));
        } catch (CommandLine.ParameterException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        return next;
    }

    private static HttpLimits limits(ServeCommand command) {
        try {
            return command.limits();
        } catch (CommandLine.ParameterException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** Values of options that hold from the start are not told: they may be secrets. */
    private void tell(ServeCommand next) {
        List<String> changed = new ArrayList<>();
        Set<String> later = new TreeSet<>();
        for (OptionSpec option : next.spec.options()) {
            String name = option.longestName().replaceFirst("^-+", "");
            if (NAMES.contains(name)) {
                String before = value(last, option);
                String now = value(next, option);
                if (!now.equals(before)) {
                    changed.add(name + " " + before + " to " + now);
                }
            } else if (!value(next, option).equals(value(started, option))) {
                later.add(name);
            }
        }
        if (!changed.isEmpty()) {
            LOG.log(System.Logger.Level.INFO, "limits changed: " + String.join(", ", changed));
        }
        if (!later.isEmpty()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "changed in the configuration, and of effect after a restart: " + later);
        }
    }

    private static String value(ServeCommand command, OptionSpec option) {
        Object value = command.spec.findOption(option.longestName()).getValue();
        return String.valueOf(value);
    }
}
