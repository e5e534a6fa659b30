package dev.sharegpt4v.models.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.message.VideoContent;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.internal.JsonSchemaElementUtils;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.langchain4j.model.output.FinishReason;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What LangChain4j's own tests do not ask. */
@Timeout(60) // Only to end a hang.
final class EngineChatModelTest {

    private final SpokenEngine engine = new SpokenEngine(0);

    @AfterEach
    void close() {
        engine.close();
    }

    private EngineChatModel model() {
        engine.allowSteps(1_000_000);
        return new EngineChatModel(engine.parts());
    }

    private static ChatRequest request(ChatMessage... messages) {
        return ChatRequest.builder().messages(messages).build();
    }

    /** Keeps what it is told. */
    private static class Listener implements StreamingChatResponseHandler {
        final List<String> parts = new ArrayList<>();
        final CompletableFuture<ChatResponse> response = new CompletableFuture<>();

        @Override
        public void onPartialResponse(PartialResponse part, PartialResponseContext context) {
            parts.add(part.text());
        }

        @Override
        public void onCompleteResponse(ChatResponse complete) {
            response.complete(complete);
        }

        @Override
        public void onError(Throwable error) {
            response.completeExceptionally(error);
        }
    }

    @Test
    void aCancelledStreamTellsNothingMoreAndItsMemoryIsFree() throws Exception {
        CompletableFuture<StreamingHandle> cancelled = new CompletableFuture<>();
        Listener listener = new Listener() {
            @Override
            public void onPartialResponse(PartialResponse part, PartialResponseContext context) {
                super.onPartialResponse(part, context);
                if (parts.size() == 5) {
                    context.streamingHandle().cancel();
                    cancelled.complete(context.streamingHandle());
                }
            }
        };
        engine.allowSteps(20);
        new EngineStreamingChatModel(engine.parts()).chat("Tell me a long story about animals", listener);
        StreamingHandle handle = cancelled.get();
        engine.allowSteps(1_000_000);
        while (engine.engine().snapshot().usedBlocks() > 0) {
            Thread.onSpinWait();
        }
        assertThat(handle.isCancelled()).isTrue();
        handle.cancel();
        // Another answer comes after all that the first one could tell.
        assertThat(model().chat("What is the capital of Germany?")).startsWith("Berlin");
        assertThat(listener.parts).hasSize(5);
        assertThat(listener.response).isNotDone();
    }

