package dev.sharegpt4v.models.langchain4j;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.internal.JsonSchemaElementUtils;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import dev.sharegpt4v.models.structured.JsonStyle;
import dev.sharegpt4v.models.structured.StructureCompiler;
import dev.sharegpt4v.models.structured.StructureException;
import dev.sharegpt4v.models.text.Tokenizer;
import dev.sharegpt4v.runtime.sampling.TokenConstraint;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What texts answers may be under LangChain4j's response formats; the latest ones are kept compiled. Thread-safe. */
final class AnswerForms {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int MOST_KEPT = 16;

    /** What a program describes by elements is what it reads: no more properties than it names. */
    private static final JsonStyle CLOSED = new JsonStyle(Optional.empty(), false, true);

    private final StructureCompiler compiler;
    private final Map<JsonSchemaElement, TokenConstraint> kept = new LinkedHashMap<>(16, 0.75f, true);
    private @Nullable TokenConstraint anyObject;

    AnswerForms(Tokenizer tokenizer) {
        this.compiler = new StructureCompiler(tokenizer);
    }

    /**
     * The constraint of a format; none for text.
     *
     * @throws LangChain4jException when its schema cannot be used
     */
    Optional<TokenConstraint> of(@Nullable ResponseFormat format) {
        if (format == null || format.type() != ResponseFormatType.JSON) {
            return Optional.empty();
        }
        JsonSchema schema = format.jsonSchema();
        try {
            return Optional.of(schema == null ? object() : schema(schema.rootElement()));
        } catch (StructureException e) {
            String message =
                    "the schema cannot be used: " + e.reason() + (e.place().isEmpty() ? "" : " (at " + e.place() + ")");
            throw e.kind() == StructureException.Kind.UNSUPPORTED
                    ? Failures.unsupported(message + "; this is")
                    : new InvalidRequestException(message, e);
        }
    }

    private synchronized TokenConstraint object() {
        TokenConstraint made = anyObject;
        if (made == null) {
            made = compiler.anyObject(JsonStyle.USUAL);
            anyObject = made;
        }
        return made;
    }

    private synchronized TokenConstraint schema(JsonSchemaElement root) {
        TokenConstraint made = kept.get(root);
        if (made == null) {
            made = root instanceof JsonRawSchema raw
                    ? compiler.schema(parse(raw.schema()), JsonStyle.USUAL)
                    : compiler.schema(JSON.valueToTree(JsonSchemaElementUtils.toMap(root)), CLOSED);
            kept.put(root, made);
            if (kept.size() > MOST_KEPT) {
                kept.remove(kept.keySet().iterator().next());
            }
        }
        return made;
    }

    private static JsonNode parse(String schema) {
        try {
            return JSON.readTree(schema);
        } catch (JsonProcessingException e) {
            throw new InvalidRequestException("the schema is no JSON: " + e.getOriginalMessage(), e);
        }
    }
}
