package dev.sharegpt4v.server.bench.gpu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What gpu/verify measured, from the files that its parts wrote, beside what it should reach. A part that did not run is not
 * measured, and said so.
 */
public final class Summary {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String PARITY = "parity-";
    private static final String ENGINE = "engine";
    private static final String PEER = "transformers";

    private final Map<String, JsonNode> parts;
    private final List<Aim> aims;

    private Summary(Map<String, JsonNode> parts) {
        this.parts = parts;
        this.aims = aims();
    }

    /** Reads every JSON file of a folder but an older summary. */
    public static Summary read(Path folder) throws IOException {
        Map<String, JsonNode> parts = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(".json") && !name.equals("summary.json")) {
                    parts.put(name.substring(0, name.length() - ".json".length()), JSON.readTree(file.toFile()));
                }
            }
        }
        return new Summary(parts);
    }

    private JsonNode part(String name) {
        return parts.getOrDefault(name, JSON.missingNode());
    }

    private List<Aim> aims() {
        List<Aim> found = new ArrayList<>();
        parities().forEach((name, part) -> {
            found.add(Aim.yes(
                    name + ": only rounding differs from the CPU",
                    part.path("within_limits").asBoolean()));
            found.add(Aim.yes(
                    name + ": repeated runs give equal bits",
                    part.path("equal_bits_when_repeated").asBoolean()
                            && part.path("equal_texts_when_repeated").asBoolean()));
        });
        if (parities().isEmpty()) {
            found.add(Aim.of("only rounding differs from the CPU", Double.NaN, 1));
        }
        found.add(sameTexts());
        double one = decode(ENGINE, 1).path("tokens_per_s").asDouble(Double.NaN);
        double many = decode(ENGINE, 32).path("tokens_per_s").asDouble(Double.NaN);
        found.add(Aim.of(
                "decode, batch 1: share of the memory bandwidth",
                decode(ENGINE, 1).path("share_of_bandwidth").asDouble(Double.NaN),
                0.8));
        found.add(Aim.of("decode, batch 32: times the tokens/s of batch 1", many / one, 20));
        found.add(Aim.of("prefill: share of the matrix rate", bestPrefill(), 0.5));
        double peer = decode(PEER, 32).path("tokens_per_s").asDouble(Double.NaN);
        found.add(Aim.of("decode, batch 32: times the tokens/s of transformers", many / peer, 3));
        found.add(Aim.of("images encoded a second", images(), 50));
        return found;
    }

    private Map<String, JsonNode> parities() {
        Map<String, JsonNode> found = new TreeMap<>();
        parts.forEach((name, part) -> {
            if (name.startsWith(PARITY)) {
                found.put(name.substring(PARITY.length()), part);
            }
        });
        return found;
    }

    /** Kernels for attention are chosen by settings; greedy texts of one package should not depend on them. */
    private Aim sameTexts() {
        List<JsonNode> texts = new ArrayList<>();
        parities().forEach((name, part) -> {
            if (name.startsWith("demo")) {
                texts.add(part.path("texts"));
            }
        });
        String name = "demo: every attention kernel gives the same greedy texts";
        return texts.size() < 2
                ? Aim.of(name, Double.NaN, 1)
                : Aim.yes(name, texts.stream().distinct().count() == 1);
    }

    /** Rows of all parts whose names begin so. */
    private List<JsonNode> rows(String prefix) {
        List<JsonNode> rows = new ArrayList<>();
        parts.forEach((name, part) -> {
            if (name.startsWith(prefix)) {
                part.path("results").forEach(rows::add);
            }
        });
        return rows;
    }

    private JsonNode decode(String prefix, int batch) {
        for (JsonNode row : rows(prefix)) {
            if (row.path("test").asText().startsWith("tg") && row.path("batch").asInt() == batch) {
                return row;
            }
        }
        return JSON.missingNode();
    }

    private double bestPrefill() {
        double best = Double.NaN;
        for (JsonNode row : rows(ENGINE)) {
            double share = row.path("share_of_matrix_rate").asDouble(Double.NaN);
            best = Double.isNaN(best) || share > best ? share : best;
        }
        return best;
    }

    private double images() {
        double best = Double.NaN;
        for (JsonNode row : part("encode").path("results")) {
            double rate = row.path("images_per_s").asDouble(Double.NaN);
            best = Double.isNaN(best) || rate > best ? rate : best;
        }
        return best;
    }

    /** Whether something was measured and does not reach its aim. */
    public boolean isMissed() {
        return aims.stream().anyMatch(Aim::isMissed);
    }

    /** Aims, and all parts under their names. */
    public ObjectNode json() {
        ObjectNode json = JSON.createObjectNode();
        ArrayNode rows = json.putArray("aims");
        for (Aim aim : aims) {
            ObjectNode row = rows.addObject().put("name", aim.name()).put("least", aim.least());
            aim.found().ifPresent(found -> row.put("found", found));
            row.put("verdict", aim.verdict());
        }
        ObjectNode all = json.putObject("parts");
        parts.forEach(all::set);
        return json;
    }

    /** Two tables. */
    public String markdown() {
        StringBuilder text = new StringBuilder();
        String machine = part("machine").path("gpu").asText("an unknown GPU");
        text.append("Measured on ").append(machine).append(".\n\n");
        text.append("| aim | found | at least | reached |\n|---|---|---|---|\n");
        for (Aim aim : aims) {
            text.append("| %s | %s | %s | %s |\n"
                    .formatted(aim.name(), aim.foundText(), Double.toString(aim.least()), aim.verdict()));
        }
        text.append('\n').append(new StepTable(rows(ENGINE), rows(PEER)).markdown());
        return text.toString();
    }
}
