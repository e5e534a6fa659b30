package dev.sharegpt4v.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The table of docs/settings.md against what {@code serve} takes; run with {@code -Dsettings.write=true} it writes the table
 * anew.
 */
final class SettingsTableTest {

    private static final Path DOCUMENT = Path.of("..", "docs", "settings.md");
    private static final String FIRST = "<!-- settings: written by SettingsTableTest -->\n";
    private static final String LAST = "<!-- end of settings -->";

    private static List<OptionSpec> options() {
        return new CommandLine(new ServeCommand())
                .getCommandSpec().options().stream()
                        .filter(option -> !option.usageHelp() && !option.versionHelp())
                        .sorted(Comparator.comparing(OptionSpec::longestName))
                        .toList();
    }

    private static String table() {
        return options().stream()
                .map(SettingsTableTest::row)
                .collect(Collectors.joining(
                        "\n",
                        "| option | environment | config file | default | meaning | read anew |\n|---|---|---|---|---|---|\n",
                        "\n"));
    }

    private static String row(OptionSpec option) {
        String name = option.longestName().replaceFirst("^-+", "");
        // Picocli's own labels are names of fields.
        String given = option.paramLabel().startsWith("<") ? "VALUE" : option.paramLabel();
        String label = option.typeInfo().isBoolean() ? "" : " " + given.replace("|", "\\|");
        return "| `%s%s` | `%s` | `%s` | %s | %s | %s |"
                .formatted(
                        option.longestName(),
                        label,
                        Settings.variable(name),
                        name,
                        initial(option),
                        meaning(option),
                        ReloadedLimits.NAMES.contains(name) ? "yes" : "–");
    }

    /** What depends on the machine is told by the meaning alone. */
    private static String initial(OptionSpec option) {
        if (option.negatable()) {
            return "on";
        }
        if (option.typeInfo().isBoolean()) {
            return "off";
        }
        return isTold(option) ? "`" + option.initialValue() + "`" : "–";
    }

    private static boolean isTold(OptionSpec option) {
        return String.join(" ", option.description()).contains(" (" + option.initialValue() + ")");
    }

    private static String meaning(OptionSpec option) {
        String said = String.join(" ", option.description());
        String rest = isTold(option) ? said.replace(" (" + option.initialValue() + ")", "") : said;
        return rest.replace("|", "\\|");
    }

    @Test
    void theDocumentHasEveryOptionOfServeAndNoOther() throws IOException {
        String text = Files.readString(DOCUMENT);
        int from = text.indexOf(FIRST) + FIRST.length();
        int to = text.indexOf(LAST);
        assertThat(from).isGreaterThanOrEqualTo(FIRST.length());
        assertThat(to).isGreaterThanOrEqualTo(from);
        if (Boolean.getBoolean("settings.write")) {
            Files.writeString(DOCUMENT, text.substring(0, from) + table() + text.substring(to));
            return;
        }
        assertThat(text.substring(from, to)).isEqualTo(table());
    }

    @Test
    void everyOptionSaysWhatItDoes() {
        assertThat(options())
                .allSatisfy(option -> assertThat(meaning(option))
                        .as(option.longestName())
                        .isNotBlank()
                        .doesNotContain("${"));
    }

    @Test
    void whatIsReadAnewIsAnOptionOfServe() {
        Set<String> names = new TreeSet<>();
        options().forEach(option -> names.add(option.longestName().replaceFirst("^-+", "")));
        assertThat(names).containsAll(ReloadedLimits.NAMES);
    }
}
