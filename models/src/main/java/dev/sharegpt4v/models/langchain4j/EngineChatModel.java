package dev.sharegpt4v.models.langchain4j;

import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.util.List;
import java.util.Set;

/**
 * LangChain4j's chat model over an engine in this process. Words and pictures (base64 or data URIs), and JSON with a schema
 * and without; no tools, which are refused with {@link dev.langchain4j.exception.UnsupportedFeatureException}. Thread-safe.
 */
public final class EngineChatModel implements ChatModel {

    private final EngineParts parts;
    private final ChatRequestParameters defaults;
    private final List<ChatModelListener> listeners;
    private final RequestTranslator translator;

    /** A model whose requests ask what they ask. */
    public EngineChatModel(EngineParts parts) {
        this(parts, ChatRequestParameters.builder().build(), List.of());
    }

    /**
     * The same with parameters for requests that give none, and listeners.
     *
     * @throws dev.langchain4j.exception.UnsupportedFeatureException when the parameters ask what no request can
     */
    public EngineChatModel(EngineParts parts, ChatRequestParameters defaults, List<ChatModelListener> listeners) {
        this.parts = parts;
        this.defaults = defaults;
        this.listeners = List.copyOf(listeners);
        this.translator = new RequestTranslator(parts);
        translator.requireSupported(defaults);
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        try (ModelAnswer answer = ModelAnswer.start(parts, translator.translate(request))) {
            boolean more = true;
            while (more) {
                more = answer.next().isPresent();
            }
            return answer.response();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InternalServerException("interrupted while it waited for the answer", e);
        }
    }

    @Override
    public ChatRequestParameters defaultRequestParameters() {
        return defaults;
    }

    @Override
    public Set<Capability> supportedCapabilities() {
        return Set.of(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
    }

    @Override
    public List<ChatModelListener> listeners() {
        return listeners;
    }
}
