package dev.sharegpt4v.models.langchain4j;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.common.AbstractStreamingChatModelIT;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import java.util.List;
import org.junit.jupiter.api.AfterAll;

final class StreamingConformanceTest extends AbstractStreamingChatModelIT {

    private final SpokenEngine engine = SpokenEngine.free();

    @AfterAll
    void close() {
        engine.close();
    }

    @Override
    protected List<StreamingChatModel> models() {
        return List.of(new EngineStreamingChatModel(engine.parts()));
    }

    @Override
    protected StreamingChatModel createModelWith(ChatRequestParameters parameters) {
        return new EngineStreamingChatModel(engine.parts(), parameters, List.of());
    }

    @Override
    public StreamingChatModel createModelWith(ChatModelListener listener) {
        return new EngineStreamingChatModel(
                engine.parts(), ChatRequestParameters.builder().build(), List.of(listener));
    }

    /** Theirs waits half a minute for an answer that must not come; ours is in EngineChatModelTest. */
    @Override
    protected boolean supportsStreamingCancellation() {
        return false;
    }

    @Override
    protected ChatRequestParameters createIntegrationSpecificParameters(int maxOutputTokens) {
        return ChatRequestParameters.builder().maxOutputTokens(maxOutputTokens).build();
    }

    /** One engine runs one model. */
    @Override
    protected boolean supportsModelNameParameter() {
        return false;
    }

    /** The family was not trained to call tools. */
    @Override
    protected boolean supportsTools() {
        return false;
    }

    /** As for tools. */
    @Override
    protected boolean supportsToolChoiceRequired() {
        return false;
    }

    /** A program fetches pictures itself; the engine opens no connections. */
    @Override
    protected boolean supportsSingleImageInputAsPublicURL() {
        return false;
    }
}
