package dev.sharegpt4v.models.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.common.AbstractChatModelIT;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import java.util.List;
import org.junit.jupiter.api.AfterAll;

final class ChatModelConformanceTest extends AbstractChatModelIT {

    private final SpokenEngine engine = SpokenEngine.free();

    @AfterAll
    void close() {
        engine.close();
    }

    @Override
    protected List<ChatModel> models() {
        return List.of(new EngineChatModel(engine.parts()));
    }

    @Override
    protected ChatModel createModelWith(ChatRequestParameters parameters) {
        return new EngineChatModel(engine.parts(), parameters, List.of());
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
