package dev.sharegpt4v.models.structured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sharegpt4v.models.testing.Tokenizers;
import dev.sharegpt4v.models.text.Tokenizer;
import dev.sharegpt4v.runtime.grammar.GrammarConstraint;
import dev.sharegpt4v.runtime.sampling.TokenMatcher;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StructureCompilerTest {

    private static final int END = 2;
    private static final JsonMapper JSON = new JsonMapper();
    private static final Tokenizer TOKENIZER = Tokenizers.demo();
    private static final StructureCompiler COMPILER = new StructureCompiler(TOKENIZER);

    @AfterAll
    static void close() {
        TOKENIZER.close();
    }

    @Test
    void whatIsShownIsATextOfTheFormWhicheverTokensAreDrawn() {
        Random random = new Random(8);
        GrammarConstraint words = COMPILER.choice(List.of("größe 漢字", " 漢 x", "😀😀", "plain words"));
        for (int round = 0; round < 200; round++) {
            assertThat(draw(words, random, 100)).isIn("größe 漢字", " 漢 x", "😀😀", "plain words");
        }
        GrammarConstraint signs = COMPILER.regex("[\\u0400-\\u04ff😀-😂]{3,6}( [é漢]+)?");
        for (int round = 0; round < 200; round++) {
            String text = draw(signs, random, 200);
            assertThat(text).matches("[\\u0400-\\u04ff\\x{1F600}-\\x{1F602}]{3,6}( [é漢]+)?");
        }
    }

    /** A whole answer of random tokens, decoded as users see it. */
    private static String draw(GrammarConstraint constraint, Random random, int most) {
        TokenMatcher matcher = constraint.start();
        List<Integer> tokens = new ArrayList<>();
        while (true) {
            float[] logits = new float[TOKENIZER.vocabularySize()];
            matcher.mask(logits, Set.of(END));
            List<Integer> allowed = new ArrayList<>();
            for (int id = 0; id < logits.length; id++) {
                if (logits[id] == 0f) {
                    allowed.add(id);
                }
            }
            assertThat(allowed).as("after %s", tokens).isNotEmpty();
            boolean ends = allowed.contains(END) && (tokens.size() > most || random.nextInt(3) == 0);
            int next = ends ? END : allowed.get(random.nextInt(allowed.size()));
            if (next == END) {
                return TOKENIZER.decode(
                        tokens.stream().mapToInt(Integer::intValue).toArray());
            }
            matcher.accept(next);
            tokens.add(next);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"pattern\": \"((a{1,400}){1,400}){1,400}\"}",
                "{\"pattern\": \"(a|aa|b|[a-c]?)*x.{25}y(.*z.{25}){3}\"}",
                "{\"anyOf\": [{\"$ref\": \"#\"}, {\"type\": \"null\"}]}",
                "{\"$ref\": \"#/$defs/a\", \"$defs\": {\"a\": {\"allOf\": [{\"$ref\": \"#/$defs/b\"}]}, \"b\": {\"$ref\": \"#/$defs/a\"}}}",
                "{\"multipleOf\": 1234567}",
                "{\"type\": \"string\", \"maxLength\": 100000000, \"pattern\": \"^a\"}",
            })
    void bombsAreRefused(String schema) {
        assertThatThrownBy(() -> COMPILER.schema(json(schema), JsonStyle.USUAL)).isInstanceOf(StructureException.class);
    }

    @Test
    void largeSchemasAreCompiledOrRefusedInBoundedWork() {
        String deep = "{\"items\":".repeat(400) + "true" + "}".repeat(400);
        assertThatThrownBy(() -> COMPILER.schema(json(deep), JsonStyle.USUAL)).isInstanceOf(StructureException.class);
        StringBuilder wide = new StringBuilder("{\"type\": \"object\", \"properties\": {");
        for (int i = 0; i < 2000; i++) {
            wide.append(i == 0 ? "" : ",").append("\"p").append(i).append("\": {\"type\": \"integer\"}");
        }
        wide.append("}, \"additionalProperties\": false}");
        GrammarConstraint constraint = COMPILER.schema(json(wide.toString()), JsonStyle.USUAL);
        assertThat(says(constraint, "{\"p1999\": 1, \"p0\": 2}")).isTrue();
        assertThat(says(constraint, "{\"p2000\": 1}")).isFalse();
        StringBuilder ones = new StringBuilder("{\"oneOf\": [");
        for (int i = 0; i < 60; i++) {
            ones.append(i == 0 ? "" : ",")
                    .append("{\"properties\": {\"p" + i + "\": {\"type\": \"integer\"}, \"q" + i
                            + "\": {\"minimum\": 1}}, \"required\": [\"p" + i + "\"]}");
        }
        String bomb = ones.append("]}").toString();
        assertThatThrownBy(() -> COMPILER.schema(json(bomb), JsonStyle.USUAL))
                .isInstanceOf(StructureException.class)
                .extracting(e -> ((StructureException) e).kind())
                .isEqualTo(StructureException.Kind.TOO_COMPLEX);
    }

    @Test
    void oneOfThatATagTellsApartIsNotExpanded() {
        StringBuilder tagged = new StringBuilder("{\"oneOf\": [");
        for (int i = 0; i < 60; i++) {
            tagged.append(i == 0 ? "" : ",")
                    .append("{\"properties\": {\"kind\": {\"const\": \"k" + i
                            + "\"}, \"a\": {\"type\": \"integer\"}, \"b\": {}}, \"required\": [\"kind\", \"a\"],"
                            + " \"additionalProperties\": false}");
        }
        GrammarConstraint constraint = COMPILER.schema(json(tagged.append("]}").toString()), JsonStyle.USUAL);
        assertThat(says(constraint, "{\"a\":1,\"kind\":\"k59\"}")).isTrue();
        assertThat(says(constraint, "{\"a\":1,\"kind\":\"k60\"}")).isFalse();
    }

    @Test
    void theLayoutIsAsAsked() {
        JsonNode schema = json("{\"properties\": {\"a\": {\"items\": {}}}}");
        JsonStyle compact = new JsonStyle(Optional.empty(), true, false);
        assertThat(says(COMPILER.schema(schema, compact), "{\"a\":[1,2],\"b\":{}}"))
                .isTrue();
        assertThat(says(COMPILER.schema(schema, compact), "{\"a\":[1, 2]}")).isFalse();
        JsonStyle tabs = new JsonStyle(Optional.of("\\t*"), false, true);
        assertThat(says(COMPILER.schema(schema, tabs), "{\t\"a\"\t:\t\t[\t]\t}"))
                .isTrue();
        assertThat(says(COMPILER.schema(schema, tabs), "{\"a\": []}")).isFalse();
        assertThat(says(COMPILER.schema(schema, tabs), "{\"b\":1}")).isFalse();
        assertThatThrownBy(() -> COMPILER.schema(schema, new JsonStyle(Optional.of(" |x"), false, false)))
                .isInstanceOf(StructureException.class);
        assertThat(says(COMPILER.anyObject(JsonStyle.USUAL), "{\n  \"a\": [\n    1\n  ]\n}"))
                .isTrue();
        assertThat(says(COMPILER.anyObject(JsonStyle.USUAL), "[]")).isFalse();
    }

    private static boolean says(GrammarConstraint constraint, String text) {
        return constraint.matches(text.getBytes(StandardCharsets.UTF_8));
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }
}
