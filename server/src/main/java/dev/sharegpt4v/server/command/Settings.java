package dev.sharegpt4v.server.command;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Values of options that the command line leaves out: the environment ({@code SHAREGPT4V_MAX_RUNNING} for
 * {@code --max-running}), then the properties file that {@code --config} or {@code SHAREGPT4V_CONFIG} names.
 */
final class Settings implements CommandLine.IDefaultValueProvider {

    private final Map<String, String> environment;
    private final Properties file;
    private final boolean hasFile;

    /**
     * Reads the file that the arguments or the environment name.
     *
     * @throws IllegalArgumentException when it cannot be read
     */
    Settings(String[] args, Map<String, String> environment) {
        this.environment = environment;
        Optional<String> named = configFile(args, environment);
        this.hasFile = named.isPresent();
        this.file = load(named.orElse(null));
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option) || option.usageHelp() || option.versionHelp()) {
            return null;
        }
        String name = name(option);
        String value = environment.get(variable(name));
        return value == null ? file.getProperty(name) : value;
    }

    /** Whether a file was named, which may have options of any command, now or later. */
    boolean hasFile() {
        return hasFile;
    }

    /** Names in the file that are no option of any command, most likely misspelt. */
    Set<String> unknown(CommandLine root) {
        Set<String> unknown = new TreeSet<>(file.stringPropertyNames());
        root.getCommandSpec().options().forEach(option -> unknown.remove(name(option)));
        for (CommandLine command : root.getSubcommands().values()) {
            command.getCommandSpec().options().forEach(option -> unknown.remove(name(option)));
        }
        return unknown;
    }

    private static String name(OptionSpec option) {
        String name = option.longestName();
        int dashes = 0;
        while (name.charAt(dashes) == '-') {
            dashes++;
        }
        return name.substring(dashes);
    }

    static String variable(String option) {
        return "SHAREGPT4V_" + option.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /** The file that the arguments name, else that of the environment. */
    static Optional<String> configFile(String[] args, Map<String, String> environment) {
        int at = Arrays.asList(args).indexOf("--config");
        if (at >= 0 && at + 1 < args.length) {
            return Optional.of(args[at + 1]);
        }
        return Arrays.stream(args)
                .filter(arg -> arg.startsWith("--config="))
                .map(arg -> arg.substring("--config=".length()))
                .findFirst()
                .or(() -> Optional.ofNullable(environment.get(variable("config"))));
    }

    private static Properties load(@Nullable String path) {
        Properties properties = new Properties();
        if (path != null) {
            try (Reader reader = Files.newBufferedReader(Path.of(path), StandardCharsets.UTF_8)) {
                properties.load(reader);
            } catch (IOException | IllegalArgumentException e) {
                throw new IllegalArgumentException("cannot read the configuration " + path + ": " + e, e);
            }
        }
        return properties;
    }
}
