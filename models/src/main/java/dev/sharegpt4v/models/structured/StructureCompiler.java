package dev.sharegpt4v.models.structured;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.models.text.Tokenizer;
import dev.sharegpt4v.runtime.grammar.Expression;
import dev.sharegpt4v.runtime.grammar.GrammarConstraint;
import dev.sharegpt4v.runtime.grammar.TokenTrie;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Structures to constraints on the tokens of one vocabulary. Thread-safe. What it cannot compile exactly, or only with too
 * much work, is a {@link StructureException}.
 */
public final class StructureCompiler {

    private static final int MOST_CHOICES = 10_000;

    private final Tokenizer tokenizer;
    private @Nullable TokenTrie vocabulary;

    /** A compiler for answers in a tokenizer's tokens. */
    public StructureCompiler(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** Made when it is first needed: it sorts all tokens, which a start need not wait for. */
    private synchronized TokenTrie vocabulary() {
        TokenTrie made = vocabulary;
        if (made == null) {
            made = TokenTrie.of(tokenizer.vocabularySize(), tokenizer::pieceBytes);
            vocabulary = made;
        }
        return made;
    }

    /** Any JSON object. */
    public GrammarConstraint anyObject(JsonStyle style) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        return schema(schema.put("type", "object"), style);
    }

    /** Any JSON value. */
    public GrammarConstraint anyJson(JsonStyle style) {
        return schema(BooleanNode.TRUE, style);
    }

    /** The instances of a JSON Schema; an exception tells the pointer of the keyword at fault. */
    public GrammarConstraint schema(JsonNode schema, JsonStyle style) {
        try {
            return constraint(SchemaGrammar.of(schema, style));
        } catch (StackOverflowError e) {
            throw StructureException.tooComplex("", "the schema is nested too deeply");
        }
    }

    /** The texts that a regular expression matches as wholes; an exception tells the position at fault. */
    public GrammarConstraint regex(String expression) {
        CharDfa dfa = CharDfa.matching(RegexParser.parse(expression), new Budget());
        if (dfa.isEmpty()) {
            throw StructureException.invalid("", "no text matches the expression");
        }
        return constraint(CharAutomaton.plain(dfa));
    }

    /** One of several texts. */
    public GrammarConstraint choice(List<String> texts) {
        if (texts.isEmpty()) {
            throw StructureException.invalid("", "there must be at least one choice");
        }
        if (texts.size() > MOST_CHOICES) {
            throw StructureException.tooComplex("", "there are more than " + MOST_CHOICES + " choices");
        }
        for (String text : texts) {
            if (!text.codePoints().allMatch(CharDfa.SCALARS::contains)) {
                throw StructureException.invalid("", "a choice holds half of a surrogate pair");
            }
        }
        return constraint(CharAutomaton.plain(CharDfa.of(texts, new Budget())));
    }

    /** The texts of a grammar in GBNF or in XGrammar's EBNF; an exception tells the line and column at fault. */
    public GrammarConstraint grammar(String source) {
        return constraint(GrammarFile.parse(source));
    }

    private GrammarConstraint constraint(Expression root) {
        GrammarConstraint constraint = new GrammarConstraint(root, vocabulary());
        if (!constraint.isReadable()) {
            throw StructureException.tooComplex("", "the grammar is too ambiguous");
        }
        return constraint;
    }
}
