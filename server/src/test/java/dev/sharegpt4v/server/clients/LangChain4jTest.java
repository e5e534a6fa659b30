package dev.sharegpt4v.server.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.FinishReason;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.ScriptedServer;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** LangChain4j's own client for OpenAI's API. */
@Timeout(60) // Only to end a hang.
final class LangChain4jTest {

    private static final String SAID = "a red circle on a table";
    private static final ScriptedServer SERVER = new ScriptedServer(SAID);

    @AfterAll
    static void close() {
        SERVER.close();
    }

    private static String url(ScriptedServer server) {
        return "http://127.0.0.1:" + server.port() + "/v1";
    }

    private static OpenAiChatModel.OpenAiChatModelBuilder model() {
        return OpenAiChatModel.builder()
                .baseUrl(url(SERVER))
                .apiKey("none")
                .modelName(ScriptedServer.MODEL)
                .temperature(0.0)
                .maxRetries(0);
    }

    @Test
    void itGetsWholeAnswers() {
        ChatResponse answer = model().stop(List.of("never"))
                .maxCompletionTokens(50)
                .seed(3)
                .user("me")
                .build()
                .chat(SystemMessage.from("Be brief."), UserMessage.from("What?"));
        assertThat(answer.aiMessage().text()).isEqualTo(SAID);
        assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(answer.tokenUsage().inputTokenCount()).isPositive();
        assertThat(answer.modelName()).isEqualTo(ScriptedServer.MODEL);
    }

    @Test
    void itSendsPictures() {
        ImageContent picture = ImageContent.from(
                Base64.getEncoder().encodeToString(Pictures.png(1)), "image/png", ImageContent.DetailLevel.HIGH);
        ChatResponse answer = model().build().chat(UserMessage.from(TextContent.from("What?"), picture));
        assertThat(answer.aiMessage().text()).isEqualTo(SAID);
        assertThat(answer.tokenUsage().inputTokenCount()).isGreaterThan(81);
    }

    @Test
    void itGetsStreams() throws Exception {
        StreamedAnswer told = new StreamedAnswer();
        OpenAiStreamingChatModel.builder()
                .baseUrl(url(SERVER))
                .apiKey("none")
                .modelName(ScriptedServer.MODEL)
                .temperature(0.0)
                .build()
                .chat("What?", told);
        ChatResponse answer = told.response().get();
        assertThat(answer.aiMessage().text()).isEqualTo(SAID);
        assertThat(told.text()).isEqualTo(SAID);
        assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(answer.tokenUsage().outputTokenCount()).isPositive();
    }

    @Test
    void errorsBecomeItsExceptions() {
        assertThatThrownBy(() -> model().temperature(9.0).build().chat("What?"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("temperature");
        assertThatThrownBy(() -> model().modelName("other").build().chat("What?"))
                .isInstanceOf(ModelNotFoundException.class);
        try (ScriptedServer stopping = new ScriptedServer(SAID)) {
            stopping.drain();
            assertThatThrownBy(() -> model().baseUrl(url(stopping)).build().chat("What?"))
                    .isInstanceOf(InternalServerException.class);
        }
    }
}