    @Test
    void aStreamIsTheSameTextAsTheWholeAnswer() throws Exception {
        Listener listener = new Listener();
        String whole = model().chat("Tell me a long story about animals");
        new EngineStreamingChatModel(engine.parts()).chat("Tell me a long story about animals", listener);
        assertThat(listener.response.get().aiMessage().text()).isEqualTo(whole);
        assertThat(String.join("", listener.parts)).isEqualTo(whole);
        assertThat(listener.response.get().metadata().finishReason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void picturesComeAsDataUrisToo() {
        byte[] png = Base64.getDecoder()
                .decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=");
        String uri = "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
        ChatResponse answer =
                model().chat(UserMessage.from(TextContent.from("What do you see?"), ImageContent.from(uri)));
        assertThat(answer.aiMessage().text()).isEqualTo("I see a cat.");
        assertThat(answer.metadata().tokenUsage().inputTokenCount()).isGreaterThan(81);
    }

    @Test
    void whatTheModelCannotDoIsRefused() {
        EngineChatModel model = model();
        List<ChatRequest> asked = List.of(
                request(UserMessage.from(VideoContent.from("https://example.org/a.mp4"))),
                request(
                        UserMessage.from("a"),
                        AiMessage.from("b"),
                        ToolExecutionResultMessage.from("1", "tool", "c"),
                        UserMessage.from("d")),
                request(UserMessage.from(ImageContent.from("file:///etc/passwd"))));
        for (ChatRequest request : asked) {
            assertThatThrownBy(() -> model.chat(request))
                    .isInstanceOf(UnsupportedFeatureException.class)
                    .hasMessageContaining("not supported");
        }
        assertThat(engine.executor().steps()).isEmpty();
    }

    @Test
    void whatIsWrongIsAnInvalidRequest() {
        EngineChatModel model = model();
        UserMessage question = UserMessage.from("What is the capital of Germany?");
        List<ChatRequest> wrong = List.of(
                request(question, AiMessage.from("Berlin")),
                request(UserMessage.from(ImageContent.from("bm8gcGljdHVyZQ==", "image/png"))),
                request(UserMessage.from(ImageContent.from("!", "image/png"))),
                request(UserMessage.from("word ".repeat(2000))),
                with(question, ChatRequestParameters.builder().temperature(-1.0).build()),
                with(
                        question,
                        ChatRequestParameters.builder().maxOutputTokens(0).build()));
        for (ChatRequest request : wrong) {
            assertThatThrownBy(() -> model.chat(request)).isInstanceOf(InvalidRequestException.class);
        }
    }

    private static ChatRequest with(UserMessage question, ChatRequestParameters parameters) {
        return ChatRequest.builder().messages(question).parameters(parameters).build();
    }

    /** What a program would read. */
    record Place(String name, int size, List<String> roads) {}

    @Test
    void anAnswerIsAnInstanceOfItsSchemaWhateverTheModelWouldSay() throws Exception {
        JsonSchemaElement element = JsonSchemaElementUtils.jsonSchemaElementFrom(Place.class);
        ResponseFormat format = ResponseFormat.builder()
                .type(ResponseFormatType.JSON)
                .jsonSchema(
                        JsonSchema.builder().name("Place").rootElement(element).build())
                .build();
        ChatRequestParameters parameters = ChatRequestParameters.builder()
                .responseFormat(format)
                .temperature(1.5)
                .maxOutputTokens(400)
                .build();
        ChatRequest request = with(UserMessage.from("Where?"), parameters);
        EngineChatModel model = model();
        Listener listener = new Listener();
        new EngineStreamingChatModel(engine.parts()).chat(request, listener);
        for (ChatResponse answer : List.of(model.chat(request), listener.response.get())) {
            String text = answer.aiMessage().text();
            if (answer.finishReason() == FinishReason.STOP) {
                JsonNode told = new JsonMapper().readTree(text);
                assertThat(told.properties())
                        .as(text)
                        .extracting(Map.Entry::getKey)
                        .isSubsetOf("name", "size", "roads");
            } else {
                assertThat(text).startsWith("{");
            }
        }
        assertThat(model.supportedCapabilities()).containsExactly(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
    }

    @Test
    void schemasThatCannotBeUsedAreRefused() {
        EngineChatModel model = model();
        for (String schema : List.of("{\"type\": 3}", "no JSON", "{\"type\": \"array\", \"uniqueItems\": true}")) {
            ResponseFormat format = ResponseFormat.builder()
                    .type(ResponseFormatType.JSON)
                    .jsonSchema(JsonSchema.builder()
                            .name("a")
                            .rootElement(JsonRawSchema.from(schema))
                            .build())
                    .build();
            ChatRequest request = with(
                    UserMessage.from("?"),
                    ChatRequestParameters.builder().responseFormat(format).build());
            assertThatThrownBy(() -> model.chat(request))
                    .isInstanceOfAny(InvalidRequestException.class, UnsupportedFeatureException.class)
                    .hasMessageContaining("schema");
        }
        assertThat(engine.executor().steps()).isEmpty();
    }

    @Test
    void theModelsOwnNameMayBeGiven() {
        ChatResponse answer = model().chat(with(
                UserMessage.from("What is the capital of Germany?"),
                ChatRequestParameters.builder().modelName(SpokenEngine.MODEL).build()));
        assertThat(answer.metadata().modelName()).isEqualTo(SpokenEngine.MODEL);
    }

    @Test
    void aDeviceThatFailsIsAnErrorOfTheServerSide() {
        EngineChatModel model = model();
        engine.executor().failNext(new IllegalStateException("it was told to fail"));
        assertThatThrownBy(() -> model.chat("What is the capital of Germany?"))
                .isInstanceOf(InternalServerException.class);
        engine.executor().failNext(new IllegalStateException("it was told to fail"));
        Listener listener = new Listener();
        new EngineStreamingChatModel(engine.parts()).chat("What is the capital of Germany?", listener);
        assertThatThrownBy(listener.response::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InternalServerException.class);
    }
}
