package dev.sharegpt4v.server.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * A model package and, where it was given one, the name it is served under.
 *
 * @param name that clients ask for; the package's own when empty
 */
record NamedFolder(Optional<String> name, Path folder) {

    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}";
    private static final Pattern NAMED = Pattern.compile("(" + NAME + ")=(.+)");
    /** Commas in paths stay. */
    private static final Pattern BETWEEN = Pattern.compile(",(?=" + NAME + "=)");

    /** All values of {@code --model}; several have a name each, and no two the same. */
    static List<NamedFolder> all(CommandSpec spec, List<String> values) {
        List<NamedFolder> all = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (String value : values) {
            for (String part : parts(value)) {
                NamedFolder folder = of(part);
                folder.name().filter(name -> !names.add(name)).ifPresent(name -> {
                    throw new ParameterException(spec.commandLine(), "--model gives the name " + name + " twice");
                });
                all.add(folder);
            }
        }
        if (all.size() > 1 && all.size() > names.size()) {
            throw new ParameterException(
                    spec.commandLine(), "several models need names: --model one=DIR --model other=DIR");
        }
        return List.copyOf(all);
    }

    private static List<String> parts(String value) {
        return Files.isDirectory(Path.of(value)) ? List.of(value) : List.of(BETWEEN.split(value, -1));
    }

    /** A folder that is there is no name, whatever its own. */
    private static NamedFolder of(String value) {
        Matcher named = NAMED.matcher(value);
        return named.matches() && !Files.isDirectory(Path.of(value))
                ? new NamedFolder(Optional.of(named.group(1)), Path.of(named.group(2)))
                : new NamedFolder(Optional.empty(), Path.of(value));
    }
}
