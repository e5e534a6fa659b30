package dev.sharegpt4v.models.structured;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sharegpt4v.models.testing.Tokenizers;
import dev.sharegpt4v.models.text.Tokenizer;
import dev.sharegpt4v.runtime.grammar.GrammarConstraint;
import dev.sharegpt4v.runtime.sampling.TokenMatcher;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Masks for LLaMA's vocabulary over one whole answer: mask and accept for each of its tokens. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MaskBenchmark {

    private static final String ANSWER =
            "{\"name\": \"a large red circle\", \"tags\": [\"left of\", \"größe\", \"a\\nb\"],"
                    + " \"size\": {\"width\": 120, \"height\": 7.25}, \"seen\": true, \"note\": \"nothing that is told below\"}";

    /** What the answer is bound to. */
    public enum Form {
        ANY_OBJECT("{\"type\": \"object\"}"),
        SCHEMA(
                "{\"type\": \"object\", \"properties\": {\"name\": {\"type\": \"string\"}, \"tags\": {\"type\": \"array\","
                        + " \"items\": {\"type\": \"string\"}}, \"size\": {\"type\": \"object\", \"properties\": {\"width\":"
                        + " {\"type\": \"integer\", \"minimum\": 1, \"maximum\": 4096}, \"height\": {\"type\": \"number\"}},"
                        + " \"required\": [\"width\", \"height\"], \"additionalProperties\": false}, \"seen\": {\"type\":"
                        + " \"boolean\"}, \"note\": {\"type\": \"string\"}}, \"required\": [\"name\", \"tags\", \"size\"],"
                        + " \"additionalProperties\": false}"),
        BOUNDED_STRINGS("{\"type\": \"object\", \"properties\": {\"name\": {\"type\": \"string\", \"maxLength\": 200},"
                + " \"note\": {\"type\": \"string\", \"minLength\": 3, \"maxLength\": 500, \"pattern\": \"^[a-z ]*$\"}},"
                + " \"required\": [\"name\"]}");

        private final String schema;

        Form(String schema) {
            this.schema = schema;
        }
    }

    @Param
    public Form form = Form.SCHEMA;

    private final Tokenizer tokenizer = Tokenizers.llama();
    private final StructureCompiler compiler = new StructureCompiler(tokenizer);
    private final int[] tokens = tokenizer.encode(ANSWER);
    private JsonNode schema = new JsonMapper().createObjectNode();
    private float[] logits = new float[0];
    private GrammarConstraint kept = compiler.regex("a");

    @Setup
    public void prepare() throws IOException {
        schema = new JsonMapper().readTree(form.schema);
        logits = new float[tokenizer.vocabularySize()];
        kept = compiler.schema(schema, JsonStyle.USUAL);
    }

    /** Compiling the form alone. */
    @Benchmark
    public GrammarConstraint compile() {
        return compiler.schema(schema, JsonStyle.USUAL);
    }

    /** The first answer under a form: every state is met for the first time. */
    @Benchmark
    public TokenMatcher firstAnswer() {
        return answer(compiler.schema(schema, JsonStyle.USUAL));
    }

    /** Later answers find what others have worked out. */
    @Benchmark
    public TokenMatcher laterAnswer() {
        return answer(kept);
    }

    private TokenMatcher answer(GrammarConstraint constraint) {
        TokenMatcher matcher = constraint.start();
        for (int token : tokens) {
            matcher.mask(logits, Set.of(2));
            matcher.accept(token);
        }
        return matcher;
    }
}
