package dev.sharegpt4v.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Names of metrics in texts: answers to a scraper, documents, queries. */
final class MetricNames {

    private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (\\S+) \\S+$");
    private static final Pattern QUOTED = Pattern.compile("`((sharegpt4v|jvm|process|system|vllm:)[a-z0-9_:]+)[`{]");
    private static final Pattern NAME = Pattern.compile("\\b(sharegpt4v|jvm|process|system)_[a-z0-9_]+");

    private MetricNames() {}

    /** Families that a scraper reads; a histogram's own gauge of its maximum belongs to it. */
    static Set<String> told(String scrape) {
        Set<String> all = TYPE.matcher(scrape)
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        all.removeIf(name -> name.endsWith("_max") && all.contains(name.substring(0, name.length() - "_max".length())));
        return all;
    }

    /** Names that a document has between backticks. */
    static Set<String> documented(Path document) {
        return QUOTED.matcher(text(document))
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Names in queries, without what histograms append. */
    static Set<String> queried(Stream<Path> files) {
        return files.flatMap(file -> NAME.matcher(text(file)).results())
                .map(MatchResult::group)
                .map(name -> name.replaceFirst("_(bucket|sum|count|max)$", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
