package dev.sharegpt4v.models.langchain4j;

import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.common.AbstractChatModelListenerIT;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

final class ListenerConformanceTest extends AbstractChatModelListenerIT {

    private final SpokenEngine engine = SpokenEngine.free();

    @AfterEach
    void close() {
        engine.close();
    }

    @Override
    protected ChatModel createModel(ChatModelListener listener) {
        return new EngineChatModel(
                engine.parts(),
                ChatRequestParameters.builder()
                        .modelName(modelName())
                        .temperature(temperature())
                        .topP(topP())
                        .maxOutputTokens(maxTokens())
                        .build(),
                List.of(listener));
    }

    @Override
    protected ChatModel createFailingModel(ChatModelListener listener) {
        engine.executor().failNext(new IllegalStateException("it was told to fail"));
        return createModel(listener);
    }

    @Override
    protected Class<? extends Exception> expectedExceptionClass() {
        return InternalServerException.class;
    }

    @Override
    protected String modelName() {
        return SpokenEngine.MODEL;
    }

    /** The family was not trained to call tools. */
    @Override
    protected boolean supportsTools() {
        return false;
    }
}
