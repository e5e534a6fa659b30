package dev.sharegpt4v.models.langchain4j;

import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import java.util.List;
import java.util.Set;

/**
 * The same as {@link EngineChatModel} with answers as they are said. A handler is called by one thread of the answer's own;
 * cancelled, it is not called any more, and the engine's memory is free before its next step. Thread-safe.
 */
public final class EngineStreamingChatModel implements StreamingChatModel {

    private final EngineParts parts;
    private final ChatRequestParameters defaults;
    private final List<ChatModelListener> listeners;
    private final RequestTranslator translator;

    /** A model whose requests ask what they ask. */
    public EngineStreamingChatModel(EngineParts parts) {
        this(parts, ChatRequestParameters.builder().build(), List.of());
    }

    /**
     * The same with parameters for requests that give none, and listeners.
     *
     * @throws dev.langchain4j.exception.UnsupportedFeatureException when the parameters ask what no request can
     */
    public EngineStreamingChatModel(
            EngineParts parts, ChatRequestParameters defaults, List<ChatModelListener> listeners) {
        this.parts = parts;
        this.defaults = defaults;
        this.listeners = List.copyOf(listeners);
        this.translator = new RequestTranslator(parts);
        translator.requireSupported(defaults);
    }

    /** Refuses what the model cannot do or understand at once; everything later is told to the handler. */
    @Override
    public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
        RequestTranslator.Question question = translator.translate(request);
        Told told = new Told(handler);
        Thread.ofVirtual().name("answer").start(() -> tell(question, told));
    }

    private void tell(RequestTranslator.Question question, Told told) {
        try (ModelAnswer answer = ModelAnswer.start(parts, question)) {
            told.onCancel(answer::cancel);
            for (var part = answer.next(); part.isPresent() && !told.isCancelled(); part = answer.next()) {
                told.part(part.get());
            }
            if (!told.isCancelled()) {
                told.end(answer.response());
            }
        } catch (LangChain4jException e) {
            told.error(e);
        } catch (InterruptedException e) {
            told.error(new InternalServerException("interrupted while it waited for the answer", e));
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
