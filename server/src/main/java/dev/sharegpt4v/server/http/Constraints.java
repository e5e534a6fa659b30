package dev.sharegpt4v.server.http;

import dev.sharegpt4v.models.structured.StructureCompiler;
import dev.sharegpt4v.models.structured.StructureException;
import dev.sharegpt4v.models.text.Tokenizer;
import dev.sharegpt4v.runtime.grammar.GrammarConstraint;
import dev.sharegpt4v.runtime.sampling.TokenConstraint;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.OutputStructure;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The forms that answers were asked for lately, compiled. Thread-safe. */
public final class Constraints {

    private static final int MOST_KEPT = 32;

    /** Compiling takes milliseconds, seconds at the most, and a few hundred megabytes for the worst. */
    private static final int COMPILED_AT_ONCE = 2;

    private final CpuWork compiling = new CpuWork("compile", COMPILED_AT_ONCE);
    private final StructureCompiler compiler;
    private final Map<OutputStructure, GrammarConstraint> kept = new LinkedHashMap<>(16, 0.75f, true);

    /** For answers in a tokenizer's tokens. */
    public Constraints(Tokenizer tokenizer) {
        this.compiler = new StructureCompiler(tokenizer);
    }

    /**
     * The constraint for a form.
     *
     * @param opens whether the answer begins a text, so that a space at its beginning is not shown
     * @throws ApiException when it cannot be compiled; it names the keyword or place at fault
     */
    TokenConstraint of(OutputStructure structure, boolean opens) {
        GrammarConstraint constraint = find(structure);
        if (constraint == null) {
            constraint = compiling.run(LookAhead.currentClient(), () -> findOrCompile(structure));
        }
        return opens ? constraint : constraint.afterText();
    }

    /** Who waited for a place finds what was compiled for another who asked the same. */
    private GrammarConstraint findOrCompile(OutputStructure structure) {
        GrammarConstraint found = find(structure);
        if (found != null) {
            return found;
        }
        try {
            GrammarConstraint compiled = compile(structure);
            keep(structure, compiled);
            return compiled;
        } catch (StructureException e) {
            throw refusal(structure.param(), e);
        }
    }

    private GrammarConstraint compile(OutputStructure structure) {
        return switch (structure) {
            case OutputStructure.AnyJson any -> compiler.anyObject(any.style());
            case OutputStructure.Schema schema -> compiler.schema(schema.schema(), schema.style());
            case OutputStructure.Regex regex -> compiler.regex(regex.expression());
            case OutputStructure.Choice choice -> compiler.choice(choice.texts());
            case OutputStructure.Grammar grammar -> compiler.grammar(grammar.source());
        };
    }

    private synchronized @Nullable GrammarConstraint find(OutputStructure structure) {
        return kept.get(structure);
    }

    private synchronized void keep(OutputStructure structure, GrammarConstraint constraint) {
        kept.put(structure, constraint);
        if (kept.size() > MOST_KEPT) {
            kept.remove(kept.keySet().iterator().next());
        }
    }

    private static ApiException refusal(String param, StructureException e) {
        String place = param + e.place();
        String message = "'" + place + "' cannot be used: " + e.reason() + ".";
        return switch (e.kind()) {
            case INVALID -> ApiException.invalid(place, message);
            case UNSUPPORTED -> ApiException.badRequest("unsupported_schema", place, message);
            case TOO_COMPLEX -> ApiException.badRequest("schema_too_complex", place, message);
        };
    }
}
